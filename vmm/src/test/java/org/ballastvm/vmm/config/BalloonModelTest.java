package org.ballastvm.vmm.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.ballastvm.virtio.balloon.BalloonConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code -device virtio-balloon-pci} as users write it. */
class BalloonModelTest {
  private static BalloonConfig parse(String properties) {
    DeviceConfig device = DeviceModels
        .parse(KeyValues.parse("-device", "virtio-balloon-pci" + properties, "driver"));
    return assertInstanceOf(DeviceConfig.Balloon.class, device).properties();
  }

  @Test
  void whatIsNotGivenIsAsInQemu() { assertEquals(BalloonConfig.DEFAULTS, parse(",id=balloon0")); }

  @Test
  void eachPropertyCanBeGiven() {
    assertEquals(new BalloonConfig(true, false, true, 10),
        parse(",deflate-on-oom=on,page-poison=off,free-page-reporting=on,guest-stats-polling-interval=10"));
    assertEquals(0xffff_ffffL, parse(",guest-stats-polling-interval=4294967295").pollingIntervalSeconds());
  }

  @Test
  void itsAutomaticModeCanBeGiven() {
    DeviceConfig device = DeviceModels.parse(
        KeyValues.parse("-device", "virtio-balloon-pci,auto=on,auto-low=1G,auto-high=3G,auto-rate=256M", "driver"));
    assertEquals(new AutoBalloonConfig(true, 1L << 30, 3L << 30, 256 << 20),
        assertInstanceOf(DeviceConfig.Balloon.class, device).auto());
  }

  @ParameterizedTest
  @CsvSource({"0, 0, 256, 512", "0, 500, 250, 500", "300, 0, 300, 600", "100, 900, 100, 900"})
  void aMarkThatIsNotGivenFollowsFromTheOtherOrFromTheGuest(long low, long high, long lowOfAll, long highOfAll) {
    AutoBalloonConfig config = AutoBalloonConfig.DEFAULTS.withHigh(high << 20).withLow(low << 20);
    assertEquals(new AutoBalloonConfig.Marks(lowOfAll << 20, highOfAll << 20), config.marks(4L << 30));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '>', value = {
      "guest-stats-polling-interval=x > guest-stats-polling-interval=x must be a number of seconds, from 0 (never) to 4294967295",
      "guest-stats-polling-interval=-1 > guest-stats-polling-interval=-1: timer value must be greater than zero",
      "guest-stats-polling-interval=4294967296 > guest-stats-polling-interval=4294967296: timer value is too big",
      "auto-high=64K,auto-low=64K > auto-low=64 KiB: must be below auto-high=64 KiB",
      "auto-rate=0 > auto-rate=0 bytes: must be at least 1 MiB (per second)",
      "auto-high=2E > auto-low=0,auto-high=2305843009213693952: is nothing that a guest could have",
      "nonsense=1 > Property 'virtio-balloon-pci.nonsense' not found; there are addr, auto, auto-high, auto-low, auto-rate, deflate-on-oom, free-page-hint, free-page-reporting, guest-stats-polling-interval, iothread, page-poison"})
  void whatCannotBeIsRefusedByName(String property, String sentence) {
    assertEquals("-device virtio-balloon-pci: " + sentence,
        assertThrows(UserError.class, () -> parse("," + property)).getMessage());
  }
}
