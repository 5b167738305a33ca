package org.ballastvm.vmm.balloon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import java.util.stream.IntStream;
import org.ballastvm.kvm.Kvm;
import org.ballastvm.kvm.KvmVm;
import org.ballastvm.virtio.HintRun;
import org.ballastvm.virtio.HintRun.Ending;
import org.ballastvm.vmm.loop.TakenTurns;
import org.ballastvm.vmm.memory.UnwrittenPages;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Free memory that a guest names goes back to the host in whole huge pages: one of which any part is in use stays. */
@Tag("kvm")
@Tag("hugetlb")
class HugePageHintTest {
  private static final long MIB = 1 << 20;
  private static final long SIZE = 64 * MIB;
  private static final long HUGE = BackendKinds.HUGE;
  private static final int PARTS = (int) (HUGE / BalloonedGuest.PAGE);
  private static final long FREE = 32 * MIB;
  private static final long COMMAND = 3 * MIB;
  private static final int FILLING = 0x5a5a_5a5a;

  private final TakenTurns turns = new TakenTurns();
  private Kvm kvm;
  private KvmVm vm;
  private BalloonedGuest guest;

  @BeforeEach
  void open() {
    kvm = Kvm.open();
    vm = kvm.createVm();
    guest = new BalloonedGuest(BackendKinds.huge(SIZE), ram -> {
      ram.attach(vm);
      return Optional.of(new UnwrittenPages(ram, Runnable::run, turns, Runnable::run));
    });
    guest.fill(0x5a);
  }

  @AfterEach
  void close() {
    if (guest != null) {
      guest.close();
    }
    if (vm != null) {
      vm.close();
      kvm.close();
    }
  }

  private void say(int command) {
    guest.ram.putInt(COMMAND, command);
    post(COMMAND, 4, 0);
  }

  private void name(long gpa, long lengthBytes) { post(gpa, lengthBytes, BalloonQueueDriver.WRITE); }

  private void post(long gpa, long lengthBytes, int flags) {
    BalloonQueueDriver queue = guest.queue(BalloonedGuest.HINTS);
    queue.descriptor(0, gpa, lengthBytes, flags, 0);
    queue.offer(0);
    guest.ring(BalloonedGuest.HINTS);
    queue.requireAllReturned();
  }

  private void ask() {
    guest.balloon.startHinting();
    say(guest.balloon.hinting().command());
  }

  /** The driver has named all; returns what the host has. */
  private long end() {
    say(HintRun.COMMAND_STOP);
    turns.takeAll();
    HintRun.Complete run = (HintRun.Complete) guest.balloon.hinting();
    assertEquals(Ending.COMPLETED, run.ending());
    return run.given().bytes();
  }

  private void assertHeld(long bytes) {
    assertEquals(bytes, guest.backend.allocatedBytes().orElseThrow(), "what the host holds");
  }

  @Test
  void allOfAHugePageThatIsFreeIsTheHosts() {
    ask();
    name(FREE, 4 * MIB);
    name(FREE + 4 * MIB, 4 * MIB);
    assertHeld(SIZE);
    assertEquals(8 * MIB, end());
    assertHeld(SIZE - 8 * MIB);
    assertEquals(0, guest.ram.getInt(FREE + 8 * MIB - 4));
    assertEquals(FILLING, guest.ram.getInt(FREE + 8 * MIB));
    assertEquals(FILLING, guest.ram.getInt(FREE - 4));
  }

  @Test
  void aHugePageOfWhichAPartWasWrittenToStaysWithAllOfItsParts() {
    ask();
    name(FREE, 4 * HUGE);
    guest.ram.putInt(FREE + HUGE + 5 * BalloonedGuest.PAGE, 0xda7a);
    assertEquals(3 * HUGE, end());
    assertHeld(SIZE - 3 * HUGE);
    assertEquals(0xda7a, guest.ram.getInt(FREE + HUGE + 5 * BalloonedGuest.PAGE));
    for (int part = 0; part < PARTS; part++) {
      assertEquals(FILLING, guest.ram.getInt(FREE + HUGE + part * (long) BalloonedGuest.PAGE + 8), "part " + part);
    }
  }

  @Test
  void ofWhatBeginsAndEndsWithinHugePagesTheWholeOnesGo() {
    ask();
    name(FREE + BalloonedGuest.PAGE, 3 * HUGE);
    assertEquals(2 * HUGE, end());
    assertHeld(SIZE - 2 * HUGE);
    assertEquals(FILLING, guest.ram.getInt(FREE + BalloonedGuest.PAGE), "the rest of the first");
    assertEquals(FILLING, guest.ram.getInt(FREE + 3 * HUGE), "the part of the last");
  }

  @Test
  void partsThatAreNamedOneByOneInAnyOrderAreAWholeHugePage() {
    ask();
    for (int part = PARTS - 1; part >= 0; part--) {
      name(FREE + (part ^ 1) * (long) BalloonedGuest.PAGE, BalloonedGuest.PAGE);
    }
    assertEquals(HUGE, end());
    assertHeld(SIZE - HUGE);
  }

  /** What is in the balloon counts for the balloon alone: the guest may take it out before the host has looked. */
  @Test
  void aHugePageHalfInTheBalloonStaysWhenTheOtherHalfIsNamed() {
    int[] half = IntStream.range(0, PARTS / 2).map(i -> (int) (FREE / BalloonedGuest.PAGE) + i)
        .toArray();
    guest.inflate(half);
    ask();
    name(FREE + HUGE / 2, HUGE / 2);
    assertEquals(0, end());
    assertHeld(SIZE);
    guest.deflate(half);
    assertEquals(FILLING, guest.ram.getInt(FREE));
    assertTrue(guest.events.stream().noneMatch(event -> event.toString().contains("Reset")), guest.events::toString);
  }
}
