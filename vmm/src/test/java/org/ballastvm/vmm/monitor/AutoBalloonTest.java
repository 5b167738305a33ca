package org.ballastvm.vmm.monitor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.ballastvm.virtio.balloon.BalloonDevice;
import org.ballastvm.vmm.config.DeviceModels;
import org.ballastvm.vmm.config.KeyValues;
import org.ballastvm.vmm.event.AutoAction;
import org.ballastvm.vmm.event.MachineEvent.BalloonAuto;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.machine.TestMachine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Switching the automatic mode, by hand and by what else happens. What it does once it is on has tests of its own. */
@Tag("kvm")
@Timeout(60)
class AutoBalloonTest {
  private static final String ALONE = "without deflate-on-oom=on the guest cannot take memory back by itself when it runs "
      + "short: what it needs before the next look, it kills a process for";
  private static final String INTERVAL = "qom-get b0 guest-stats-polling-interval";

  private final Machine vm = machine("");
  private final List<BalloonAuto> heard = new ArrayList<>();

  private static Machine machine(String properties) {
    return TestMachine
        .idle(DeviceModels.parse(KeyValues.parse("-device", "virtio-balloon-pci,id=b0" + properties, "driver")));
  }

  @AfterEach
  void endMachine() { vm.close(); }

  private String say(String line) { return say(vm, line); }

  private static String say(Machine machine, String line) {
    StringBuilder answer = new StringBuilder();
    machine.onLoop(() -> answer.append(Commands.run(machine, line)));
    return answer.toString().strip();
  }

  private void listen() {
    vm.onLoop(() -> vm.events().listen((event, when) -> {
      if (event instanceof BalloonAuto auto) {
        heard.add(auto);
      }
    }));
  }

  @Test
  void itIsOffUntilItIsSwitchedOnAndAsksTheGuestOnlyThen() {
    assertTrue(say("balloon auto").startsWith("balloon: auto is off; it keeps 64 MiB to 128 MiB available, and takes"));
    assertEquals("0", say(INTERVAL));
    assertEquals("balloon: warning: " + ALONE, say("balloon auto on"));
    assertEquals("1", say(INTERVAL));
    assertTrue(say("balloon auto status").startsWith("balloon: auto is on; "));
    assertEquals("true", say("qom-get b0 auto"));
    assertEquals("", say("balloon auto off"));
    assertEquals("0", say(INTERVAL));
    assertEquals("false", say("qom-get b0 auto"));
  }

  @Test
  void aGuestThatCannotTakeMemoryBackIsWarnedOfOnceAndInTheAnswer() {
    assertFalse(say("balloon auto").contains("warning"), "it is off");
    assertEquals("balloon: warning: " + ALONE, say("balloon auto on"));
    assertEquals("", say("balloon auto on"));
    assertTrue(say("balloon auto").contains("\n  warning:     " + ALONE), say("balloon auto"));
    assertTrue(say("info balloon -v").contains("\n  warning:     " + ALONE), say("info balloon -v"));
    assertEquals("balloon: actual=1024", say("info balloon"));
  }

  @Test
  void aGuestThatCanTakeMemoryBackIsNotWarnedOf() {
    try (Machine able = machine(",deflate-on-oom=on")) {
      assertEquals("", say(able, "balloon auto on"));
      assertFalse(say(able, "info balloon -v").contains("warning"));
    }
  }

  @Test
  void anIntervalThatTheUserSetIsTheUsers() {
    say("qom-set b0 guest-stats-polling-interval 7");
    say("balloon auto on");
    assertEquals("7", say(INTERVAL));
    say("balloon auto off");
    assertEquals("7", say(INTERVAL));
    say("qom-set b0 guest-stats-polling-interval 0");
    say("balloon auto on");
    say("qom-set b0 guest-stats-polling-interval 3");
    say("balloon auto off");
    assertEquals("3", say(INTERVAL));
  }

  @Test
  void aTargetThatIsSetByHandEndsItAndSaysSo() {
    listen();
    say("balloon auto on");
    assertEquals("balloon: auto is off now, because a target was set by hand", say("balloon 512"));
    assertTrue(say("balloon auto").startsWith("balloon: auto is off; "));
    assertEquals(512, vm.devices().balloon().orElseThrow().targetPages() >> 8);
    assertEquals("", say("balloon 600"));
    assertEquals(new BalloonAuto(AutoAction.ON, 1L << 30, "switched on"), heard.getFirst());
  }

