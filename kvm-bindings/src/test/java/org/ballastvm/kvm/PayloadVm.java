package org.ballastvm.kvm;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import org.ballastvm.kvm.SpecialRegisters.Segment;
import org.ballastvm.kvm.SpecialRegisters.Table;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/** A VM of 2 MiB with one vCPU in long mode and the first 4 GiB mapped one to one. */
final class PayloadVm implements AutoCloseable {
  static final long CODE = 0x10_0000;
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
    vcpu = vm.createVcpu(0);
    vcpu.setCpuid(kvm.supportedCpuid());
  }

  static void requireKvm() {
    boolean there = Files.isWritable(Kvm.DEVICE);
    if (System.getenv("CI") != null) {
      Assertions.assertTrue(there, "CI needs " + Kvm.DEVICE);
    }
    Assumptions.assumeTrue(there, "skipped: no " + Kvm.DEVICE + " that this user may open");
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
    long apicBase = vcpu.getSpecialRegisters().apicBase();
    vcpu.setSpecialRegisters(new SpecialRegisters(cs, ds, ds, ds, ds, ds, tr, ldt, new Table(0, 0), new Table(0, 0),
        0x8000_0033L, 0, PML4, 0x20, 0, 0x500, apicBase));
    vcpu.setRegisters(Registers.start(CODE, 0x8000, 0, 0));
  }

  @Override
  public void close() {
    vcpu.close();
    vm.close();
    memory.close();
  }
}
