package org.ballastvm.kvm;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.util.Map;
import org.ballastvm.kvm.SpecialRegisters.Segment;
import org.ballastvm.kvm.SpecialRegisters.Table;

/** A VM of 2 MiB with one vCPU in long mode and the first 4 GiB mapped one to one. */
final class PayloadVm implements AutoCloseable {
  static final long CODE = 0x10_0000;
  static final long HANDLER = 0x11_0040;
  private static final long CODE_SELECTOR = 0x10;
  private static final long GDT = 0x9000;
  private static final long IDT = 0xa000;
  private static final long PML4 = 0x1000;
  private static final long PDPT = 0x2000;
  private static final long DIRECTORIES = 0x3000;
  private static final long LARGE_PAGE = 0x83; // present, writable, 2 MiB
  private static final long TABLE = 0x3; // present, writable

  final KvmVm vm;
  final Vcpu vcpu;
  final HostMapping memory;

  PayloadVm(Kvm kvm) {
    vm = kvm.createVm();
    vm.createIrqChip();
    memory = HostMapping.anonymous(2 << 20, false, true);
    vm.setUserMemoryRegion(0, 0, memory, 0, memory.sizeBytes());
    try {
      vcpu = vm.createVcpu(0);
    } catch (HostError e) {
      vm.close();
      memory.close();
      throw e;
    }
    vcpu.setCpuid(kvm.supportedCpuid());
  }

  void load(String hex) {
    byte[] code = PayloadTest.bytes(hex);
    MemorySegment bytes = memory.chunk(0);
    MemorySegment.copy(code, 0, bytes, JAVA_BYTE, CODE, code.length);
    bytes.set(JAVA_LONG, PML4, PDPT | TABLE);
    for (long i = 0; i < 4; i++) {
      bytes.set(JAVA_LONG, PDPT + i * 8, DIRECTORIES + i * 0x1000 | TABLE);
    }
    for (long i = 0; i < 2048; i++) {
      bytes.set(JAVA_LONG, DIRECTORIES + i * 8, i << 21 | LARGE_PAGE);
    }
    Segment cs = new Segment(0, -1, 0x10, 11, 1, 0, 0, 1, 1, 1);
    Segment ds = new Segment(0, -1, 0x18, 3, 1, 0, 1, 1, 0, 1);
    Segment tr = new Segment(0, 0xffff, 0, 11, 1, 0, 0, 0, 0, 0);
    Segment ldt = new Segment(0, 0xffff, 0, 2, 1, 0, 0, 0, 0, 0);
    long apicBase = vcpu.registers().getSpecial().apicBase();
    vcpu.registers().setSpecial(new SpecialRegisters(cs, ds, ds, ds, ds, ds, tr, ldt, new Table(0, 0), new Table(0, 0),
        0x8000_0033L, 0, PML4, 0x20, 0, 0x500, apicBase));
    vcpu.registers().setGeneral(Registers.start(CODE, 0x8000, 0, 0));
  }

  /** As {@link #load}, with a handler for one interrupt vector, and the tables that it takes to get there. */
  void loadWithHandler(String hex, int vector, String handlerHex) {
    load(hex);
    byte[] handler = PayloadTest.bytes(handlerHex);
    MemorySegment bytes = memory.chunk(0);
    MemorySegment.copy(handler, 0, bytes, JAVA_BYTE, HANDLER, handler.length);
    bytes.set(JAVA_LONG, GDT + 0x10, 0x00af_9b00_0000_ffffL); // 64-bit code
    bytes.set(JAVA_LONG, GDT + 0x18, 0x00cf_9300_0000_ffffL); // data
    // An interrupt gate of ring 0: offset, selector, present and type 14, Intel SDM volume 3, 7.14.1.
    bytes.set(JAVA_LONG, IDT + vector * 16L,
        HANDLER & 0xffff | CODE_SELECTOR << 16 | 0x8e00L << 32 | (HANDLER >> 16) << 48);
    bytes.set(JAVA_LONG, IDT + vector * 16L + 8, 0);
    SpecialRegisters s = vcpu.registers().getSpecial();
    vcpu.registers().setSpecial(new SpecialRegisters(s.cs(), s.ds(), s.es(), s.fs(), s.gs(), s.ss(), s.tr(), s.ldt(),
        new Table(GDT, 0x1f), new Table(IDT, 0xfff), s.cr0(), s.cr2(), s.cr3(), s.cr4(), s.cr8(), s.efer(),
        s.apicBase()));
  }

  /** Switches the vCPU's LAPIC on, as firmware would: the spurious-interrupt register, Intel SDM volume 3, 12.9. */
  void enableLapic() {
    vcpu.registers().setLapicRegisters(Map.of(0xf0, 0x1ff));
  }

  @Override
  public void close() {
    vcpu.close();
    vm.close();
    memory.close();
  }
}
