package org.ballastvm.kvm;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Each part of a vCPU's and of a VM's state is read, changed, and put back. */
@Tag("kvm")
class StatePartsTest {
  private static final int SYSENTER_STACK = 0x175;
  private static final int TSC = 0x10;
  /** Those that count by themselves: Hyper-V's have a vCPU's run time and its clock. */
  static final List<Integer> COUNTERS = List.of(TSC, 0x4000_0010, 0x4000_0020);
  /**
   * Whether the processor virtualizes. Under kvm_pvm each guest sees the host's time-stamp counter, whatever its offset, and
   * 32-bit paging is never on; the tests below expect that there.
   */
  private static final boolean VIRTUALIZES = !Files.exists(Path.of("/sys/module/kvm_pvm"));
  private static final List<Long> POINTERS = List.of(0x1001L, 0x2001L, 0x3001L, 0x4001L);
  private static final int XMM0 = 160;
  private static final int COMPONENTS = 512; // XSTATE_BV, Intel SDM volume 1, 13.4.2
  private static final int X87 = 1;
  private static final int SSE = 2;

  private Kvm kvm;
  private PayloadVm vm;
  private VcpuRegisters registers;

  @BeforeEach
  void open() {
    kvm = Kvm.open();
    vm = new PayloadVm(kvm);
    vm.load("f4");
    registers = vm.vcpu.registers();
  }

  @AfterEach
  void close() {
    if (vm != null) {
      vm.close();
      kvm.close();
    }
  }

  @Test
  void generalRegisters() {
    comesBack(registers::getGeneral, registers::setGeneral,
        new Registers(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 0x10_0000, 2));
  }

  @Test
  void segmentAndControlRegisters() {
    SpecialRegisters s = registers.getSpecial();
    comesBack(registers::getSpecial, registers::setSpecial,
        new SpecialRegisters(s.cs(), s.ds(), s.es(),
            new SpecialRegisters.Segment(0x7000, -1, 0x18, 3, 1, 0, 1, 1, 0, 1),
            s.gs(), s.ss(), s.tr(), s.ldt(), new SpecialRegisters.Table(0x9000, 0x1f), s.idt(), s.cr0(), 0x1234_5000L,
            s.cr3(), s.cr4() | 0x600, 5, s.efer(), s.apicBase()));
  }

  @Test
  void pagePointers() {
    assertEquals(List.of(), registers.getPagePointers(), "64-bit paging has none");
    assertThrows(IllegalArgumentException.class, () -> registers.setSpecial(registers.getSpecial(), List.of(1L)));
    assertEquals("KVM_SET_SREGS2 vCPU 0: EINVAL (invalid argument)",
        assertThrows(HostError.class, () -> registers.setSpecial(registers.getSpecial(), POINTERS)).getMessage());
    enterPaging32();
    if (!VIRTUALIZES) {
      assertEquals(List.of(), registers.getPagePointers());
      return;
    }
    assertEquals(POINTERS, registers.getPagePointers());
    vm.memory.chunk(0).asSlice(PayloadVm.CODE, 32).fill((byte) 0);

    SpecialRegisters special = registers.getSpecial();
    comesBack(registers::getPagePointers, pointers -> registers.setSpecial(special, pointers),
        List.of(0x5001L, 0x6001L, 0x7001L, 0x8001L));
    try (PayloadVm other = new PayloadVm(kvm)) {
      VcpuState.of(vm.vcpu, kvm.savedMsrs()).apply(other.vcpu);
      assertEquals(POINTERS, other.vcpu.registers().getPagePointers());
    }
  }

  /** 32-bit paging with PAE, its four pointers where the program would be. */
  private void enterPaging32() {
    for (int i = 0; i < POINTERS.size(); i++) {
      vm.memory.chunk(0).set(JAVA_LONG, PayloadVm.CODE + i * 8L, POINTERS.get(i));
    }
    SpecialRegisters s = registers.getSpecial();
    SpecialRegisters.Segment code = new SpecialRegisters.Segment(0, -1, 0x10, 11, 1, 0, 1, 1, 0, 1);
    registers.setSpecial(new SpecialRegisters(code, s.ds(), s.es(), s.fs(), s.gs(), s.ss(), s.tr(), s.ldt(), s.gdt(),
        s.idt(), s.cr0(), 0, PayloadVm.CODE, s.cr4(), 0, 0, s.apicBase()));
  }

