package org.ballastvm.vmm.monitor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.ballastvm.virtio.balloon.BalloonStat;
import org.ballastvm.virtio.balloon.BalloonStats;
import org.ballastvm.vmm.config.DeviceModels;
import org.ballastvm.vmm.config.KeyValues;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.machine.TestMachine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What people are shown of a balloon, beside the one line that scripts read. */
@Tag("kvm")
class InfoBalloonTest {
  private static final int ACTUAL = 4; // virtio 1.3, 5.5.4

  private final Machine vm = TestMachine
      .idle(DeviceModels.parse(KeyValues.parse("-device", "virtio-balloon-pci,id=b0", "driver")));

  @AfterEach
  void endMachine() { vm.close(); }

  private String say(String line) { return Commands.run(vm, line); }

  @Test
  void bothSizesAreShownAndWhatMayBeAsked() {
    say("balloon 768");
    vm.devices().balloon().orElseThrow().configWrite(ACTUAL, 4, 128 << 8);
    assertEquals("balloon: actual=896\n", say("info balloon"));
    String all = say("info balloon -v");
    assertTrue(all.startsWith("""
        balloon: actual=896
          machine:     1 GiB: base memory 1 GiB, DIMMs 0 bytes; virtio-mem does not count
          guest has:   896 MiB, should have 768 MiB
          balloon:     128 MiB (32768 pages), should be 256 MiB (65536 pages)
          limits:      'balloon N' takes 1 to 1024 MiB for the guest; more is all of it
          driver:      none: the guest has not loaded one, or is not up yet
        """), all);
  }

  @Test
  void itIsSaidHowTheGuestIsAsked() {
    String how = "qom-set /machine/peripheral/b0 guest-stats-polling-interval 2";
    assertTrue(
        say("info balloon -v").contains("\n  statistics:  the guest has reported none; it is not asked (" + how + " "));
    assertTrue(say("info balloon stats")
        .startsWith("statistics: the guest has reported none; it is not asked (" + how + " asks it every 2 s)\n"));
    assertEquals("", say(how));
    assertTrue(
        say("info balloon stats").startsWith("statistics: the guest has reported none; it is asked every 2 s\n"));
    assertEquals(1 + BalloonStat.values().length, say("info balloon stats").lines().count());
  }

  @Test
  void sizesAreShownInUnitsAndInFullAndCountsAsTheyAre() {
    Map<BalloonStat, Long> values = new EnumMap<>(BalloonStat.class);
    values.put(BalloonStat.MAJOR_FAULTS, 1234L);
    values.put(BalloonStat.TOTAL_MEMORY, 1_610_612_736L);
    values.put(BalloonStat.OOM_KILLS, BalloonStat.UNSET);
    values.put(BalloonStat.ALLOCATION_STALLS, -2L);
    assertEquals("""
          stat-major-faults              1234
          stat-total-memory           1.5 GiB  1610612736
          stat-oom-kills         not reported
          stat-alloc-stalls      18446744073709551614
        """, BalloonText.table(new BalloonStats(1, values)));
  }

  @ParameterizedTest
  @CsvSource({"100, 100, 0 s ago", "100, 219, 119 s ago", "100, 220, 2 min ago", "0, 7200, 2 h ago",
      "100, 50, 0 s ago"})
  void anAgeIsRoundedAndNeverBelowZero(long then, long now, String age) {
    assertEquals(age, BalloonText.age(Instant.ofEpochSecond(then), Instant.ofEpochSecond(now)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"info balloon", "info balloon -v", "info balloon stats"})
  void aMachineWithoutABalloonSaysSo(String line) {
    try (Machine without = TestMachine.idle()) {
      assertEquals("Error: No balloon device has been activated\n", Commands.run(without, line));
    }
  }

  @ParameterizedTest
  @CsvSource({"info balloon x, balloon: extraneous characters at the end of line",
      "info balloon -v x, balloon: extraneous characters at the end of line",
      "info balloon stats -v, balloon: extraneous characters at the end of line",
      "info balloon -x, balloon: unsupported option -x"})
  void whatItDoesNotTakeIsRefused(String line, String sentence) {
    assertEquals(sentence + "\nTry \"help info balloon\" for more information\n", say(line));
  }

  @Test
  void tabOffersBoth() {
    assertEquals(List.of("-r", "-v", "stats"), Completion.of(vm, "info balloon "));
    assertEquals(List.of(), Completion.of(vm, "info balloon -v "));
  }
}
