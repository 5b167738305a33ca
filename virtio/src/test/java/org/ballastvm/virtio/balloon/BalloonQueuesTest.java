package org.ballastvm.virtio.balloon;

import static org.ballastvm.virtio.balloon.BalloonQueue.DEFLATE;
import static org.ballastvm.virtio.balloon.BalloonQueue.INFLATE;
import static org.ballastvm.virtio.balloon.BalloonQueue.REPORTING;
import static org.ballastvm.virtio.balloon.BalloonQueue.STATS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.List;
import org.ballastvm.virtio.driver.Bench;
import org.ballastvm.virtio.driver.FakeClock;
import org.ballastvm.virtio.driver.PciDriver;
import org.ballastvm.virtio.driver.QueueDriver;
import org.ballastvm.virtio.driver.QueueDriver.Buffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a balloon offers, and what its queues and registers are for then. */
class BalloonQueuesTest {
  private static final long LIST = 8L << 20;
  private static final int ACTUAL = 4;
  private static final int POISON = 12;

  private static Bench<BalloonDevice> bench(BalloonConfig config) {
    return new Bench<>((memory, events) -> new BalloonDevice(config, memory, new FakeClock(), events));
  }

  /** Bits as in the specification; MUST_TELL_HOST and STATS_VQ are always there. */
  @ParameterizedTest
  @CsvSource({"false, false, false, 0b000011", "true, false, false, 0b000111", "false, true, false, 0b010011",
      "false, false, true, 0b100011", "true, true, true, 0b110111"})
  void eachPropertyIsAFeature(boolean deflateOnOom, boolean pagePoison, boolean reporting, String bits) {
    BalloonConfig config = BalloonConfig.DEFAULTS.withDeflateOnOom(deflateOnOom).withPagePoison(pagePoison)
        .withFreePageReporting(reporting);
    long own = bench(config).driver.offered() & 0xff_ffffL;
    assertEquals(Long.parseLong(bits.substring(2), 2), own);
  }

  @Test
  void defaultsAreThoseOfQemu() { assertEquals(new BalloonConfig(false, true, false, 0), BalloonConfig.DEFAULTS); }

  @Test
  void aQueueWithoutItsFeatureIsNotThere() {
    assertEquals(List.of(INFLATE, DEFLATE), BalloonQueue.with(0));
    assertEquals(List.of(INFLATE, DEFLATE, STATS), BalloonQueue.with(BalloonFeature.STATS_VQ.bit()));
    assertEquals(List.of(INFLATE, DEFLATE, REPORTING), BalloonQueue.with(BalloonFeature.REPORTING.bit()));
    assertEquals(List.of(BalloonQueue.values()), BalloonQueue.with(-1));
  }

  @Test
  void aQueueOfAFeatureThatTheDriverDidNotTakeIsLeftAlone() {
    Bench<BalloonDevice> bench = bench(BalloonConfig.DEFAULTS);
    List<QueueDriver> queues = bench.start(PciDriver.EVENT_INDEX);
    queues.get(2).post(Buffer.read(LIST, 10));
    bench.bus.settle();
    assertEquals(List.of(), queues.get(2).collect());
    bench.memory.putInt(LIST, 5000);
    queues.get(0).post(Buffer.read(LIST, 4));
    bench.bus.settle();
    assertEquals(1, queues.get(0).collect().size());
    assertEquals(List.of(), bench.events);
  }

  @Test
  void whatTheGuestFillsFreePagesWithIsKeptUntilAReset() {
    Bench<BalloonDevice> bench = bench(BalloonConfig.DEFAULTS);
    bench.driver.device(POISON, 4, 0xaaaa_aaaaL);
    bench.driver.device(POISON + 1, 1, 0x55);
    assertEquals(0xaaaa_55aaL, bench.driver.device(POISON, 4));
    assertEquals(0xaaaa_55aa_0000_0000L, bench.driver.device(8, 8));
    assertEquals(0x55aa_0000_0000_0000L, bench.driver.device(6, 8));
    assertEquals(0, bench.driver.device(ACTUAL, 4));
    bench.driver.reset();
    assertEquals(0, bench.driver.device(POISON, 4));
  }

  @Test
  void aDeviceWithoutPagePoisonHasNoRegisterForIt() {
    Bench<BalloonDevice> bench = bench(BalloonConfig.DEFAULTS.withPagePoison(false));
    bench.driver.device(POISON, 4, 0xaaaa_aaaaL);
    assertEquals(0, bench.driver.device(POISON, 4));
    assertEquals(8, bench.device.configBytes());
  }

  @Test
  void theHostsFieldsAreNotTheDriversToWrite() {
    Bench<BalloonDevice> bench = bench(BalloonConfig.DEFAULTS);
    bench.device.setTarget(77);
    bench.driver.device(0, 4, 0xffff_ffffL);
    bench.driver.device(8, 4, 0xffff_ffffL);
    assertEquals(77, bench.driver.device(0, 8));
    assertEquals(0, bench.driver.device(8, 4));
    assertFalse(BalloonFeature.FREE_PAGE_HINT.in(bench.driver.offered()));
  }
}
