package org.ballastvm.kvm;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A guest that counts, and whose timer interrupts it, is stopped in the middle, and goes on in a fresh VM that was given its
 * memory and its state.
 */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("kvm")
class MovedGuestTest {
  private static final int VECTOR = 0x40;
  private static final int TICKS = 3;
  private static final int TICK_PORT = 0x11;
  private static final int VECTOR_REGISTER_PORT = 0x12;
  private static final int SYSENTER_STACK = 0x175;
  private static final int TSC = 0x10;
  private static final int TSC_DEADLINE = 0x6e0;
  private static final CpuidEntry DEADLINE_TIMER = new CpuidEntry(1, 0, 0, 0, 0, 1 << 24, 0);
  private static final long COUNTER = 0x12_0000;
  private static final long STARTS = 0x12_0010;
  private static final long VECTORS = 0x12_0100;
  private static final long PATTERN = 0x1122_3344_5566_7700L;

  /** inc qword [STARTS]; for each n: movdqu xmm(n), [VECTORS + 16 n]. */
  private static final String BEGIN = "48ff042510001200" + loadVectors();
  /** mov edi, LAPIC; divide by one; timer periodic at VECTOR; begin at 20,000,000 ns. */
  private static final String PERIODIC = "bf0000e0fe c787e00300000b000000 c7872003000040000200 c78780030000002d3101";
  /** rdtsc; deadline in 2^26 cycles; wrmsr. */
  private static final String ARM = "0f31 48c1e220 4809d0 480500000004 4889c2 48c1ea20 b9e0060000 0f30";
  /** mov edi, LAPIC; timer by deadline at VECTOR. */
  private static final String DEADLINE = "bf0000e0fe c7872003000040000400" + ARM;
  /** sti; then: inc rbx; mov [COUNTER], rbx; jmp back. */
  private static final String COUNT = "fb 48ffc3 48891c2500001200 ebf3";
  /** sti; then: inc rbx; mov [COUNTER], rbx; hlt; jmp back. */
  private static final String HALT = "fb 48ffc3 48891c2500001200 f4 ebf2";
  /** mov eax, ebx; out 0x11, eax; movdqu [SCRATCH], xmm5; mov eax, [SCRATCH]; out 0x12, eax. */
  private static final String REPORT = "89d8 e711 f30f7f2c2520001200 8b042520001200 e712";
  /** mov eax, end of interrupt; mov dword [rax], 0; iretq. */
  private static final String END = "b8b000e0fe c70000000000 48cf";

  private Kvm kvm;
  private PayloadVm first;
  private PayloadVm second;
  private long lastReport;

  @BeforeEach
  void open() {
    kvm = Kvm.open();
    first = new PayloadVm(kvm);
    second = new PayloadVm(kvm);
  }

  @AfterEach
  void close() {
    if (second != null) {
      second.close();
    }
    if (first != null) {
      first.close();
      kvm.close();
    }
  }

  @Test
  void aPeriodicTimerGoesOn() {
    start(kvm.supportedCpuid(), BEGIN + PERIODIC + COUNT, REPORT + END);

    runAndMove();
  }

  @Test
  void aHaltedGuestIsWokenByItsTimer() {
    start(kvm.supportedCpuid(), BEGIN + PERIODIC + HALT, REPORT + END);
    runThroughTicks(first);
    while (first.vcpu.registers().getMpState() != MpState.HALTED) {
      stopInTheMiddle(first);
    }

    long counted = move().general().rbx();

    while (word(second, COUNTER) <= counted) {
      runThroughTicks(second);
    }
  }

  @Test
  void aDeadlineThatWasSetBeforeComesAfter() {
    start(withDeadlineTimer(), BEGIN + DEADLINE + COUNT, REPORT + ARM + END);

    runAndMove();
  }

