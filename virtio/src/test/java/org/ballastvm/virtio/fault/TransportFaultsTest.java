package org.ballastvm.virtio.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.ballastvm.fault.DeviceFaults;
import org.ballastvm.fault.Fault;
import org.ballastvm.virtio.driver.Bench;
import org.ballastvm.virtio.driver.EchoDevice;
import org.ballastvm.virtio.driver.FakeTimer;
import org.ballastvm.virtio.driver.PciDriver;
import org.ballastvm.virtio.driver.QueueDriver;
import org.ballastvm.virtio.driver.QueueDriver.Buffer;
import org.ballastvm.virtio.driver.QueueDriver.Used;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a driver sees of a device whose transport goes wrong. */
class TransportFaultsTest {
  private static final long BUFFER = 8L << 20;

  private final Bench<EchoDevice> bench = new Bench<>((memory, events) -> new EchoDevice());
  private final FakeTimer timer = new FakeTimer();
  private final DeviceFaults faults = new DeviceFaults(strike -> {
    // The history has it.
  });
  private QueueDriver queue;

  @BeforeEach
  void startTheDriver() {
    queue = bench.start(EchoDevice.FEATURE | PciDriver.EVENT_INDEX).getFirst();
    bench.driver.enableMessages(0xfee0_0000L);
    bench.function.goWrong(faults, timer);
  }

  private void inject(String words) {
    Fault fault = Fault.parse(words);
    faults.add(fault);
    if (fault.isAtOnce()) {
      faults.strikeAtOnce(fault);
      bench.function.strike(fault);
    }
  }

  /** Posts chains to be written, of 1, 2, 3... bytes, in one ring; what came back. */
  private List<Used> post(int count) {
    for (int i = 0; i < count; i++) {
      queue.offer(Buffer.write(BUFFER, i + 1));
    }
    queue.kick();
    bench.bus.settle();
    return queue.collect();
  }

  private void mend() {
    faults.clear();
    bench.function.mend();
    bench.bus.settle();
  }

  @Test
  void aDroppedChainNeverComesBack() {
    inject("what=drop,nth=2");
    assertEquals(List.of(new Used(0, 1), new Used(2, 3)), post(3));
    mend();
    assertEquals(List.of(), queue.collect());
  }

  @Test
  void theOnlyChainThatIsDroppedInterruptsNobody() {
    inject("what=drop");
    post(1);
    assertEquals(List.of(), bench.bus.takeMessages());
  }

  @Test
  void aDelayedChainComesWithAnInterruptOfItsOwn() {
    inject("what=delay,ms=50");
    assertEquals(List.of(), post(1));
    bench.bus.takeMessages();
    timer.pass(49);
    assertEquals(List.of(), queue.collect());
    timer.pass(1);
    assertEquals(1, bench.bus.takeMessages().size());
    assertEquals(List.of(new Used(0, 1)), queue.collect());
  }

  @Test
  void aChainThatIsDelayedBeyondAResetIsForgotten() {
    inject("what=delay,ms=50");
    post(1);
    queue = bench.start(EchoDevice.FEATURE | PciDriver.EVENT_INDEX).getFirst();
    timer.pass(50);
    assertEquals(List.of(), queue.collect());
    assertEquals(List.of(new Used(0, 1)), post(1));
  }

  @Test
  void aHeldChainComesWhenTheFaultsAreCleared() {
    inject("what=hold");
    assertEquals(List.of(new Used(1, 2)), post(2));
    mend();
    assertEquals(List.of(new Used(0, 1)), queue.collect());
  }

  @Test
  void aReorderedChainComesBehindTheNext() {
    inject("what=reorder,nth=2");
    assertEquals(List.of(new Used(0, 1), new Used(2, 3), new Used(1, 2)), post(3));
  }

  @Test
  void chainsComeTwiceTooLongTooShortAndUnderAnotherNumber() {
    inject("what=duplicate,max-length=1");
    inject("what=length,bytes=+4096,min-length=2,max-length=2");
    inject("what=length,bytes=-3,min-length=3,max-length=3");
    inject("what=wrong-id,min-length=4,max-length=4");
    inject("what=wrong-id,id=7,min-length=5,max-length=5");
    assertEquals(List.of(new Used(0, 1), new Used(0, 1), new Used(1, 4098), new Used(2, 0),
        new Used(EchoDevice.QUEUE_SIZE, 4), new Used(7, 5)), post(5));
  }

