package org.ballastvm.virtio.balloon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.ballastvm.virtio.DeviceEvent;
import org.ballastvm.virtio.DeviceEvent.BalloonChanged;
import org.ballastvm.virtio.driver.Bench;
import org.ballastvm.virtio.driver.FakeClock;
import org.ballastvm.virtio.driver.FlatMemory;
import org.ballastvm.virtio.driver.FlatMemory.Range;
import org.ballastvm.virtio.driver.PciDriver;
import org.ballastvm.virtio.driver.QueueDriver;
import org.ballastvm.virtio.driver.QueueDriver.Buffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A balloon at the ends of what numbers can say: what a guest should not say, and what it may. */
class BalloonLimitsTest {
  private static final long LIST = 8L << 20;
  private static final int LOW_END = (int) (FlatMemory.LOW_BYTES >> 12);
  private static final int HIGH_START = (int) (FlatMemory.HIGH_BASE >> 12);
  private static final int HIGH_END = HIGH_START + (int) (FlatMemory.HIGH_BYTES >> 12);
  private static final int ACTUAL = 4;

  private final Bench<BalloonDevice> bench = new Bench<>(
      (memory, events) -> new BalloonDevice(BalloonConfig.DEFAULTS, memory, new FakeClock(), events));
  private QueueDriver inflate;
  private QueueDriver deflate;

  @BeforeEach
  void startTheDriver() { start(); }

  private void start() {
    List<QueueDriver> queues = bench.start(PciDriver.EVENT_INDEX);
    inflate = queues.get(0);
    deflate = queues.get(1);
  }

  private Buffer list(int... pages) {
    for (int i = 0; i < pages.length; i++) {
      bench.memory.putInt(LIST + 4L * i, pages[i]);
    }
    return Buffer.read(LIST, 4 * pages.length);
  }

  private int post(QueueDriver queue, Buffer... buffers) {
    queue.post(buffers);
    bench.bus.settle();
    return queue.collect().size();
  }

  private void assertOneMistake(boolean needsReset) {
    assertEquals(1, bench.events.size());
    assertEquals(needsReset, ((DeviceEvent.GuestMistake) bench.events.getFirst()).needsReset());
    assertEquals(needsReset, (bench.driver.status() & PciDriver.NEEDS_RESET) != 0);
    assertEquals(0, bench.memory.straying());
  }

  @Test
  void pagesThatAreNoMemoryAreLeftOutAndReportedOnce() {
    assertEquals(1, post(inflate, list(LOW_END, 5000, -1, HIGH_END, 5001, HIGH_START - 1, 0x8000_0000)));
    assertEquals(List.of(new Range(5000, 2)), bench.memory.takeDiscarded());
    assertOneMistake(false);
  }

  @Test
  void pagesOfItsOwnRingsAreLeftToTheGuestAndReportedOnce() {
    int table = (int) (deflate.descriptors() >> 12);
    int avail = (int) (deflate.avail() >> 12);
    int used = (int) (deflate.used() >> 12);
    post(inflate, list(table - 1, table, table + 1, avail, used, used + 1));
    assertEquals(List.of(new Range(table - 1, 1), new Range(table + 1, 1), new Range(used + 1, 1)),
        bench.memory.takeDiscarded());
    assertOneMistake(false);
    post(inflate, list(IntStream.range(table, used + 1).toArray()));
    assertEquals(List.of(new Range(table + 1, avail - table - 1), new Range(avail + 1, used - avail - 1)),
        bench.memory.takeDiscarded());
    assertOneMistake(false);
    assertEquals(1, post(deflate, list(5000)));
  }

  @Test
  void aRunThatLeavesMemoryIsGivenBackAsFarAsItIsMemory() {
    post(inflate, list(LOW_END - 2, LOW_END - 1, LOW_END, LOW_END + 1));
    post(inflate, list(HIGH_START + 1, HIGH_START, HIGH_START - 1));
    assertEquals(List.of(new Range(LOW_END - 2, 2), new Range(HIGH_START, 2)), bench.memory.takeDiscarded());
  }

  @Test
  void theFirstAndTheLastPageOfMemoryAreLikeAnyOther() {
    post(inflate, list(0, HIGH_END - 1));
    assertEquals(List.of(new Range(0, 1), new Range(HIGH_END - 1, 1)), bench.memory.takeDiscarded());
    assertEquals(List.of(), bench.events);
  }

  @Test
  void aPageThatIsNamedTwiceIsGivenBackOnce() {
    post(inflate, list(5000, 5000, 6000, 5000, 6000));
    assertEquals(List.of(new Range(5000, 1), new Range(6000, 1)), bench.memory.takeDiscarded());
  }

  @Test
  void pagesThatWereNeverGivenCanBeTakenBack() {
    assertEquals(1, post(deflate, list(5000, 5001, LOW_END)));
    assertEquals(List.of(), bench.memory.takeDiscarded());
    assertOneMistake(false);
  }

  @Test
  void aGuestThatGivesItsOwnRingsAwayHurtsItselfAlone() {
    int[] rings = IntStream.range((int) (inflate.descriptors() >> 12), (int) (inflate.used() >> 12) + 1).toArray();
    post(inflate, list(rings));
    bench.driver.ring(0);
    bench.bus.settle();
    bench.driver.reset();
    start();
    assertEquals(1, post(inflate, list(5000)));
  }

