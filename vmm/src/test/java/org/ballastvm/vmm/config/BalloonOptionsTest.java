package org.ballastvm.vmm.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.ballastvm.virtio.BalloonConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code -device virtio-balloon-pci} as users write it. */
class BalloonOptionsTest {
  private static BalloonConfig parse(String properties) {
    DeviceConfig device = DeviceOptions
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

  @ParameterizedTest
  @CsvSource(delimiter = '>', value = {
      "guest-stats-polling-interval=x > guest-stats-polling-interval=x must be a number of seconds, from 0 (never) to 4294967295",
      "guest-stats-polling-interval=-1 > guest-stats-polling-interval=-1: timer value must be greater than zero",
      "guest-stats-polling-interval=4294967296 > guest-stats-polling-interval=4294967296: timer value is too big",
      "nonsense=1 > Property 'virtio-balloon-pci.nonsense' not found; there are addr, deflate-on-oom, free-page-reporting, guest-stats-polling-interval, page-poison"})
  void whatCannotBeIsRefusedByName(String property, String sentence) {
    assertEquals("-device virtio-balloon-pci: " + sentence,
        assertThrows(UserError.class, () -> parse("," + property)).getMessage());
  }
}
