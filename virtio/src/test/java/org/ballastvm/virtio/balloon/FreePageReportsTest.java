package org.ballastvm.virtio.balloon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.ballastvm.virtio.DeviceEvent;
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

/** The driver names free memory, and it is given back before the driver has its buffers again. */
class FreePageReportsTest {
  private static final long FREE = 8L << 20;
  private static final long BLOCK = 2L << 20;
  private static final int POISON = 12;

  private final Bench<BalloonDevice> bench = new Bench<>((memory, events) -> new BalloonDevice(
      BalloonConfig.DEFAULTS.withFreePageReporting(true), memory, new FakeClock(), events));
  private QueueDriver queue;

  @BeforeEach
  void startTheDriver() { start(BalloonFeature.STATS_VQ.bit() | BalloonFeature.REPORTING.bit()); }

  private void start(long features) {
    queue = bench.start(features | PciDriver.EVENT_INDEX | PciDriver.INDIRECT)
        .get(BalloonFeature.STATS_VQ.in(features) ? 3 : 2);
  }

  private int post(Buffer... buffers) {
    queue.post(buffers);
    bench.bus.settle();
    return queue.collect().size();
  }

  private static Range pages(long gpa, long lengthBytes) { return new Range(gpa >> 12, lengthBytes >> 12); }

  @Test
  void theQueueHoldsAsMuchAsLinuxReportsAtOnce() { assertEquals(32, queue.size()); }

  @Test
  void freeMemoryIsGivenBackWhole() {
    bench.memory.putLong(FREE + BLOCK - 8, -1);
    bench.memory.putLong(FREE + BLOCK, 0xda7a);
    assertEquals(1, post(Buffer.write(FREE, (int) BLOCK)));
    assertEquals(List.of(pages(FREE, BLOCK)), bench.memory.takeDiscarded());
    assertEquals(0, bench.memory.getLong(FREE + BLOCK - 8));
    assertEquals(0xda7a, bench.memory.getLong(FREE + BLOCK));
  }

  @Test
  void rangesThatTouchAreOneCallInAnyOrderAndAcrossChains() {
    queue.offer(Buffer.write(FREE + 2 * BLOCK, (int) BLOCK), Buffer.write(FREE, (int) BLOCK));
    queue.offer(Buffer.write(FREE + 4 * BLOCK, (int) BLOCK));
    assertEquals(3, post(Buffer.write(FREE + BLOCK, (int) BLOCK)));
    assertEquals(List.of(pages(FREE, 3 * BLOCK), pages(FREE + 4 * BLOCK, BLOCK)), bench.memory.takeDiscarded());
  }

  @Test
  void aRingInMemoryThatIsReportedAsFreeStays() {
    assertEquals(1, post(Buffer.write(queue.used() - 4096, 3 * 4096)));
    assertEquals(List.of(pages(queue.used() - 4096, 4096), pages(queue.used() + 4096, 4096)),
        bench.memory.takeDiscarded());
    assertEquals(1, bench.events.size());
  }

  @Test
  void withoutStatisticsTheQueueIsOneFurtherDown() {
    start(BalloonFeature.REPORTING.bit());
    assertEquals(1, post(Buffer.write(FREE, (int) BLOCK)));
    assertEquals(List.of(pages(FREE, BLOCK)), bench.memory.takeDiscarded());
  }

  @ParameterizedTest
  @CsvSource({"0, 4096, 0, 1", "1, 4096, 0, 0", "0, 4095, 0, 0", "1, 8191, 1, 1", "4095, 4098, 1, 1", "100, 8, 0, 0"})
  void pagesThatAreNotAllFreeStay(int offset, int lengthBytes, int firstPage, int pageCount) {
    assertEquals(1, post(Buffer.write(FREE + offset, lengthBytes)));
    assertEquals(pageCount == 0 ? List.of() : List.of(new Range((FREE >> 12) + firstPage, pageCount)),
        bench.memory.takeDiscarded());
    assertEquals(List.of(), bench.events);
  }

