package org.ballastvm.virtio.balloon;

import static org.ballastvm.virtio.balloon.BalloonStat.DIRECT_RECLAIMS;
import static org.ballastvm.virtio.balloon.BalloonStat.FREE_MEMORY;
import static org.ballastvm.virtio.balloon.BalloonStat.SWAP_IN;
import static org.ballastvm.virtio.balloon.BalloonStat.TOTAL_MEMORY;
import static org.ballastvm.virtio.balloon.BalloonStat.UNSET;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.ballastvm.virtio.DeviceEvent;
import org.ballastvm.virtio.driver.Bench;
import org.ballastvm.virtio.driver.FakeClock;
import org.ballastvm.virtio.driver.PciDriver;
import org.ballastvm.virtio.driver.QueueDriver;
import org.ballastvm.virtio.driver.QueueDriver.Buffer;
import org.ballastvm.virtio.driver.QueueDriver.Used;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The device asks, the driver answers, or does not. */
class GuestStatsTest {
  private static final long BUFFER = 8L << 20;
  private static final long OTHER = 9L << 20;
  private static final long STATS_VQ = 2;

  private final FakeClock clock = new FakeClock();
  private final Bench<BalloonDevice> bench = new Bench<>(
      (memory, events) -> new BalloonDevice(BalloonConfig.DEFAULTS, memory, clock, events));
  private QueueDriver queue;

  @BeforeEach
  void startTheDriver() { queue = bench.start(PciDriver.EVENT_INDEX | STATS_VQ).get(2); }

  private Buffer entry(long gpa, int tag, long value) {
    bench.memory.putShort(gpa, tag);
    bench.memory.putLong(gpa + 2, value);
    return Buffer.read(gpa, 10);
  }

  private int post(Buffer... buffers) {
    int head = queue.post(buffers);
    bench.bus.settle();
    return head;
  }

  private void pass(long seconds) {
    clock.pass(seconds);
    bench.bus.settle();
  }

  private void setInterval(long seconds) {
    bench.device.setPollingIntervalSeconds(seconds);
    bench.bus.settle();
  }

  private static Map<BalloonStat, Long> only(Map<BalloonStat, Long> known) {
    Map<BalloonStat, Long> all = new EnumMap<>(BalloonStat.class);
    Arrays.stream(BalloonStat.values()).forEach(stat -> all.put(stat, known.getOrDefault(stat, UNSET)));
    return all;
  }

  private void assertNothingKnown() { assertEquals(new BalloonStats(0, only(Map.of())), bench.device.stats()); }

  @Test
  void namesAreThoseOfQemuInTheOrderOfTheTags() {
    assertEquals("swap-in swap-out major-faults minor-faults free-memory total-memory available-memory disk-caches"
        + " htlb-pgalloc htlb-pgfail oom-kills alloc-stalls async-scans direct-scans async-reclaims direct-reclaims",
        String.join(" ",
            bench.device.stats().values().keySet().stream().map(stat -> stat.key().substring("stat-".length()))
                .toList()));
  }

  @Test
  void nothingIsKnownBeforeTheGuestReports() { assertNothingKnown(); }

  @Test
  void whatTheGuestReportsIsKnownWithItsTimeAndTheBufferIsKept() {
    entry(BUFFER, 4, 1 << 20);
    entry(BUFFER + 10, 15, 7);
    entry(BUFFER + 20, 0, 0);
    post(Buffer.read(BUFFER, 30));
    assertEquals(new BalloonStats(clock.epochSeconds(),
        only(Map.of(FREE_MEMORY, 1L << 20, DIRECT_RECLAIMS, 7L, SWAP_IN, 0L))), bench.device.stats());
    assertEquals(List.of(), queue.collect());
  }