  @Test
  void theX87() {
    byte[] area = registers.getXsave().toByteArray();
    area[COMPONENTS] |= X87; // As if a program had used it: KVM_SET_FPU leaves that to be.
    registers.setXsave(new OpaqueState(area));

    comesBack(() -> registers.getFpu().controlWord(), word -> registers.setFpu(word, 0x1f80), 0x27f);
  }

  @Test
  void vectorRegisters() {
    byte[] area = registers.getXsave().toByteArray();
    for (int i = 0; i < 16; i++) {
      area[XMM0 + i] = (byte) (0xa0 + i);
    }
    area[COMPONENTS] |= SSE;

    comesBack(() -> registers.getFpu().vectors().getFirst(), ignored -> registers.setXsave(new OpaqueState(area)),
        new FloatingPoint.Wide(0xa7a6_a5a4_a3a2_a1a0L, 0xafae_adac_abaa_a9a8L), registers.getXsave(),
        registers::setXsave);
    assertEquals("KVM_SET_XSAVE vCPU 0 of 65536 bytes, where the host has " + area.length
        + ": EINVAL (invalid argument)",
        assertThrows(HostError.class, () -> registers.setXsave(new OpaqueState(new byte[65536]))).getMessage());
  }

  @Test
  void extendedControlRegisters() { comesBack(registers::getXcrs, registers::setXcrs, Map.of(0, 3L)); }

  @Test
  void events() {
    VcpuEvents e = registers.getEvents();
    comesBack(registers::getEvents, registers::setEvents, new VcpuEvents(e.exception(), e.interrupt(),
        new VcpuEvents.Nmi(false, 1, true), e.smi(), e.sipiVector(), e.tripleFault(), e.flags()));
    comesBack(registers::getEvents, registers::setEvents,
        new VcpuEvents(new VcpuEvents.PendingException(true, false, 13, true, 0x18, false, 0),
            e.interrupt(), e.nmi(), e.smi(), e.sipiVector(), e.tripleFault(), e.flags()));
    comesBack(registers::getEvents, registers::setEvents, new VcpuEvents(e.exception(),
        new VcpuEvents.Interrupt(true, 0x41, false, 0), e.nmi(), e.smi(), e.sipiVector(), e.tripleFault(), e.flags()));
  }

  @Test
  void debugRegisters() {
    comesBack(registers::getDebug, registers::setDebug,
        new DebugRegisters(0x1000, 0x2000, 0x3000, 0x4000, 0xffff_0ff1L, 0x401));
  }

  @Test
  void whatItDoes() { comesBack(registers::getMpState, registers::setMpState, MpState.HALTED); }

  @Test
  void theLapic() {
    byte[] page = registers.getLapic().toByteArray();
    page[0xf0] = (byte) 0xff; // switched on, vector 0xff
    page[0xf1] = 1;
    page[0x320] = 0x41; // the timer's vector

    comesBack(registers::getLapic, registers::setLapic, new OpaqueState(page));
  }

  @Test
  void modelSpecificRegisters() {
    Map<Integer, Long> all = knownMsrs();
    assertTrue(all.containsKey(SYSENTER_STACK), "IA32_SYSENTER_ESP is among " + all.size());
    Map<Integer, Long> other = new HashMap<>(all);
    other.put(SYSENTER_STACK, 0x7777L);

    comesBack(this::knownMsrs, values -> vm.vcpu.msrs().restore(List.copyOf(values.entrySet())), other);
  }

