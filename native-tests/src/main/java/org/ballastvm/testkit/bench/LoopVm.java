package org.ballastvm.testkit.bench;

import java.util.List;
import java.util.Map;
import org.ballastvm.kvm.EventFd;
import org.ballastvm.kvm.GsiRoute;
import org.ballastvm.kvm.HostMapping;
import org.ballastvm.kvm.IoAddress;
import org.ballastvm.kvm.Kvm;
import org.ballastvm.kvm.KvmVm;
import org.ballastvm.kvm.Registers;
import org.ballastvm.kvm.SpecialRegisters;
import org.ballastvm.kvm.SpecialRegisters.Segment;
import org.ballastvm.kvm.SpecialRegisters.Table;
import org.ballastvm.kvm.Vcpu;

/** A VM with one vCPU in long mode at the start of a {@link GuestLoop}, a doorbell and an interrupt. */
final class LoopVm implements AutoCloseable {
  private static final int SPURIOUS_INTERRUPT = 0xf0; // a LAPIC's register that switches it on

  final Vcpu vcpu;
  final EventFd doorbell = EventFd.create();
  final EventFd interrupt = EventFd.create();
  private final Kvm kvm = Kvm.open();
  private final KvmVm vm = kvm.createVm();
  private final HostMapping memory = HostMapping.anonymous(GuestLoop.MEMORY_BYTES, false, true);

  LoopVm(GuestLoop loop) {
    vm.createIrqChip();
    loop.load(memory.chunk(0));
    vm.setUserMemoryRegion(0, 0, memory, 0, memory.sizeBytes());
    vcpu = vm.createVcpu(0);
    vcpu.setCpuid(kvm.supportedCpuid());
    enterLongMode(vcpu);
    vm.assignIoeventfd(doorbell, new IoAddress(false, GuestLoop.DOORBELL_ADDRESS, 4));
    vm.setGsiRouting(List.of(new GsiRoute.Msi(GuestLoop.GSI, GuestLoop.LAPIC, GuestLoop.VECTOR)));
    vm.assignIrqfd(interrupt, GuestLoop.GSI);
  }

  /** At the start of the code that {@link GuestLoop} loads, with interrupts off. */
  static void enterLongMode(Vcpu vcpu) {
    Segment cs = new Segment(0, -1, 0x10, 11, 1, 0, 0, 1, 1, 1);
    Segment ds = new Segment(0, -1, 0x18, 3, 1, 0, 1, 1, 0, 1);
    Segment tr = new Segment(0, 0xffff, 0, 11, 1, 0, 0, 0, 0, 0);
    Segment ldt = new Segment(0, 0xffff, 0, 2, 1, 0, 0, 0, 0, 0);
    long apicBase = vcpu.registers().getSpecial().apicBase();
    vcpu.registers().setSpecial(
        new SpecialRegisters(cs, ds, ds, ds, ds, ds, tr, ldt, new Table(GuestLoop.GDT, 0x1f),
            new Table(GuestLoop.IDT, 0xfff), 0x8000_0033L, 0, GuestLoop.PML4, 0x20, 0, 0x500, apicBase));
    vcpu.registers().setGeneral(Registers.start(GuestLoop.CODE, GuestLoop.STACK, 0, 0));
    vcpu.registers().setLapicRegisters(Map.of(SPURIOUS_INTERRUPT, 0x1ff));
  }

  @Override
  public void close() {
    vcpu.close();
    vm.close();
    kvm.close();
    memory.close();
    doorbell.close();
    interrupt.close();
  }
}