  private void start(List<CpuidEntry> cpuid, String program, String handler) {
    first.vcpu.setCpuid(cpuid);
    second.vcpu.setCpuid(cpuid);
    first.loadWithHandler(program, VECTOR, handler);
    first.enableLapic();
    for (int n = 0; n < 16; n++) {
      first.memory.chunk(0).set(JAVA_LONG, VECTORS + n * 16L, PATTERN + n);
      first.memory.chunk(0).set(JAVA_LONG, VECTORS + n * 16L + 8, ~(PATTERN + n));
    }
    first.vm.createPit2();
    second.vm.createPit2();
    touchEachPart();
    SpecialRegisters s = first.vcpu.registers().getSpecial();
    long withSse = s.cr4() | 0x600; // OSFXSR, OSXMMEXCPT
    first.vcpu.registers().setSpecial(new SpecialRegisters(s.cs(), s.ds(), s.es(), s.fs(), s.gs(), s.ss(), s.tr(),
        s.ldt(), s.gdt(), s.idt(), s.cr0(), s.cr2(), s.cr3(), withSse, s.cr8(), s.efer(), s.apicBase()));
  }

  private List<CpuidEntry> withDeadlineTimer() {
    return kvm.supportedCpuid().stream()
        .map(e -> e.function() == DEADLINE_TIMER.function()
            ? new CpuidEntry(e.function(), e.index(), e.flags(), e.eax(), e.ebx(), e.ecx() | DEADLINE_TIMER.ecx(),
                e.edx())
            : e)
        .toList();
  }

  /** No part is as a fresh VM has it. */
  private void touchEachPart() {
    VcpuRegisters registers = first.vcpu.registers();
    registers.setXcrs(Map.of(0, 3L));
    registers.setDebug(new DebugRegisters(0x1000, 0x2000, 0x3000, 0x4000, 0xffff_0ff0L, 0x400));
    VcpuEvents e = registers.getEvents();
    registers.setEvents(new VcpuEvents(e.exception(), e.interrupt(), new VcpuEvents.Nmi(false, 0, true), e.smi(),
        e.sipiVector(), e.tripleFault(), e.flags()));
    first.vcpu.msrs().set(Map.of(SYSENTER_STACK, 0x7777L, TSC, 1L << 40));
    first.vcpu.msrs().setTscKhz(first.vcpu.msrs().getTscKhz() + 1);
    VmChips chips = first.vm.chips();
    for (GsiRoute.Chip chip : GsiRoute.Chip.values()) {
      byte[] state = chips.getInterruptChip(chip).toByteArray();
      state[chip == GsiRoute.Chip.IOAPIC ? 24 + 8 : 5] = 0x48; // a pin's vector; the base of eight vectors
      chips.setInterruptChip(chip, new OpaqueState(state));
    }
    List<PitState.Channel> channels = new ArrayList<>(chips.getPit().channels());
    channels.set(2, new PitState.Channel(0x1234, 0, 0, 0, 0, 3, 3, 0, 3, 2, 0, 1, 0));
    chips.setPit(new PitState(channels, chips.getPit().flags()));
    chips.setClockNanos(1L << 60);
  }

  private void runAndMove() {
    runThroughTicks(first);
    stopInTheMiddle(first);

    VcpuState state = move();

    runThroughTicks(second);
    stopInTheMiddle(second);
    assertTrue(second.vcpu.registers().getGeneral().rbx() > state.general().rbx(), "it counts on");
    assertEquals(vectors(), second.vcpu.registers().getFpu().vectors());
    assertTrue(second.vcpu.msrs().get(TSC) > state.msrs().get(TSC));
  }

  private VcpuState move() {
    VcpuState state = VcpuState.of(first.vcpu, kvm.savedMsrs());
    VmState board = VmState.of(first.vm);
    MemorySegment.copy(first.memory.chunk(0), 0, second.memory.chunk(0), 0, first.memory.sizeBytes());
    first.close();

    state.apply(second.vcpu);
    board.apply(second.vm);

    assertEquals(still(state), still(VcpuState.of(second.vcpu, kvm.savedMsrs())));
    VmState after = VmState.of(second.vm);
    assertEquals(still(board), still(after));
    assertTrue(after.clockNanos() >= board.clockNanos(), "the clock goes on");
    assertEquals(1, word(second, STARTS), "it began once");
    return state;
  }