  @Test
  void aTargetThatIsNoneEndsNothing() {
    say("balloon auto on");
    say("balloon 0");
    say("balloon -1");
    assertEquals("true", say("qom-get b0 auto"));
  }

  @Test
  void aMachineMayBeginWithIt() {
    try (Machine automatic = machine(",auto=on,auto-low=100M,auto-high=300M,auto-rate=8M")) {
      assertTrue(say(automatic, "info balloon -v")
          .contains(
              "  auto:        auto is on; it keeps 100 MiB to 300 MiB available, and takes at most 8 MiB a second"));
    }
  }

  @Test
  void withoutADriverItSaysThatThereIsNone() throws Exception {
    CompletableFuture<Void> looked = new CompletableFuture<>();
    vm.devices().balloon().orElseThrow().setTarget(256 << 8);
    vm.onLoop(() -> vm.events().listen((event, when) -> {
      if (event instanceof BalloonAuto auto && auto.action() == AutoAction.GIVE) {
        looked.complete(null);
      }
    }));
    say("balloon auto on");
    looked.get(30, TimeUnit.SECONDS);
    assertEquals(0, vm.devices().balloon().orElseThrow().targetPages());
    String answer = say("balloon auto");
    assertTrue(answer.contains("  give        1 GiB  no driver is at work; the next one begins with all"), answer);
    assertTrue(say("qom-get b0 auto-status").contains("\"action\": \"give\""), say("qom-get b0 auto-status"));
  }

  @Test
  void aBalloonThatGoesTakesItAlongAndANewOneHasItsOwn() {
    say("balloon auto on");
    BalloonDevice before = vm.devices().balloon().orElseThrow();
    say("device_del b0");
    say("system_reset"); // which completes what the guest was asked for
    assertEquals("Error: No balloon device has been activated", say("balloon auto"));
    assertEquals("Error: No balloon device has been activated", say("balloon auto off"));
    assertEquals("", say("device_add virtio-balloon-pci,id=b0,auto=on,auto-high=1G"));
    assertFalse(vm.devices().balloon().orElseThrow() == before);
    assertTrue(say("balloon auto").startsWith("balloon: auto is on; it keeps 512 MiB to 1 GiB available"));
  }

  @ParameterizedTest
  @CsvSource({"auto-low, 2G, auto-low=2 GiB: must be below auto-high=1 GiB",
      "auto-high, 100M, auto-low=512 MiB: must be below auto-high=100 MiB",
      "auto-rate, 1K, auto-rate=1 KiB: must be at least 1 MiB (per second)",
      "auto-high, 4E, 'auto-low=536870912,auto-high=4611686018427387904: is nothing that a guest could have'"})
  void whatDoesNotFitIsRefusedAndChangesNothing(String property, String value, String sentence) {
    say("qom-set b0 auto-high 1G");
    say("qom-set b0 auto-low 512M");
    String before = say("balloon auto");
    assertTrue(say("qom-set b0 " + property + " " + value).startsWith("Error: auto-"), property);
    assertEquals("Error: " + sentence, say("qom-set b0 " + property + " " + value));
    assertEquals(before, say("balloon auto"));
  }

  @ParameterizedTest
  @CsvSource({"balloon auto perhaps, 'balloon: balloon auto: ''perhaps'' is none of on, off, status'",
      "balloon auto on off, balloon: extraneous characters at the end of line",
      "balloon automatic, invalid char 'a' in expression"})
  void whatItDoesNotTakeIsRefused(String line, String sentence) {
    assertEquals(
        (sentence + "\nTry \"help balloon\" for more information").replace("balloon: balloon auto", "balloon auto"),
        say(line));
  }

  @Test
  void tabOffersItsSwitches() {
    assertEquals(List.of("auto"), Completion.of(vm, "balloon "));
    assertEquals(List.of("off", "on", "status"), Completion.of(vm, "balloon auto ").stream().sorted().toList());
    assertEquals(List.of(), Completion.of(vm, "balloon auto on "));
    assertEquals(List.of(), Completion.of(vm, "balloon 512 "));
  }
}
