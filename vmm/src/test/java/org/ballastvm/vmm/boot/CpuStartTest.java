package org.ballastvm.vmm.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.ballastvm.kvm.Registers;
import org.ballastvm.kvm.SpecialRegisters;
import org.junit.jupiter.api.Test;

/** The two states in which kernels may be entered, as their protocols ask for them. */
class CpuStartTest {
  private static final long APIC_BASE = 0xfee0_0900L;
  private static final Registers REGISTERS = Registers.start(0x100_0000, 0, 0x6000, 0);

  /** Xen's PVH boot ABI: protected mode, no paging, flat segments, a task of 0x67 bytes. */
  @Test
  void pvhIsEnteredIn32BitsWithoutPaging() {
    SpecialRegisters state = new CpuStart(REGISTERS, CpuStart.Mode.PROTECTED, 0, 0).specialRegisters(APIC_BASE);

    assertEquals(0x11, state.cr0());
    assertEquals(0, state.cr4());
    assertEquals(0, state.efer());
    assertEquals(1, state.cs().db());
    assertEquals(0, state.cs().l());
    assertEquals(-1, state.cs().limit());
    assertEquals(0x67, state.tr().limit());
    assertEquals(APIC_BASE, state.apicBase());
  }

  /** boot.rst, the 64-bit boot protocol: long mode, paging on, code at 0x10 and data at 0x18. */
  @Test
  void aBzImageIsEnteredIn64BitsWithPaging() {
    SpecialRegisters state = new CpuStart(REGISTERS, CpuStart.Mode.LONG, 0x9000, 0x500).specialRegisters(APIC_BASE);

    assertEquals(0x8000_0031L, state.cr0());
    assertEquals(0x20, state.cr4());
    assertEquals(0x500, state.efer());
    assertEquals(0x9000, state.cr3());
    assertEquals(0x500, state.gdt().base());
    assertEquals(31, state.gdt().limit());
    assertEquals(0x10, state.cs().selector());
    assertEquals(1, state.cs().l());
    assertEquals(0, state.cs().db());
    assertEquals(0x18, state.ds().selector());
  }
}