  private static VmState still(VmState s) {
    PitState pit = s.pit().orElseThrow();
    List<PitState.Channel> channels = pit.channels().stream().map(StatePartsTest::still).toList();
    return new VmState(s.picMaster(), s.picSlave(), s.ioApic(), Optional.of(new PitState(channels, pit.flags())), 0);
  }

  /** As it was, without what moves by itself, and what the deadline says where it has passed since. */
  private static VcpuState still(VcpuState s) {
    Map<Integer, Long> msrs = new HashMap<>(s.msrs());
    msrs.keySet().removeAll(StatePartsTest.COUNTERS);
    msrs.remove(TSC_DEADLINE);
    byte[] lapic = s.lapic().toByteArray();
    Arrays.fill(lapic, 0x390, 0x394, (byte) 0); // the timer's current count
    Arrays.fill(lapic, 0xa0, 0xa4, (byte) 0); // a priority that KVM works out again from the interrupts in service
    return new VcpuState(s.mpState(), s.events(), s.general(), s.special(), s.pagePointers(), s.debug(), s.xcrs(),
        s.xsave(), new OpaqueState(lapic), s.tscKhz(), msrs);
  }

  /** It may have been stopped in the handler of a tick, between the two reports. */
  private void runThroughTicks(PayloadVm vm) {
    vm.vcpu.bindToCurrentThread();
    vm.vcpu.clearKick();
    for (int ticks = 0; ticks < TICKS;) {
      Exit.Pio report = assertInstanceOf(Exit.Pio.class, vm.vcpu.run());
      if (report.port() == TICK_PORT) {
        // Where the host is slow, a tick may follow another before the guest has counted.
        assertTrue(Integer.toUnsignedLong(report.data(0)) >= lastReport, "it never counts back");
        lastReport = Integer.toUnsignedLong(report.data(0));
        ticks++;
      } else {
        assertEquals(VECTOR_REGISTER_PORT, report.port());
        assertEquals((int) (PATTERN + 5), report.data(0));
      }
    }
  }

  /** Within its loop, where its next tick is still to come: the handler would set a new deadline. */
  private static void stopInTheMiddle(PayloadVm vm) {
    do {
      kickWhenItCounts(vm);
    } while (vm.vcpu.registers().getGeneral().rip() >= PayloadVm.HANDLER);
  }

  /** A tick that comes in between is answered. */
  private static void kickWhenItCounts(PayloadVm vm) {
    long seen = word(vm, COUNTER);
    Thread kicker = Thread.ofPlatform().start(() -> {
      while (word(vm, COUNTER) == seen) {
        Thread.onSpinWait();
      }
      vm.vcpu.kick();
    });
    Exit exit = vm.vcpu.run();
    while (exit instanceof Exit.Pio) {
      exit = vm.vcpu.run();
    }
    assertSame(Exit.Simple.INTERRUPTED, exit);
    try {
      kicker.join();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    vm.vcpu.clearKick();
  }

  private static long word(PayloadVm vm, long address) {
    return (long) JAVA_LONG.varHandle().getVolatile(vm.memory.chunk(0), address);
  }

  private static String loadVectors() {
    StringBuilder code = new StringBuilder();
    for (int n = 0; n < 16; n++) {
      code.append("f3").append(n < 8 ? "" : "44").append("0f6f").append("%02x25".formatted((n & 7) << 3 | 4));
      code.append("%02x011200".formatted(n * 16));
    }
    return code.toString();
  }

  private static List<FloatingPoint.Wide> vectors() {
    return LongStream.range(PATTERN, PATTERN + 16).mapToObj(n -> new FloatingPoint.Wide(n, ~n))
        .toList();
  }
}
