package org.ballastvm.virtio.balloon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.ballastvm.fault.DeviceFaults;
import org.ballastvm.fault.Fault;
import org.ballastvm.virtio.DeviceEvent;
import org.ballastvm.virtio.HintRun;
import org.ballastvm.virtio.HintRun.Complete;
import org.ballastvm.virtio.HintRun.Ending;
import org.ballastvm.virtio.HintRun.GivingBack;
import org.ballastvm.virtio.HintRun.Idle;
import org.ballastvm.virtio.HintRun.Reporting;
import org.ballastvm.virtio.HintRun.Requested;
import org.ballastvm.virtio.UnwrittenMemory.GivenBack;
import org.ballastvm.virtio.driver.Bench;
import org.ballastvm.virtio.driver.FakeClock;
import org.ballastvm.virtio.driver.FakeTimer;
import org.ballastvm.virtio.driver.PciDriver;
import org.ballastvm.virtio.driver.QueueDriver;
import org.ballastvm.virtio.driver.QueueDriver.Buffer;
import org.ballastvm.virtio.driver.WatchedMemory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The host asks by a command, the driver repeats it, names pages and says that it is through. */
class FreePageHintsTest {
  private static final long HINTS = BalloonFeature.FREE_PAGE_HINT.bit();
  private static final long COMMAND_BUFFER = 8L << 20;
  private static final long FREE = 12L << 20;
  private static final int BLOCK = 4 << 20;
  private static final int HINT_COMMAND = 8;
  private static final int POISON = 12;
  private static final int FIRST_ID = 0x8000_0000;

  private WatchedMemory watched;
  private final Bench<BalloonDevice> bench = new Bench<>((memory, events) -> {
    watched = new WatchedMemory(memory);
    return new BalloonDevice(BalloonConfig.DEFAULTS, memory, Optional.of(watched), new FakeClock(), events);
  });
  private QueueDriver queue;

  @BeforeEach
  void startTheDriver() { start(HINTS); }

  private void start(long features) { queue = bench.start(features | PciDriver.EVENT_INDEX).get(2); }

  private void ask() {
    bench.device.startHinting();
    assertTrue(bench.bus.isPinHigh(), "the driver is notified");
    bench.driver.interruptStatus();
  }

  private int command() { return (int) bench.driver.device(HINT_COMMAND, 4); }

  private void say(int command) {
    bench.memory.putInt(COMMAND_BUFFER, command);
    post(Buffer.read(COMMAND_BUFFER, 4));
  }

  private static Complete completed(long namedBytes, long givenBytes) {
    return new Complete(Ending.COMPLETED, namedBytes, new GivenBack(givenBytes, 0, 0, 0));
  }

  private void post(Buffer... buffers) {
    queue.post(buffers);
    bench.bus.settle();
    queue.collect();
  }

  @Test
  void aGuestThatIsAskedGivesWhatItNames() {
    bench.memory.putLong(FREE, 0x01d);
    ask();
    assertEquals(new Requested(FIRST_ID), bench.device.hinting());
    assertEquals(FIRST_ID, command());
    say(FIRST_ID);
    assertEquals(new Reporting(FIRST_ID), bench.device.hinting());
    post(Buffer.write(FREE, BLOCK));
    assertEquals(List.of(), bench.memory.takeDiscarded(), "it may be in use again, so nothing is done on sight");
    say(HintRun.COMMAND_STOP);
    assertEquals(completed(BLOCK, BLOCK), bench.device.hinting());
    assertEquals(0, bench.memory.getLong(FREE));
    assertEquals(HintRun.COMMAND_DONE, command());
    assertTrue(bench.bus.isPinHigh(), "the driver is notified to take its pages back");
  }

