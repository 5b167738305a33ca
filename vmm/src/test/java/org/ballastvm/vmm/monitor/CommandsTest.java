package org.ballastvm.vmm.monitor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import java.util.OptionalInt;
import org.ballastvm.virtio.balloon.BalloonConfig;
import org.ballastvm.vmm.acpi.AcpiPorts;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.machine.TestMachine;
import org.ballastvm.vmm.state.EndReason;
import org.ballastvm.vmm.state.RunState;
import org.ballastvm.vmm.state.Version;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What commands do and say. Sentences are those of QEMU 7.2 on the same input. */
@Tag("kvm")
class CommandsTest {
  private final Machine vm = TestMachine
      .idle(new DeviceConfig.Balloon(Optional.empty(), OptionalInt.empty(), BalloonConfig.DEFAULTS));

  @AfterEach
  void endMachine() { vm.close(); }

  private String say(String line) { return Commands.run(vm, line); }

  @Test
  void aCommandWithoutArgumentsDoesOneThingAndSaysNothing() {
    assertEquals("", say("cont"));
    assertEquals(RunState.RUNNING, vm.state());
    assertEquals("", say("stop"));
    assertEquals(RunState.PAUSED, vm.state());
    assertEquals("", say("c") + say("  s  ") + say("system_powerdown") + say("system_reset") + say("system_wakeup"));
    assertEquals(RunState.PRELAUNCH, vm.state());
    assertFalse(vm.end().isDone());
    assertEquals("", say("q"));
    assertEquals(EndReason.HOST_QUIT, vm.end().join());
  }

  @ParameterizedTest
  @CsvSource({"balloon 512, 512", "balloon 1024, 0", "balloon 5000, 0", "balloon 1, 1023", "balloon 0x100, 768",
      "balloon 0100, 960"})
  void balloonTakesWhatTheGuestShouldDoWithout(String line, int mebibytes) {
    assertEquals("", say(line));
    assertEquals(mebibytes, targetMebibytes());
  }

  private long targetMebibytes() { return vm.devices().balloon().orElseThrow().targetPages() >> 8; }

  @ParameterizedTest
  @CsvSource(delimiter = '>', value = {"balloon > unexpected end of expression",
      "balloon - > unexpected end of expression", "balloon abc > invalid char 'a' in expression",
      "balloon -5 > enter a positive value", "balloon 512M > balloon: extraneous characters at the end of line",
      "balloon 1.5 > balloon: extraneous characters at the end of line",
      "balloon 089 > balloon: extraneous characters at the end of line",
      "balloon 512 3 > balloon: extraneous characters at the end of line",
      "balloon 99999999999999999999 > number too large"})
  void balloonRefusesWhatIsNoNumberOfMebibytes(String line, String sentence) {
    assertEquals(sentence + "\nTry \"help balloon\" for more information\n", say(line));
    assertEquals(0, targetMebibytes());
  }

  @ParameterizedTest
  @CsvSource({"balloon 0", "balloon 9223372036854775807"})
  void balloonRefusesWhatIsNoSize(String line) {
    assertEquals("Error: Parameter 'target' expects a size\n", say(line));
    assertEquals(0, targetMebibytes());
  }

  @ParameterizedTest
  @CsvSource({"balloon 512", "balloon 0", "info balloon"})
  void aMachineWithoutABalloonSaysSo(String line) {
    try (Machine without = TestMachine.idle()) {
      assertEquals("Error: No balloon device has been activated\n", Commands.run(without, line));
    }
  }

  @Test
  void infoBalloonFollowsTheGuest() {
    assertEquals("balloon: actual=1024\n", say("info balloon"));
    int actual = 4; // virtio 1.3, 5.5.4
    vm.devices().balloon().orElseThrow().configWrite(actual, 4, 512 << 8);
    assertEquals("balloon: actual=512\n", say("info balloon"));
  }

  @ParameterizedTest
  @CsvSource({"RUNNING, running", "PAUSED, paused", "PRELAUNCH, paused (prelaunch)", "SHUTDOWN, paused (shutdown)",
      "INTERNAL_ERROR, paused (internal-error)"})
  void aStateHasQemusWords(RunState state, String words) { assertEquals(words, state.words()); }

  @Test
  void infoStatusShowsTheState() {
    assertEquals("VM status: paused (prelaunch)\n", say("info status"));
    say("cont");
    assertEquals("VM status: running\n", say("info status"));
  }

  @Test
  void contOfAMachineThatIsOffSaysWhatToDo() {
    vm.resume();
    vm.buses().ports().write(AcpiPorts.SLEEP_CONTROL, 1,
        AcpiPorts.SLEEP_ENABLE | AcpiPorts.SLEEP_TYPE_S5 << AcpiPorts.SLEEP_TYPE_SHIFT);
    vm.onLoop(() -> {
      // What was asked before is done.
    });
    assertEquals("Error: Resetting the Virtual Machine is required\n", say("cont"));
  }

  @Test
  void infoShowsTheMachine() {
    assertTrue(say("info cpus").matches("\\* CPU #0: thread_id=\\d+\n {2}CPU #1: thread_id=\\d+\n"));
    assertEquals(Version.TEXT + "\n", say("info version"));
    assertTrue(say("info pci").startsWith("""
          Bus  0, device   0, function 0:
            Host bridge: PCI device 1b36:0008
              PCI subsystem 1af4:1100
              id ""
        """));
    assertTrue(say("info mtree").contains("    0000000000000070-0000000000000071 (prio 0, i/o): rtc\n"));
    assertTrue(say("info mtree").contains("    0000000000000000-000000003fffffff (prio 0, ram): ram\n"));
  }

  @ParameterizedTest
  @CsvSource({"foo, foo", "info foo, info foo", "help foo, foo", "? foo, foo", "help info foo, info foo",
      "inf balloon, inf", "BALLOON 3, BALLOON"})
  void whatIsNoCommandIsNamed(String line, String name) {
    assertEquals("unknown command: '" + name + "'\n", say(line));
  }

  @Test
  void argumentsThatNobodyTakesAreRefused() {
    for (Command command : Commands.ALL.commands()) {
      String typed = command.names().getLast();
      if (command.parameters().isEmpty()) {
        assertEquals(
            String.join("|", command.names()) + ": extraneous characters at the end of line\nTry \"help " + typed
                + "\" for more information\n",
            say(typed + " x"));
      }
    }
    for (Command topic : InfoCommand.TOPICS.commands()) {
      String name = topic.names().getFirst();
      if (topic.parameters().isEmpty()) {
        assertEquals(name + ": extraneous characters at the end of line\nTry \"help info " + name
            + "\" for more information\n", say("info " + name + " x"));
      }
    }
  }

  @Test
  void helpListsEveryCommandAndEveryTopic() {
    for (Command command : Commands.ALL.commands()) {
      assertTrue(say("help").contains(Commands.ALL.usage(command.names().getFirst())));
    }
    assertEquals(say("help"), say("?"));
    assertEquals("nmi  -- inject an NMI\n", say("help nmi"));
    assertEquals("stop|s  -- stop emulation\n", say("? s"));
    assertEquals(say("info"), say("help info"));
    assertEquals(InfoCommand.TOPICS.commands().size(), say("info").lines().count());
    assertEquals("info name  -- show the current VM name\n", say("help info name"));
  }

  @Test
  void anEmptyLineSaysNothing() {
    assertEquals("", say(""));
    assertEquals("", say("   "));
  }
}