  @Test
  void anMsrThatIsNotTakenIsNamedUnlessItHasItsValueAlready() {
    assertEquals("KVM_SET_MSRS vCPU 0, MSR 0x12345678: EINVAL (invalid argument)", assertThrows(HostError.class,
        () -> vm.vcpu.msrs().restore(List.of(Map.entry(SYSENTER_STACK, 1L), Map.entry(0x12345678, 1L)))).getMessage());
    assertEquals(1, vm.vcpu.msrs().get(SYSENTER_STACK));
  }

  @Test
  void theTimeStampCounter() {
    Msrs msrs = vm.vcpu.msrs();
    long far = 1L << 50;
    msrs.set(Map.of(TSC, far));
    assertEquals(VIRTUALIZES, msrs.get(TSC) >= far);
    msrs.set(Map.of(TSC, far / 1024)); // Not 0: by that KVM aligns a counter with those of other vCPUs.
    assertTrue(msrs.get(TSC) < far);

    long before = msrs.getTscOffset();
    msrs.setTscOffset(before + far);
    assertEquals(VIRTUALIZES ? before + far : before, msrs.getTscOffset());
    msrs.setTscOffset(before);
    assertEquals(before, msrs.getTscOffset());
  }

  @Test
  void theFrequencyOfTheTimeStampCounter() {
    Msrs msrs = vm.vcpu.msrs();
    comesBack(msrs::getTscKhz, msrs::setTscKhz, msrs.getTscKhz() + 1);
  }

  @Test
  void theInterruptChips() {
    for (GsiRoute.Chip chip : GsiRoute.Chip.values()) {
      byte[] changed = vm.vm.chips().getInterruptChip(chip).toByteArray();
      changed[chip == GsiRoute.Chip.IOAPIC ? 24 + 8 : 5] = 0x48; // a pin's vector; the base of eight vectors
      comesBack(() -> vm.vm.chips().getInterruptChip(chip), state -> vm.vm.chips().setInterruptChip(chip, state),
          new OpaqueState(changed));
    }
  }

  @Test
  void theTimer() {
    assertEquals(Errno.ENXIO, assertThrows(HostError.class, vm.vm.chips()::getPit).errno());
    vm.vm.createPit2();
    PitState now = pit();
    List<PitState.Channel> channels = new ArrayList<>(now.channels());
    channels.set(2, new PitState.Channel(0x1234, 0, 0, 0, 0, 3, 3, 0, 3, 2, 0, 1, 0));

    comesBack(this::pit, vm.vm.chips()::setPit, new PitState(channels, now.flags()));
  }

  @Test
  void theClock() {
    long far = 1L << 60;
    vm.vm.chips().setClockNanos(far);
    assertTrue(vm.vm.chips().getClockNanos() >= far);
    vm.vm.chips().setClockNanos(0);
    assertTrue(vm.vm.chips().getClockNanos() < far);
  }

  private PitState pit() {
    PitState all = vm.vm.chips().getPit();
    return new PitState(all.channels().stream().map(StatePartsTest::still).toList(), all.flags());
  }

  /** A channel of the timer without the moment at which it began: that is the host's. */
  static PitState.Channel still(PitState.Channel c) {
    return new PitState.Channel(c.count(), c.latchedCount(), c.countLatched(), c.statusLatched(), c.status(),
        c.readState(), c.writeState(), c.writeLatch(), c.accessMode(), c.mode(), c.bcd(), c.gate(), 0);
  }

  private Map<Integer, Long> knownMsrs() {
    Map<Integer, Long> all = new HashMap<>(vm.vcpu.msrs().getKnown(kvm.savedMsrs()));
    all.keySet().removeAll(COUNTERS);
    return all;
  }

  private static <T> void comesBack(Supplier<T> get, Consumer<T> set, T other) {
    comesBack(get, set, other, get.get(), set);
  }

  private static <T, U> void comesBack(Supplier<T> get, Consumer<T> set, T other, U whole, Consumer<U> setWhole) {
    T before = get.get();
    assertNotEquals(before, other);
    set.accept(other);
    assertEquals(other, get.get());
    setWhole.accept(whole);
    assertEquals(before, get.get());
  }
}