  @Test
  void aPageThatTheGuestHasWrittenToIsLeftToIt() {
    ask();
    say(command());
    watched.guestWrites(FREE + 4096, 0xda7a);
    post(Buffer.write(FREE, BLOCK));
    watched.guestWrites(FREE + 3 * 4096, 0xda7b);
    say(HintRun.COMMAND_STOP);
    assertEquals(completed(BLOCK, BLOCK - 2 * 4096), bench.device.hinting());
    assertEquals(0xda7a, bench.memory.getLong(FREE + 4096));
    assertEquals(0xda7b, bench.memory.getLong(FREE + 3 * 4096));
  }

  @Test
  void aRingInMemoryThatIsNamedAsFreeStays() {
    ask();
    say(command());
    post(Buffer.write(queue.descriptors(), 4096));
    say(HintRun.COMMAND_STOP);
    assertEquals(List.of(), bench.memory.takeDiscarded());
    assertEquals(2, bench.events.size());
  }

  @Test
  void writesAreWatchedBeforeTheDriverCanKnowOfTheCommand() {
    bench.device.attached(change -> {
      assertTrue(watched.isWatching());
      change.run();
    });
    bench.device.startHinting();
    assertTrue(watched.isWatching());
  }

  @Test
  void eachRunHasACommandOfItsOwn() {
    ask();
    ask();
    assertEquals(FIRST_ID + 1, command());
    say(FIRST_ID);
    assertEquals(new Requested(FIRST_ID + 1), bench.device.hinting(), "a command of a run that is over means nothing");
    post(Buffer.write(FREE, BLOCK));
    say(HintRun.COMMAND_STOP);
    say(FIRST_ID + 1);
    say(HintRun.COMMAND_STOP);
    assertEquals(completed(0, 0), bench.device.hinting(), "pages of the run that is over are not given back");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 0x7fff_ffff, FIRST_ID, FIRST_ID + 1, -1})
  void onlyTheCommandToStopEndsARun(int command) {
    ask();
    say(command());
    say(command);
    assertEquals(new Reporting(FIRST_ID), bench.device.hinting());
  }

  @Test
  void aRunThatTheHostEndsGivesNothingBack() {
    ask();
    say(command());
    post(Buffer.write(FREE, BLOCK));
    bench.device.stopHinting();
    assertEquals(new Complete(Ending.CANCELLED, 0, GivenBack.NOTHING), bench.device.hinting());
    assertEquals(HintRun.COMMAND_DONE, command());
    say(HintRun.COMMAND_STOP);
    assertEquals(List.of(), bench.memory.takeDiscarded());
    assertFalse(watched.isWatching());
  }

  @Test
  void aResetEndsARun() {
    ask();
    say(command());
    bench.driver.reset();
    assertEquals(new Idle(), bench.device.hinting());
    assertFalse(watched.isWatching());
    start(HINTS);
    assertEquals(HintRun.COMMAND_STOP, command());
    say(FIRST_ID);
    assertEquals(new Idle(), bench.device.hinting());
    ask();
    assertEquals(FIRST_ID + 1, command());
  }

  @Test
  void aGuestThatCannotBeAskedIsNot() {
    start(0);
    assertThrows(IllegalStateException.class, bench.device::startHinting);
    start(HINTS | BalloonFeature.PAGE_POISON.bit());
    bench.driver.device(POISON, 4, 0xaaaa_aaaaL);
    assertThrows(IllegalStateException.class, bench.device::startHinting);
    bench.driver.reset();
    assertThrows(IllegalStateException.class, bench.device::startHinting);
    bench.device.stopHinting();
    assertEquals(new Idle(), bench.device.hinting());
    assertFalse(watched.isWatching());
  }

  @Test
  void aHostThatRefusesIsReportedAndTheGuestHasItsPagesBack() {
    ask();
    say(command());
    post(Buffer.write(FREE, BLOCK));
    bench.memory.refuseDiscards("madvise: EINVAL");
    say(HintRun.COMMAND_STOP);
    assertEquals(List.of(new DeviceEvent.HostRefusal("virtio-balloon", "madvise: EINVAL"),
        new DeviceEvent.HintRunEnded(new Complete(Ending.FAILED, BLOCK, GivenBack.NOTHING))), bench.events);
    assertEquals(HintRun.COMMAND_DONE, command());
  }

  @Test
  void theDriverLeavesItsPagesAloneUntilTheHostIsThrough() {
    watched.wait(true);
    ask();
    say(command());
    post(Buffer.write(FREE, BLOCK));
    say(HintRun.COMMAND_STOP);
    assertEquals(new GivingBack(FIRST_ID, BLOCK), bench.device.hinting());
    assertEquals(FIRST_ID, command());
    watched.goOn();
    assertEquals(completed(BLOCK, BLOCK), bench.device.hinting());
    assertEquals(HintRun.COMMAND_DONE, command());
    assertTrue(bench.bus.isPinHigh());
    assertEquals(List.of(new DeviceEvent.HintRunEnded(completed(BLOCK, BLOCK))), bench.events);
  }

  @Test
  void whatTheHostStillHadInHandWhenARunWasCancelledChangesNothing() {
    watched.wait(true);
    ask();
    say(command());
    post(Buffer.write(FREE, BLOCK));
    say(HintRun.COMMAND_STOP);
    bench.device.stopHinting();
    Complete cancelled = new Complete(Ending.CANCELLED, BLOCK, GivenBack.NOTHING);
    assertEquals(cancelled, bench.device.hinting());
    ask();
    watched.goOn();
    assertEquals(new Requested(FIRST_ID + 1), bench.device.hinting());
    assertEquals(List.of(new DeviceEvent.HintRunEnded(cancelled)), bench.events);
  }

  @Test
  void aResetIsReportedToThoseWhoWaitForARun() {
    ask();
    bench.driver.reset();
    assertEquals(List.of(new DeviceEvent.HintRunEnded(new Complete(Ending.CANCELLED, 0, GivenBack.NOTHING))),
        bench.events);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 5, 8, 4096})
  void aCommandThatIsNoneIsAMistake(int lengthBytes) {
    ask();
    post(Buffer.read(COMMAND_BUFFER, lengthBytes));
    assertNotEquals(0, bench.driver.status() & PciDriver.NEEDS_RESET);
  }

  @Test
  void aCommandMayBeCutAndComeWithPages() {
    ask();
    bench.memory.putInt(COMMAND_BUFFER, command());
    post(Buffer.read(COMMAND_BUFFER, 1), Buffer.read(COMMAND_BUFFER + 1, 3), Buffer.write(FREE + 100, 8192));
    say(HintRun.COMMAND_STOP);
    assertEquals(completed(4096, 4096), bench.device.hinting());
  }

  @Test
  void moreThanCanBeRememberedStaysWithTheGuest() {
    ask();
    say(command());
    for (int i = 0; i < 1100; i++) {
      for (int chain = 0; chain < 64; chain++) {
        queue.offer(Buffer.write(FREE + 8192L * (chain & 31), 4096));
      }
      queue.kick();
      bench.bus.settle();
      queue.collect();
    }
    say(HintRun.COMMAND_STOP);
    assertEquals(completed(32 * 4096, 32 * 4096), bench.device.hinting());
  }

  private DeviceFaults goWrong(String words) {
    DeviceFaults faults = new DeviceFaults(strike -> {
      // What became of it is looked at.
    });
    bench.function.goWrong(faults, new FakeTimer());
    faults.add(Fault.parse(words));
    return faults;
  }

  @Test
  void aNumberThatIsForgottenLeavesTheRunUnanswered() {
    goWrong("what=hint-forgotten");
    ask();
    say(FIRST_ID);
    assertEquals(new Requested(FIRST_ID), bench.device.hinting());
  }

  @Test
  void doneIsSaidWhilePagesAreNamed() {
    goWrong("what=done-early");
    ask();
    say(FIRST_ID);
    assertEquals(HintRun.COMMAND_DONE, command());
    assertTrue(bench.bus.isPinHigh(), "the driver is notified");
    assertEquals(Ending.CANCELLED, ((Complete) bench.device.hinting()).ending());
  }
}
