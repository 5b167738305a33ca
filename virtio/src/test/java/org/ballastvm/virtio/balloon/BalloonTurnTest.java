package org.ballastvm.virtio.balloon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.IntStream;
import org.ballastvm.virtio.MemoryReclaim;
import org.ballastvm.virtio.driver.Bench;
import org.ballastvm.virtio.driver.FakeClock;
import org.ballastvm.virtio.driver.QueueDriver;
import org.ballastvm.virtio.driver.QueueDriver.Buffer;
import org.junit.jupiter.api.Test;

/** However much a guest names at once, monitors and timers have their turn in between. */
class BalloonTurnTest {
  private static final long MUST_TELL_HOST = 1;
  private static final long REPORTING = 1L << 5;
  private static final int INFLATE = 0;
  private static final int DEFLATE = 1;
  private static final int REPORTS = 2;
  private static final long LIST = 8L << 20;
  /** One less than fits: a second list does not fit into the room that the first leaves. */
  private static final int LONGEST = 4095;
  private static final int CHAINS = 128;
  /** A block of 2 MiB that is held in pieces is handed on in one go. */
  private static final int MOST_CALLS = 4096 + 256;
  private static final long MILLISECOND = 1_000_000;

  private final FakeClock clock = new FakeClock();
  private final Host host = new Host();
  private final Bench<BalloonDevice> bench = new Bench<>((memory, events) -> new BalloonDevice(
      BalloonConfig.DEFAULTS.withFreePageReporting(true), host, clock, events));

  /** A host that takes its time, and counts. */
  private final class Host implements MemoryReclaim {
    private long nanosEach;
    private int calls;

    @Override
    public void discard(long gpa, long lengthBytes) {
      calls++;
      clock.passNanos(nanosEach);
    }

    @Override
    public void makePresent(long gpa, long lengthBytes) { discard(gpa, lengthBytes); }
  }

  private Buffer everyOtherPage(int pages) {
    IntStream.range(0, pages).forEach(i -> bench.memory.putInt(LIST + 4L * i, 2 * i + 1));
    return Buffer.read(LIST, 4 * pages);
  }

  /** Runs until all is done, and returns how often the host was called in the longest turn. */
  private int longestTurn() {
    int longest = 0;
    for (int before = host.calls; bench.bus.turn(); before = host.calls) {
      longest = Math.max(longest, host.calls - before);
    }
    return longest;
  }

  private void callsAreBounded(int queue) {
    QueueDriver driver = bench.start(0).get(queue);
    Buffer list = everyOtherPage(LONGEST);
    IntStream.range(0, CHAINS).forEach(i -> driver.offer(list));
    driver.kick();
    int longest = longestTurn();
    assertTrue(longest <= MOST_CALLS, longest + " calls of the host in one turn");
    assertEquals(CHAINS, driver.collect().size());
    assertEquals(CHAINS * LONGEST, host.calls);
  }

  @Test
  void aTurnOnTheInflateQueueIsBoundedInCallsOfTheHost() { callsAreBounded(INFLATE); }

  @Test
  void aTurnOnTheDeflateQueueIsBoundedInCallsOfTheHost() { callsAreBounded(DEFLATE); }

  @Test
  void aTurnIsBoundedInTimeToo() {
    host.nanosEach = MILLISECOND;
    QueueDriver inflate = bench.start(0).get(INFLATE);
    inflate.post(everyOtherPage(100));
    inflate.post(everyOtherPage(LONGEST));
    assertEquals(10, longestTurn());
    assertEquals(2, inflate.collect().size());
    assertEquals(100 + LONGEST, host.calls);
  }

  @Test
  void whatIsReportedIsTakenInTurnsToo() {
    host.nanosEach = MILLISECOND;
    QueueDriver reports = bench.start(REPORTING).get(REPORTS);
    IntStream.range(0, 30).forEach(i -> reports.offer(Buffer.write(LIST + i * 8192L, 4096)));
    reports.kick();
    assertEquals(10, longestTurn());
    assertEquals(30, reports.collect().size());
    assertEquals(30, host.calls);
  }

  @Test
  void whatWasHeldGoesBackInTurnsBeforeADeflateIsAnswered() {
    List<QueueDriver> queues = bench.start(MUST_TELL_HOST);
    queues.get(INFLATE).post(everyOtherPage(LONGEST));
    longestTurn();
    host.nanosEach = MILLISECOND;
    int before = host.calls;
    queues.get(DEFLATE).post(everyOtherPage(0x100));
    int longest = longestTurn();
    assertTrue(longest <= 256 + 10, longest + " calls in one turn");
    assertEquals(LONGEST + 256, host.calls - before);
    assertEquals(1, queues.get(DEFLATE).collect().size());
  }

  @Test
  void aDriverThatIsGoneLeavesNothingToBeDone() {
    host.nanosEach = MILLISECOND;
    bench.start(0).get(INFLATE).post(everyOtherPage(LONGEST));
    while (host.calls == 0) {
      bench.bus.turn();
    }
    int before = host.calls;
    bench.driver.reset();
    longestTurn();
    assertEquals(before, host.calls);
    QueueDriver inflate = bench.start(0).get(INFLATE);
    inflate.post(everyOtherPage(3));
    longestTurn();
    assertEquals(before + 3, host.calls);
    assertEquals(1, inflate.collect().size());
  }
}