  @ParameterizedTest
  @CsvSource({"3, 0", "1, 0", "1021, 0", "2, 2", "5, 3", "16388, 0", "16384, 4"})
  void aListThatIsNoListOfNumbersIsAMistake(int first, int second) {
    Buffer[] buffers = second == 0
        ? new Buffer[]{Buffer.read(LIST, first)}
        : new Buffer[]{Buffer.read(LIST, first), Buffer.read(LIST, second)};
    assertEquals(0, post(inflate, buffers));
    assertEquals(List.of(), bench.memory.takeDiscarded());
    assertOneMistake(true);
    bench.driver.reset();
    start();
    assertEquals(1, post(inflate, list(5000)));
  }

  @Test
  void aBufferToWriteIsAMistakeInEitherQueue() {
    assertEquals(0, post(inflate, Buffer.write(LIST, 4)));
    assertOneMistake(true);
    start();
    assertEquals(0, post(deflate, list(5000), Buffer.write(LIST + 64, 4)));
    assertNotEquals(0, bench.driver.status() & PciDriver.NEEDS_RESET);
  }

  @Test
  void theLongestListsAreTakenHoweverTheyAreCut() {
    int[] pages = IntStream.range(0, PageRanges.CAPACITY).map(i -> 4000 + (i * 5 & PageRanges.CAPACITY - 1)).toArray();
    Buffer whole = list(pages);
    assertEquals(1, post(inflate, whole));
    assertEquals(1, post(inflate, Buffer.read(LIST, 4100), Buffer.read(LIST + 4100, 4 * pages.length - 4100)));
    assertEquals(List.of(new Range(4000, 4096), new Range(4000, 4096)), bench.memory.takeDiscarded());
  }

  @Test
  void listsThatDoNotFitIntoOneBatchAreTakenInTwo() {
    Buffer list = list(IntStream.range(4000, 7000).toArray());
    inflate.offer(list);
    inflate.offer(list);
    assertEquals(3, post(inflate, list));
    assertEquals(3, bench.memory.takeDiscarded().size());
  }

  @ParameterizedTest
  @CsvSource({"4, 1, 0x332211aa", "5, 1, 0x3322aa00", "7, 1, 0xaa221100", "4, 2, 0x3322bbaa", "6, 2, 0xbbaa1100",
      "4, 4, 0xddccbbaa", "0, 8, 0x1100ffee", "2, 4, 0x3322ddcc"})
  void theGuestMayWriteItsSizeInParts(int offset, int width, String expected) {
    bench.driver.device(ACTUAL, 4, 0x3322_1100L);
    bench.events.clear();
    bench.device.setTarget(0x4444);
    bench.driver.device(offset, width, 0x1100_ffee_ddcc_bbaaL);
    assertEquals(Long.decode(expected), bench.device.actualPages());
    assertEquals(List.of(new BalloonChanged(Long.decode(expected))), bench.events);
    assertEquals(0x4444, bench.device.targetPages());
  }

  @Test
  void whatChangesNothingIsNoEvent() {
    bench.driver.device(ACTUAL, 4, 256);
    bench.driver.device(ACTUAL, 4, 256);
    bench.driver.device(ACTUAL + 2, 2, 0);
    assertEquals(List.of(new BalloonChanged(256)), bench.events);
  }

  @Test
  void aGuestMaySayThatItGaveMoreThanItHas() {
    bench.driver.device(ACTUAL, 4, 0xffff_ffffL);
    assertEquals(0xffff_ffffL, bench.device.actualPages());
    assertEquals(List.of(new BalloonChanged(0xffff_ffffL)), bench.events);
  }

  @Test
  void aTargetBeyondTheRegisterIsTheMostItHolds() {
    bench.device.setTarget(1L << 40);
    assertEquals(0xffff_ffffL, bench.device.targetPages());
    assertEquals(0xffff_ffffL, bench.driver.device(0, 4));
  }

  @Test
  void aTargetThatChangesWhileTheGuestWorksIsSeenAtItsNextLook() {
    for (long target : LongStream.of(512, 100, 0, 1024).toArray()) {
      bench.device.setTarget(target);
      assertEquals(2, bench.driver.interruptStatus());
      assertEquals(target, bench.driver.device(0, 4));
      assertEquals(1, post(inflate, list(5000)));
      bench.driver.interruptStatus();
    }
  }

  @Test
  void aTargetThatIsSetBeforeTheDriverComesIsThereWhenItDoes() {
    bench.driver.reset();
    bench.device.setTarget(300);
    assertEquals(false, bench.bus.isPinHigh());
    start();
    assertEquals(300, bench.driver.device(0, 4));
  }

  @Test
  void aMachineThatIsResetHasAnEmptyBalloonAndTheSameTarget() {
    bench.device.setTarget(300);
    bench.driver.device(ACTUAL, 4, 300);
    bench.events.clear();
    bench.function.reset();
    assertEquals(List.of(new BalloonChanged(0)), bench.events);
    assertEquals(0, bench.device.actualPages());
    assertEquals(300, bench.device.targetPages());
    PciDriver next = new PciDriver(bench.function, bench.bus, bench.memory);
    inflate = next.start(0).getFirst();
    assertEquals(1, post(inflate, list(5000)));
  }

  @Test
  void strayPagesForEverDoNotFillTheLog() {
    for (int i = 0; i < 1000; i++) {
      post(inflate, list(LOW_END + i));
    }
    assertEquals(10, bench.events.size());
    assertTrue(bench.events.getLast().toString().contains("number 512"), bench.events::toString);
  }
}
