package org.ballastvm.virtio.balloon;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.IntStream;
import org.ballastvm.virtio.driver.Bench;
import org.ballastvm.virtio.driver.FakeClock;
import org.ballastvm.virtio.driver.FlatMemory.Range;
import org.ballastvm.virtio.driver.PciDriver;
import org.ballastvm.virtio.driver.QueueDriver;
import org.ballastvm.virtio.driver.QueueDriver.Buffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** With a driver that deflates before it uses a page again, huge pages go back whole, and nothing is kept for long. */
class BalloonHoldingTest {
  private static final long MUST_TELL_HOST = 1;
  private static final long LIST = 8L << 20;
  private static final int BLOCK = 4096;
  private static final int ACTUAL = 4;

  private final Bench<BalloonDevice> bench = new Bench<>(
      (memory, events) -> new BalloonDevice(BalloonConfig.DEFAULTS.withDeflateOnOom(true), memory, new FakeClock(),
          events));
  private QueueDriver inflate;
  private QueueDriver deflate;

  @BeforeEach
  void startTheDriver() {
    start(MUST_TELL_HOST);
    bench.device.setTarget(512);
    bench.bus.settle();
  }

  private void start(long features) {
    List<QueueDriver> queues = bench.start(features | PciDriver.EVENT_INDEX);
    inflate = queues.get(0);
    deflate = queues.get(1);
  }

  /** Names pages and waits for the answer, as Linux does for each list. */
  private void name(QueueDriver queue, int firstPage, int pageCount) {
    IntStream.range(0, pageCount).forEach(i -> bench.memory.putInt(LIST + 4L * i, firstPage + pageCount - 1 - i));
    queue.post(Buffer.read(LIST, 4 * pageCount));
    bench.bus.settle();
    assertEquals(1, queue.collect().size());
  }

  private void writeActual(int pages) {
    bench.driver.device(ACTUAL, 4, pages);
    bench.bus.settle();
  }

  @Test
  void halvesOfAHugePageGoBackAsOne() {
    name(inflate, BLOCK + 256, 256);
    writeActual(256);
    assertEquals(List.of(), bench.memory.takeDiscarded());
    name(inflate, BLOCK, 256);
    writeActual(512);
    assertEquals(List.of(new Range(BLOCK, 512)), bench.memory.takeDiscarded());
  }

  @Test
  void wholeHugePagesThatAreNeighboursGoBackAsOneOf16MiB() {
    bench.device.setTarget(16_384);
    bench.bus.settle();
    for (int named = 256; named <= 4096; named += 256) {
      name(inflate, BLOCK + named - 256, 256);
      writeActual(named);
      assertEquals(named == 4096 ? List.of(new Range(BLOCK, 4096)) : List.of(), bench.memory.takeDiscarded(),
          named + " pages");
    }
  }

  @Test
  void piecesOfAHugePageGoAtOnceToWhoeverCountsThem() {
    bench.memory.countParts();
    name(inflate, BLOCK + 5, 64);
    assertEquals(List.of(new Range(BLOCK + 5, 64)), bench.memory.takeDiscarded());
    assertEquals(64, bench.memory.held());
    name(inflate, BLOCK + 256, 256);
    writeActual(320);
    assertEquals(List.of(), bench.memory.takeDiscarded(), "half of one is no piece");
  }

  @Test
  void aBalloonThatHasReachedItsTargetHoldsNothingBack() {
    bench.device.setTarget(256);
    name(inflate, BLOCK, 256);
    writeActual(256);
    assertEquals(List.of(new Range(BLOCK, 256)), bench.memory.takeDiscarded());
  }

  @Test
  void aDriverThatFindsNoMoreLeavesNothingBehind() {
    name(inflate, BLOCK, 256);
    writeActual(256);
    assertEquals(List.of(), bench.memory.takeDiscarded());
    writeActual(256);
    assertEquals(List.of(new Range(BLOCK, 256)), bench.memory.takeDiscarded());
  }

  @Test
  void aShortListIsTheLastOfItsKind() {
    name(inflate, BLOCK, 100);
    writeActual(100);
    assertEquals(List.of(new Range(BLOCK, 100)), bench.memory.takeDiscarded());
  }

  @Test
  void aNewTargetEndsTheWait() {
    name(inflate, BLOCK, 256);
    bench.device.setTarget(0);
    bench.bus.settle();
    assertEquals(List.of(new Range(BLOCK, 256)), bench.memory.takeDiscarded());
  }

  @Test
  void pagesAreGivenBackBeforeTheGuestHasThemAgain() {
    name(inflate, BLOCK, 256);
    bench.memory.putLong((BLOCK + 5L) << 12, 0x5ec7e7);
    name(deflate, BLOCK, 256);
    assertEquals(0, bench.memory.getLong((BLOCK + 5L) << 12));
    bench.memory.putLong((BLOCK + 5L) << 12, 0xda7a);
    writeActual(0);
    name(inflate, BLOCK + 256, 256);
    writeActual(0);
    writeActual(0);
    assertEquals(0xda7a, bench.memory.getLong((BLOCK + 5L) << 12));
  }

  @Test
  void aResetLeavesHeldPagesToTheGuest() {
    name(inflate, BLOCK, 256);
    bench.memory.putLong((long) BLOCK << 12, 0xda7a);
    bench.driver.reset();
    bench.device.setTarget(0);
    bench.bus.settle();
    start(MUST_TELL_HOST);
    writeActual(0);
    assertEquals(0xda7a, bench.memory.getLong((long) BLOCK << 12));
    assertEquals(List.of(), bench.memory.takeDiscarded());
  }

  @Test
  void aDriverThatNeedNotDeflateFirstHasNothingHeldBack() {
    start(0);
    name(inflate, BLOCK, 256);
    assertEquals(List.of(new Range(BLOCK, 256)), bench.memory.takeDiscarded());
    assertEquals(0, bench.memory.held());
  }

  @Test
  void whatADriverDeflatesBeforeItsUseMayBeLeftAloneUntilTheDriverIsGone() {
    name(inflate, BLOCK, 512);
    writeActual(512);
    assertEquals(512, bench.memory.held());
    bench.driver.reset();
    assertEquals(0, bench.memory.held());
    start(MUST_TELL_HOST);
    name(inflate, BLOCK, 512);
    writeActual(512);
    assertEquals(512, bench.memory.held());
    bench.device.close();
    assertEquals(0, bench.memory.held());
  }
}