  @Test
  void aStuckQueueGoesOnWhenTheFaultsAreCleared() {
    inject("what=stuck,queue=0,nth=2");
    assertEquals(1, post(1).size());
    assertEquals(0, post(1).size());
    assertEquals(0, post(1).size());
    mend();
    assertEquals(2, queue.collect().size());
  }

  @Test
  void interruptsAreLostLateAndTooMany() {
    inject("what=interrupt-lost,vector=1");
    post(1);
    assertEquals(List.of(), bench.bus.takeMessages());
    inject("what=interrupt-late,ms=20");
    post(1);
    assertEquals(0, bench.bus.takeMessages().size());
    timer.pass(20);
    assertEquals(1, bench.bus.takeMessages().size());
    inject("what=interrupt-spurious,nth=1");
    post(1);
    assertEquals(2, bench.bus.takeMessages().size());
    inject("what=interrupt-spurious,vector=2");
    assertEquals(2, bench.bus.takeMessages().getFirst().data());
    post(1);
    assertEquals(1, bench.bus.takeMessages().size());
  }

  @Test
  void aLateInterruptOfADeviceThatIsGoneReachesNobody() {
    inject("what=interrupt-late,ms=20");
    post(1);
    bench.function.detach();
    timer.pass(20);
    assertEquals(List.of(), bench.bus.takeMessages());
  }

  @Test
  void theDeviceNeedsAResetAtOnceOrWhenItsQueueIsLookedAt() {
    inject("what=needs-reset,nth=2");
    assertEquals(1, post(1).size());
    assertEquals(0, bench.driver.status() & PciDriver.NEEDS_RESET);
    assertEquals(0, post(1).size());
    assertEquals(PciDriver.NEEDS_RESET, bench.driver.status() & PciDriver.NEEDS_RESET);
    startAgain();
    inject("what=needs-reset");
    assertEquals(PciDriver.NEEDS_RESET, bench.driver.status() & PciDriver.NEEDS_RESET);
  }

  private void startAgain() {
    queue = bench.start(EchoDevice.FEATURE | PciDriver.EVENT_INDEX).getFirst();
    assertEquals(1, post(1).size());
  }

  @Test
  void aConfigurationThatChangesWhileItIsReadHasAnotherGeneration() {
    long right = bench.driver.device(0, 8);
    long generation = bench.driver.common(0x15, 1);
    inject("what=config-changes");
    assertNotEquals(right, bench.driver.device(0, 8));
    assertNotEquals(generation, bench.driver.common(0x15, 1));
    assertEquals(right, bench.driver.device(0, 8));
  }

  @Test
  void aBarAnswersWithAllOnes() {
    inject("what=all-ones,bar=4,count=2");
    assertEquals(0xff, bench.driver.status());
    assertEquals(0xff, bench.driver.status());
    assertTrue(bench.driver.status() < 0x80);
  }

  @Test
  void whatIsNotOfferedCannotBeAgreedOnUntilTheFaultsAreCleared() {
    inject("what=withhold-feature,bit=0");
    assertEquals(0, bench.driver.offered() & EchoDevice.FEATURE);
    assertFalse(bench.driver.negotiate(PciDriver.VERSION_1 | EchoDevice.FEATURE));
    mend();
    assertTrue(bench.driver.negotiate(PciDriver.VERSION_1 | EchoDevice.FEATURE));
  }

  @Test
  void aQueueOfOneEntryWorksAndAnOddSizeIsWhatTheDriverReads() {
    inject("what=queue-size,queue=0,size=1");
    bench.driver.reset();
    queue = bench.start(EchoDevice.FEATURE).getFirst();
    assertEquals(1, queue.size());
    assertEquals(List.of(new Used(0, 1)), post(1));
    inject("what=queue-size,size=3");
    bench.driver.reset();
    bench.driver.common(0x16, 2, 1);
    assertEquals(3, bench.driver.common(0x18, 2));
  }

  @Test
  void theSameSeedGivesTheSameAnswers() {
    inject("what=drop,count=0,probability=0.4,seed=5");
    inject("what=duplicate,count=0,probability=0.4,seed=6");
    List<Used> first = post(20);
    TransportFaultsTest again = new TransportFaultsTest();
    again.startTheDriver();
    again.inject("what=drop,count=0,probability=0.4,seed=5");
    again.inject("what=duplicate,count=0,probability=0.4,seed=6");
    assertEquals(first, again.post(20));
    assertTrue(first.size() > 5 && first.size() < 35, first.toString());
  }
}