  @Test
  void aGuestIsAskedAtOnceAndThenAtTheInterval() {
    int first = post(entry(BUFFER, 5, 1));
    setInterval(2);
    assertEquals(List.of(new Used(first, 0)), queue.collect());
    int second = post(entry(BUFFER, 5, 2));
    pass(1);
    assertEquals(List.of(), queue.collect());
    pass(1);
    assertEquals(List.of(new Used(second, 0)), queue.collect());
    pass(1);
    post(entry(BUFFER, 5, 3));
    assertEquals(new BalloonStats(clock.epochSeconds(), only(Map.of(TOTAL_MEMORY, 3L))), bench.device.stats());
    assertEquals(OptionalLong.of(2), clock.rings());
  }

  @Test
  void aNewIntervalCountsFromNow() {
    setInterval(2);
    int head = post(entry(BUFFER, 5, 1));
    setInterval(60);
    pass(59);
    assertEquals(List.of(), queue.collect());
    pass(1);
    assertEquals(List.of(new Used(head, 0)), queue.collect());
  }

  @Test
  void anIntervalOfZeroEndsTheAsking() {
    setInterval(2);
    post(entry(BUFFER, 5, 1));
    setInterval(0);
    pass(1_000_000);
    assertEquals(List.of(), queue.collect());
    assertEquals(OptionalLong.empty(), clock.rings());
    assertEquals(1L, bench.device.stats().values().get(TOTAL_MEMORY));
  }

  @Test
  void aGuestThatNeverAnswersIsAskedOnce() {
    int head = post(entry(BUFFER, 5, 1));
    setInterval(1);
    assertEquals(List.of(new Used(head, 0)), queue.collect());
    for (int i = 0; i < 100; i++) {
      pass(1);
    }
    assertEquals(List.of(), queue.collect());
    assertEquals(OptionalLong.empty(), clock.rings());
  }

  @ParameterizedTest
  @CsvSource({"-1, timer value must be greater than zero",
      "-9223372036854775808, timer value must be greater than zero",
      "4294967296, timer value is too big", "9223372036854775807, timer value is too big"})
  void anIntervalOutOfRangeIsRefusedAndChangesNothing(long seconds, String why) {
    setInterval(7);
    assertEquals(why,
        assertThrows(IllegalArgumentException.class, () -> bench.device.setPollingIntervalSeconds(seconds))
            .getMessage());
    assertEquals(7, bench.device.pollingIntervalSeconds());
  }

  @Test
  void theLongestIntervalIsTaken() {
    setInterval(0xffff_ffffL);
    post(entry(BUFFER, 5, 1));
    assertEquals(OptionalLong.of(0xffff_ffffL), clock.rings());
  }

