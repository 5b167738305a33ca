package org.ballastvm.vmm.qmp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.ballastvm.virtio.balloon.BalloonConfig;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.machine.TestMachine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a client reads and writes of a balloon. Answers are those of QEMU 7.2 to the same lines. */
@Tag("kvm")
class BalloonPropertiesTest {
  private static final String UNSET = "18446744073709551615";

  private final Machine vm = TestMachine.idle(new DeviceConfig.Balloon(Optional.of("balloon0"), OptionalInt.empty(),
      BalloonConfig.DEFAULTS.withFreePageReporting(true)));
  private final Wire wire = new Wire();

  @BeforeEach
  void agree() {
    wire.connect(new QmpMonitor(vm, wire, false));
    wire.heard();
    say("{\"execute\": \"qmp_capabilities\"}");
  }

  @AfterEach
  void endMachine() { vm.close(); }

  private String say(String line) {
    List<String> answers = new ArrayList<>();
    vm.onLoop(() -> answers.addAll(wire.say(line)));
    return String.join("\n", answers);
  }

  private String get(String path, String property) {
    return say("{\"execute\":\"qom-get\",\"arguments\":{\"path\":\"" + path + "\",\"property\":\"" + property + "\"}}");
  }

  private String setInterval(String value) {
    return say("{\"execute\":\"qom-set\",\"arguments\":{\"path\":\"/machine/peripheral/balloon0\",\"property\":"
        + "\"guest-stats-polling-interval\",\"value\":" + value + "}}");
  }

  private String interval() { return get("balloon0", "guest-stats-polling-interval"); }

  @ParameterizedTest
  @CsvSource({"deflate-on-oom, false", "page-poison, true", "free-page-reporting, true",
      "guest-stats-polling-interval, 0"})
  void featuresAreReadFromTheDeviceAndWhatIsBehindIt(String property, String value) {
    assertEquals("{\"return\": " + value + "}", get("/machine/peripheral/balloon0", property));
    assertEquals("{\"return\": " + value + "}", get("/machine/peripheral/balloon0/virtio-backend", property));
  }

  @Test
  void statisticsThatTheGuestHasNotReportedAreUnset() {
    StringBuilder stats = new StringBuilder();
    for (String stat : List.of("swap-in", "swap-out", "major-faults", "minor-faults", "free-memory", "total-memory",
        "available-memory", "disk-caches", "htlb-pgalloc", "htlb-pgfail", "oom-kills", "alloc-stalls", "async-scans",
        "direct-scans", "async-reclaims", "direct-reclaims")) {
      stats.append(stats.isEmpty() ? "" : ", ").append("\"stat-").append(stat).append("\": ").append(UNSET);
    }
    assertEquals("{\"return\": {\"stats\": {" + stats + "}, \"last-update\": 0}}",
        get("/machine/peripheral/balloon0", "guest-stats"));
  }

  @Test
  void anIntervalIsWrittenAndRead() {
    assertEquals("{\"return\": {}}", setInterval("2"));
    assertEquals("{\"return\": 2}", interval());
    assertEquals("{\"return\": {}}", setInterval("4294967295"));
    assertEquals("{\"return\": 4294967295}", interval());
    assertEquals("{\"return\": {}}", setInterval("0"));
    assertEquals("{\"return\": 0}", interval());
  }

  @ParameterizedTest
  @CsvSource({"-1, timer value must be greater than zero", "4294967296, timer value is too big",
      "9223372036854775807, timer value is too big",
      "'\"x\"', 'Invalid parameter type for ''guest-stats-polling-interval'', expected: integer'",
      "1.5, 'Invalid parameter type for ''guest-stats-polling-interval'', expected: integer'"})
  void anIntervalThatIsNoneIsRefused(String value, String sentence) {
    setInterval("7");
    assertEquals("{\"error\": {\"class\": \"GenericError\", \"desc\": \"" + sentence + "\"}}", setInterval(value));
    assertEquals("{\"return\": 7}", interval());
  }
}
