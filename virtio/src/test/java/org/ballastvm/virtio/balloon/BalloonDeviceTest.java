package org.ballastvm.virtio.balloon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.ballastvm.virtio.DeviceEvent;
import org.ballastvm.virtio.driver.FakeClock;
import org.ballastvm.virtio.driver.FlatMemory;
import org.ballastvm.virtio.driver.FlatMemory.Range;
import org.ballastvm.virtio.driver.PciDriver;
import org.ballastvm.virtio.driver.QueueDriver;
import org.ballastvm.virtio.driver.QueueDriver.Buffer;
import org.ballastvm.virtio.driver.QueueDriver.Used;
import org.ballastvm.virtio.driver.RecordingBus;
import org.ballastvm.virtio.pci.VirtioPciFunction;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BalloonDeviceTest {
  private static final long LIST = 8L << 20;
  private static final long OTHER_LIST = 9L << 20;

  private final FlatMemory memory = new FlatMemory();
  private final List<DeviceEvent> events = new ArrayList<>();
  private final BalloonDevice balloon = new BalloonDevice(BalloonConfig.DEFAULTS.withDeflateOnOom(true), memory,
      new FakeClock(), events::add);
  private final VirtioPciFunction function = new VirtioPciFunction(balloon, memory,
      events::add);
  private final RecordingBus bus = new RecordingBus(function);
  private final PciDriver driver = new PciDriver(function, bus, memory);
  private QueueDriver inflate;
  private QueueDriver deflate;

  @BeforeEach
  void startTheDriver() { start(PciDriver.EVENT_INDEX | PciDriver.INDIRECT); }

  private void start(long features) {
    List<QueueDriver> queues = driver.start(features);
    inflate = queues.get(0);
    deflate = queues.get(1);
    bus.settle();
  }

  @Test
  void pagesInAnyOrderAreGivenBackAsFewRanges() {
    inflate.post(list(LIST, 5003, 5001, 5000, 5002, 7001, 7000, 6000));
    bus.settle();
    assertEquals(List.of(new Range(5000, 4), new Range(6000, 1), new Range(7000, 2)), memory.takeDiscarded());
  }

  @Test
  void theSamePagesAscendingAndDescendingAreOneCall() {
    inflate.post(list(LIST, IntStream.range(4096, 4352).toArray()));
    bus.settle();
    inflate.post(list(LIST, IntStream.range(0, 256).map(i -> 4351 - i).toArray()));
    bus.settle();
    assertEquals(List.of(new Range(4096, 256), new Range(4096, 256)), memory.takeDiscarded());
  }

  @Test
  void chainsThatAreReadyTogetherAreOneBatchAndOneInterrupt() {
    driver.enableMessages(0xfee0_0000L);
    int first = inflate.offer(list(LIST, 5000, 5002, 5004));
    int second = inflate.offer(list(OTHER_LIST, 5001, 5003, 5005));
    inflate.kick();
    bus.settle();
    assertEquals(List.of(new Range(5000, 6)), memory.takeDiscarded());
    assertEquals(List.of(new Used(first, 0), new Used(second, 0)), inflate.collect());
    assertEquals(List.of(new RecordingBus.Message(0xfee0_0000L, 1)), bus.takeMessages());
  }

  @Test
  void aChainMayBeInSeveralBuffersAndIndirect() {
    Buffer first = list(LIST, 5000, 5001);
    inflate.offerIndirect(10L << 20, first, list(OTHER_LIST, 5002, 4999));
    inflate.kick();
    bus.settle();
    assertEquals(List.of(new Range(4999, 4)), memory.takeDiscarded());
    assertEquals(1, inflate.collect().size());
  }

  @Test
  void aDiscardedPageReadsAsZerosAndItsNeighboursAreWhole() {
    for (long page = 4999; page <= 5001; page++) {
      memory.putLong(page << 12, page);
      memory.putLong((page << 12) + 4088, page);
    }
    inflate.post(list(LIST, 5000));
    bus.settle();
    assertEquals(0, memory.getLong(5000L << 12) | memory.getLong((5000L << 12) + 4088));
    assertEquals(4999, memory.getLong((4999L << 12) + 4088));
    assertEquals(5001, memory.getLong(5001L << 12));
  }

  @Test
  void pagesThatTheGuestTakesBackAreAskedForAsRanges() {
    deflate.post(list(LIST, 5002, 5001, 5000));
    bus.settle();
    assertEquals(List.of(new Range(5000, 3)), memory.takeRestored());
    assertEquals(List.of(), memory.takeDiscarded());
  }

  @Test
  void aNewTargetIsSeenByTheGuestWithAnInterruptAndANewGeneration() {
    long before = driver.common(0x15, 1);
    balloon.setTarget(0x1234_5678L);
    assertTrue(bus.isPinHigh());
    assertEquals(2, driver.interruptStatus());
    assertFalse(bus.isPinHigh());
    assertEquals(0x1234_5678L, driver.device(0, 4));
    assertEquals(0x56, driver.device(1, 1));
    assertEquals(before + 1, driver.common(0x15, 1));
  }

  @Test
  void whatTheGuestSaysItHoldsIsReported() {
    driver.device(4, 4, 4096);
    assertEquals(4096, balloon.actualPages());
    assertEquals(4096, driver.device(4, 4));
    assertEquals(List.of(new DeviceEvent.BalloonChanged(4096)), events);
  }

  @Test
  void theGuestCannotChangeItsTarget() {
    balloon.setTarget(512);
    driver.device(0, 4, 0);
    driver.device(0, 8, 0);
    driver.device(2, 2, 0xffff);
    assertEquals(512, driver.device(0, 4));
    assertEquals(List.of(), events);
  }

  @Test
  void aResetKeepsTheTargetAndStartsTheCountOver() {
    balloon.setTarget(512);
    driver.device(4, 4, 300);
    driver.reset();
    assertEquals(512, balloon.targetPages());
    assertEquals(0, balloon.actualPages());
    start(0);
    assertEquals(512, driver.device(0, 4));
    assertEquals(List.of(new DeviceEvent.BalloonChanged(300), new DeviceEvent.BalloonChanged(0)), events);
  }

  @Test
  void aHostThatRefusesIsReportedAndTheGuestGoesOn() {
    memory.refuseDiscards("madvise: EINVAL");
    inflate.post(list(LIST, 5000, 5001));
    bus.settle();
    assertEquals(List.of(new DeviceEvent.HostRefusal("virtio-balloon", "madvise: EINVAL")), events);
    assertEquals(1, inflate.collect().size());
  }

  @Test
  void aHostThatKeepsRefusingDoesNotFillTheLog() {
    memory.refuseDiscards("madvise: EINVAL");
    for (int i = 0; i < 1000; i++) {
      inflate.post(list(LIST, 5000));
      bus.settle();
      inflate.collect();
    }
    assertEquals(10, events.size());
  }

  @Test
  void aBusyGuestLeavesTurnsToOthers() {
    int[] pages = IntStream.range(0, 1024).map(i -> 6000 + 2 * i).toArray();
    for (int chain = 0; chain < 100; chain++) {
      inflate.offer(list(LIST, pages));
    }
    inflate.kick();
    int turns = bus.settle();
    assertTrue(turns > 5 && turns < 100, turns + " turns");
    assertEquals(100, inflate.collect().size());
  }

  @Test
  void chainsThatWereOfferedBeforeTheDriverWasReadyAreNotForgotten() {
    driver.negotiate(PciDriver.VERSION_1);
    inflate = driver.openQueue(0, 128, 0);
    inflate.post(list(LIST, 5000));
    bus.settle();
    assertEquals(List.of(), memory.takeDiscarded());
    driver.addStatus(PciDriver.DRIVER_OK);
    bus.settle();
    assertEquals(List.of(new Range(5000, 1)), memory.takeDiscarded());
  }

  private Buffer list(long gpa, int... pages) {
    for (int i = 0; i < pages.length; i++) {
      memory.putInt(gpa + 4L * i, pages[i]);
    }
    return Buffer.read(gpa, 4 * pages.length);
  }
}