  @ParameterizedTest
  @ValueSource(ints = {16, 17, 255, 65534, 65535})
  void aTagThatNobodyKnowsIsLeftOut(int tag) {
    entry(BUFFER, tag, 1);
    entry(BUFFER + 10, 5, 2);
    post(Buffer.read(BUFFER, 20));
    assertEquals(only(Map.of(TOTAL_MEMORY, 2L)), bench.device.stats().values());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 9, 11, 19})
  void whatIsNotAWholeEntryIsLeftOut(int lengthBytes) {
    entry(BUFFER, 5, 2);
    entry(BUFFER + 10, 4, 3);
    post(Buffer.read(BUFFER, lengthBytes));
    assertEquals(lengthBytes < 10 ? only(Map.of()) : only(Map.of(TOTAL_MEMORY, 2L)), bench.device.stats().values());
    assertEquals(List.of(), bench.events);
  }

  @Test
  void anEntryMayBeCutByBuffers() {
    entry(BUFFER, 5, 0x1122_3344_5566_7788L);
    entry(OTHER, 4, 0x99aa_bbcc_ddee_ff00L);
    bench.memory.putLong(BUFFER + 10, bench.memory.getLong(OTHER));
    bench.memory.putShort(OTHER, bench.memory.getShort(OTHER + 8));
    post(Buffer.read(BUFFER, 3), Buffer.read(BUFFER + 3, 15), Buffer.read(OTHER, 2));
    assertEquals(only(Map.of(TOTAL_MEMORY, 0x1122_3344_5566_7788L, FREE_MEMORY, 0x99aa_bbcc_ddee_ff00L)),
        bench.device.stats().values());
  }

  @Test
  void whatTheGuestReportsNoMoreIsNotKnownAnyMore() {
    post(entry(BUFFER, 5, 2));
    post(entry(BUFFER, 4, 3));
    assertEquals(only(Map.of(FREE_MEMORY, 3L)), bench.device.stats().values());
  }

  @Test
  void aGuestThatOffersTwoBuffersGetsTheOlderBack() {
    setInterval(5);
    int older = queue.offer(entry(BUFFER, 5, 1));
    int newer = post(entry(OTHER, 5, 2));
    assertEquals(List.of(new Used(older, 0)), queue.collect());
    assertEquals(2L, bench.device.stats().values().get(TOTAL_MEMORY));
    pass(5);
    assertEquals(List.of(new Used(newer, 0)), queue.collect());
  }

  @Test
  void aBufferOfAllMemoryIsReadAsFarAsThereCanBeNumbers() {
    entry(BUFFER, 5, 1);
    entry(BUFFER + 10 * 255, 4, 2);
    entry(BUFFER + 10 * 256, 0, 3);
    post(Buffer.read(BUFFER, 16 << 20));
    assertEquals(1L, bench.device.stats().values().get(TOTAL_MEMORY));
    assertEquals(2L, bench.device.stats().values().get(FREE_MEMORY));
    assertTrue(bench.device.stats().values().get(SWAP_IN) <= 0, "zeros behind, or unset");
    assertEquals(List.of(), bench.events);
  }

  @Test
  void aBufferToWriteIsAMistake() {
    post(entry(BUFFER, 5, 1), Buffer.write(OTHER, 10));
    assertEquals(1, bench.events.size());
    assertTrue(((DeviceEvent.GuestMistake) bench.events.getFirst()).needsReset());
    startTheDriver();
    post(entry(BUFFER, 5, 9));
    assertEquals(9L, bench.device.stats().values().get(TOTAL_MEMORY));
  }

  @Test
  void aResetForgetsWhatWasReportedAndTheBufferButNotTheInterval() {
    setInterval(3);
    post(entry(BUFFER, 5, 1));
    bench.function.reset();
    assertNothingKnown();
    pass(3);
    assertEquals(3, bench.device.pollingIntervalSeconds());
    queue = new PciDriver(bench.function, bench.bus, bench.memory).start(PciDriver.EVENT_INDEX | STATS_VQ).get(2);
    bench.bus.settle();
    int head = post(entry(BUFFER, 5, 4));
    assertEquals(List.of(), queue.collect());
    pass(3);
    assertEquals(List.of(new Used(head, 0)), queue.collect());
  }

  @Test
  void anIntervalThatIsSetBeforeTheDriverComesIsKept() {
    bench.driver.reset();
    setInterval(2);
    startTheDriver();
    int head = post(entry(BUFFER, 5, 1));
    assertEquals(List.of(), queue.collect());
    pass(2);
    assertEquals(List.of(new Used(head, 0)), queue.collect());
  }

  @Test
  void aDriverThatDoesNotTakeTheFeatureIsNotAsked() {
    queue = bench.start(PciDriver.EVENT_INDEX).get(2);
    setInterval(1);
    post(entry(BUFFER, 5, 1));
    pass(1);
    assertNothingKnown();
    assertEquals(List.of(), queue.collect());
  }

  @Test
  void aDeviceThatLeavesHasNoAlarm() {
    setInterval(2);
    post(entry(BUFFER, 5, 1));
    bench.device.close();
    assertEquals(OptionalLong.empty(), clock.rings());
  }
}