  @ParameterizedTest
  @CsvSource({"true, 0xaaaaaaaa, 0", "true, 0x00000000, 1", "false, 0xaaaaaaaa, 1", "true, 0x01000000, 0"})
  void pagesThatTheGuestExpectsToFindFilledStay(boolean agreed, String pattern, int ranges) {
    start(BalloonFeature.REPORTING.bit() | (agreed ? BalloonFeature.PAGE_POISON.bit() : 0));
    bench.driver.device(POISON, 4, Long.decode(pattern));
    bench.memory.putLong(FREE, 0xaaaa);
    assertEquals(1, post(Buffer.write(FREE, (int) BLOCK)));
    assertEquals(ranges, bench.memory.takeDiscarded().size());
    assertEquals(ranges == 0 ? 0xaaaa : 0, bench.memory.getLong(FREE));
  }

  @Test
  void aGuestThatNoMoreFillsItsPagesAfterARebootGivesThemBack() {
    start(BalloonFeature.REPORTING.bit() | BalloonFeature.PAGE_POISON.bit());
    bench.driver.device(POISON, 4, 0xaaaa_aaaaL);
    bench.driver.reset();
    start(BalloonFeature.REPORTING.bit() | BalloonFeature.PAGE_POISON.bit());
    post(Buffer.write(FREE, (int) BLOCK));
    assertEquals(1, bench.memory.takeDiscarded().size());
  }

  @Test
  void aBufferToReadIsAMistake() {
    assertEquals(0, post(Buffer.read(FREE, 4096)));
    assertEquals(List.of(), bench.memory.takeDiscarded());
    assertNotEquals(0, bench.driver.status() & PciDriver.NEEDS_RESET);
  }

  @Test
  void memoryThatIsNoneIsAMistake() {
    assertEquals(0, post(Buffer.write(FlatMemory.LOW_BYTES - BLOCK, 2 * (int) BLOCK)));
    assertEquals(List.of(), bench.memory.takeDiscarded());
    assertNotEquals(0, bench.driver.status() & PciDriver.NEEDS_RESET);
    assertEquals(0, bench.memory.straying());
  }

  @Test
  void aHostThatRefusesIsReportedAndTheGuestHasItsMemory() {
    bench.memory.refuseDiscards("fallocate: EPERM");
    assertEquals(1, post(Buffer.write(FREE, (int) BLOCK)));
    assertEquals(List.of(new DeviceEvent.HostRefusal("virtio-balloon", "fallocate: EPERM")), bench.events);
  }

  @Test
  void theFirstAndTheLastPageOfMemoryAreLikeAnyOther() {
    long last = FlatMemory.HIGH_BASE + FlatMemory.HIGH_BYTES - 4096;
    post(Buffer.write(last, 4096));
    assertEquals(List.of(pages(last, 4096)), bench.memory.takeDiscarded());
  }

  /** Whatever is named, in whatever chains, exactly its whole pages are given back, each once. */
  @Test
  void randomReportsGiveBackWhatTheyName() {
    Random random = new Random(20261121);
    for (int round = 0; round < 300; round++) {
      TreeSet<Long> expected = new TreeSet<>();
      for (int chain = random.nextInt(1, 5); chain > 0; chain--) {
        Buffer[] buffers = new Buffer[random.nextInt(1, 8)];
        for (int i = 0; i < buffers.length; i++) {
          int lengthBytes = random.nextInt(1, 1 << random.nextInt(8, 20));
          long gpa = FREE + (random.nextInt(1 << 20) & (random.nextBoolean() ? -4096 : -1));
          buffers[i] = Buffer.write(gpa, lengthBytes);
          for (long page = gpa + 4095 >> 12; page < gpa + lengthBytes >> 12; page++) {
            expected.add(page);
          }
        }
        queue.offer(buffers);
      }
      queue.kick();
      bench.bus.settle();
      queue.collect();
      assertEquals(List.copyOf(expected), pagesOf(bench.memory.takeDiscarded()), "round " + round);
    }
  }

  private static List<Long> pagesOf(List<Range> ranges) {
    List<Long> pages = new ArrayList<>();
    for (Range range : ranges) {
      for (long i = 0; i < range.pageCount(); i++) {
        pages.add(range.firstPage() + i);
      }
    }
    return pages;
  }
}
