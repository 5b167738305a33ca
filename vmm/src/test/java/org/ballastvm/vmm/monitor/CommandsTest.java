package org.ballastvm.vmm.monitor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.ballastvm.vmm.RunState;
import org.ballastvm.vmm.Version;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What commands do and say. Sentences are those of QEMU 7.2 on the same input. */
class CommandsTest {
  private final FakeVm vm = new FakeVm();

  private String say(String line) { return Commands.run(vm, line); }

  @ParameterizedTest
  @CsvSource({"stop, pause", "s, pause", "cont, resume", "c, resume", "system_reset, reset",
      "system_powerdown, power button", "quit, quit", "q, quit", "'  stop  ', pause"})
  void aCommandWithoutArgumentsDoesOneThingAndSaysNothing(String line, String done) {
    assertEquals("", say(line));
    assertEquals(List.of(done), vm.done);
  }

  @ParameterizedTest
  @CsvSource({"balloon 512, 512", "balloon 1024, 0", "balloon 5000, 0", "balloon 1, 1023", "balloon 0x100, 768",
      "balloon 0100, 960"})
  void balloonTakesWhatTheGuestShouldDoWithout(String line, int mebibytes) {
    assertEquals("", say(line));
    assertEquals(List.of("balloon takes " + mebibytes + " MiB"), vm.done);
  }

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
    assertEquals(List.of(), vm.done);
  }

  @ParameterizedTest
  @CsvSource({"balloon 0", "balloon 9223372036854775807"})
  void balloonRefusesWhatIsNoSize(String line) {
    assertEquals("Error: Parameter 'target' expects a size\n", say(line));
    assertEquals(List.of(), vm.done);
  }

  @ParameterizedTest
  @CsvSource({"balloon 512", "balloon 0", "info balloon"})
  void aMachineWithoutABalloonSaysSo(String line) {
    vm.hasBalloon = false;
    assertEquals("Error: No balloon device has been activated\n", say(line));
  }

  @Test
  void infoBalloonFollowsTheGuest() {
    assertEquals("balloon: actual=1024\n", say("info balloon"));
    vm.balloonPages = 512 * FakeVm.MIB >> 12;
    assertEquals("balloon: actual=512\n", say("info balloon"));
  }

  @ParameterizedTest
  @CsvSource({"RUNNING, running", "PAUSED, paused", "PRELAUNCH, paused (prelaunch)", "SHUTDOWN, paused (shutdown)",
      "INTERNAL_ERROR, paused (internal-error)"})
  void infoStatusHasQemusWords(RunState state, String words) {
    vm.state = state;
    assertEquals("VM status: " + words + "\n", say("info status"));
  }

  @Test
  void contOfAMachineThatIsOffTellsWhatToDo() {
    vm.state = RunState.SHUTDOWN;
    assertEquals("Error: Resetting the Virtual Machine is required\n", say("cont"));
  }

  @Test
  void infoTellsOfTheMachine() {
    assertEquals("* CPU #0: thread_id=4711\n  CPU #1: thread_id=4712\n", say("info cpus"));
    assertEquals(Version.TEXT + "\n", say("info version"));
    assertEquals("""
          Bus  0, device   0, function 0:
            Host bridge: PCI device 1b36:0008
              PCI subsystem 1af4:1100
              id ""
        """, say("info pci"));
    assertTrue(say("info mtree").contains("    00000000000003f8-00000000000003ff (prio 0, i/o): serial\n"));
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
    for (Command command : Commands.ALL) {
      String typed = command.names().getLast();
      String line = typed + (typed.equals("info") ? " status" : typed.equals("balloon") ? " 3" : "") + " x y z";
      String refusal = say(line);
      assertTrue(refusal.contains(": extraneous characters at the end of line\nTry \"help "), line + ": " + refusal);
    }
    for (Command topic : InfoCommand.TOPICS) {
      String name = topic.names().getFirst();
      assertEquals(name + ": extraneous characters at the end of line\nTry \"help info " + name
          + "\" for more information\n", say("info " + name + " x"));
    }
    assertEquals(List.of(), vm.done);
  }

  @Test
  void helpListsEveryCommandAndEveryTopic() {
    assertEquals(Commands.ALL.size(), say("help").lines().count());
    assertEquals(say("help"), say("?"));
    assertEquals("balloon target -- request VM to change its memory allocation (in MB)\n", say("help balloon"));
    assertEquals("stop|s  -- stop emulation\n", say("? s"));
    assertEquals(say("info"), say("help info"));
    assertEquals(InfoCommand.TOPICS.size(), say("info").lines().count());
    assertEquals("info balloon  -- show balloon information\n", say("help info balloon"));
  }

  @Test
  void anEmptyLineSaysNothing() {
    assertEquals("", say(""));
    assertEquals("", say("   "));
  }
}
