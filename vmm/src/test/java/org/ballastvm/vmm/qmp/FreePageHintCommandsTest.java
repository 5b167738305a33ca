package org.ballastvm.vmm.qmp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.ballastvm.vmm.config.DeviceModels;
import org.ballastvm.vmm.config.KeyValues;
import org.ballastvm.vmm.loop.Await;
import org.ballastvm.vmm.machine.HintingGuest;
import org.ballastvm.vmm.machine.TestMachine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A guest is asked for its free pages from both monitors: while it runs, while it stands, twice, and in vain. */
@Tag("kvm")
@Timeout(120)
class FreePageHintCommandsTest {
  private static final String NAMED = "\"named\": " + 4096L * HintingGuest.PAGES + ", ";
  private static final String UNDER_WAY = "the guest is asked for its free pages already; wait for it to be done, or "
      + "stop it";

  @TempDir
  private Path directory;

  private Client client;

  @AfterEach
  void endMachine() {
    if (client != null) {
      client.close();
    }
  }

  /** The human monitor's answer, or the protocol's error. */
  private String say(String line) {
    return client.ask("human-monitor-command", "{\"command-line\": \"" + line + "\"}");
  }

  private String hint(String action) {
    return client.ask("balloon-free-page-hint", "{\"action\": \"" + action + "\"}");
  }

  private String status() { return client.ask("query-balloon-free-page-hint"); }

  private static String error(String sentence) {
    return "{\"error\": {\"class\": \"GenericError\", \"desc\": \"" + sentence + "\"}}";
  }

  /** A guest that has filled its pages, with its balloon's work on the event loop or on a thread of its own. */
  private HintingGuest boot(String iothread) throws Exception {
    client = Client.of(HintingGuest.with(directory, 1, Optional.ofNullable(iothread)).start());
    HintingGuest guest = new HintingGuest(client.vm());
    Await.until(() -> guest.waitsToBeAsked(1));
    return guest;
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = "io0")
  void aRunIsReportedFromItsBeginningToItsEnd(String iothread) throws Exception {
    HintingGuest guest = boot(iothread);
    assertEquals("{\"status\": \"none\"}", status());
    assertEquals("\"free_page_hint: none\\r\\n\"", say("free_page_hint status"));
    assertEquals("\"\"", say("free_page_hint start"));
    Await.until(() -> guest.isThrough(1));
    assertTrue(status().startsWith("{\"status\": \"completed\", " + NAMED + "\"given-back\": "), status());
    assertTrue(
        say("free_page_hint status").startsWith("\"free_page_hint: completed\\r\\n  named: 65536 KiB\\r\\n  given"));
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = "io0")
  void aGuestThatStandsIsAskedOnceAndARunThatIsStoppedLeavesTheNextOneWhole(String iothread) throws Exception {
    HintingGuest guest = boot(iothread);
    client.ask("stop");
    assertEquals("{}", hint("start"));
    assertEquals("{\"status\": \"requested\"}", status());
    assertEquals(error(UNDER_WAY), hint("start"));
    assertEquals("\"Error: " + UNDER_WAY + "\\r\\n\"", say("free_page_hint start"));
    assertEquals("{\"status\": \"requested\"}", status(), "the run goes on");
    assertEquals("\"\"", say("free_page_hint stop"));
    assertTrue(status().startsWith("{\"status\": \"cancelled\", \"named\": 0, \"given-back\": 0, "), status());
    assertTrue(say("free_page_hint status").startsWith("\"free_page_hint: cancelled"));
    assertEquals("{}", hint("stop"), "there is nothing to stop any more");
    client.ask("cont");
    assertEquals("{}", hint("start"));
    Await.until(() -> guest.isThrough(1));
    assertTrue(status().startsWith("{\"status\": \"completed\", " + NAMED), status());
  }

  /** Where it stops is chance: asked, naming, giving back or through. What was given back by then was free. */
  @ParameterizedTest
  @NullSource
  @ValueSource(strings = "io0")
  void aRunThatIsStoppedOnItsWayLosesNothing(String iothread) throws Exception {
    HintingGuest guest = boot(iothread);
    for (int n = 1; n <= 2; n++) {
      int run = n;
      Await.until(() -> guest.waitsToBeAsked(run));
      hint("start");
      Await.until(() -> !status().contains("\"requested\""));
      hint("stop");
      assertTrue(status().contains("\"cancelled\"") || status().contains("\"completed\""), status());
      Await.until(() -> guest.isThrough(run));
      assertNothingIsLost(guest, n);
      guest.goOn(n);
    }
  }

  private void assertNothingIsLost(HintingGuest guest, int run) {
    long given = 0;
    for (int page = 0; page < HintingGuest.PAGES; page++) {
      if (guest.requireKept(page, run, HintingGuest.isForDevices(page) ? 0 : guest.written(page), "run " + run)) {
        given += 4096;
      }
    }
    long reported = Long.parseLong(status().replaceFirst(".*\"given-back\": (\\d+),.*", "$1"));
    assertTrue(given <= reported, given + " bytes are zeros, and " + reported + " were given back");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '>', value = {"'' > the balloon does not ask for free pages; give it free-page-hint=on",
      ",free-page-hint=on > the guest has no driver that names free pages"})
  void whoCannotBeAskedIsNot(String properties, String sentence) {
    String balloon = "virtio-balloon-pci,id=balloon0" + properties;
    client = Client.of(TestMachine.idle(DeviceModels.parse(KeyValues.parse("-device", balloon, "driver"))));
    assertEquals(error(sentence), hint("start"));
    assertEquals("\"Error: " + sentence + "\\r\\n\"", say("free_page_hint start"));
    assertEquals("{\"status\": \"none\"}", status());
    assertEquals("{}", hint("stop"));
    assertEquals("\"free_page_hint: none\\r\\n\"", say("free_page_hint status"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"start", "stop", "status"})
  void aMachineWithoutABalloonSaysSo(String what) {
    client = Client.of(TestMachine.idle());
    assertEquals("\"Error: No balloon device has been activated\\r\\n\"", say("free_page_hint " + what));
    String answer = what.equals("status") ? status() : hint(what);
    assertEquals("{\"error\": {\"class\": \"DeviceNotActive\", \"desc\": \"No balloon device has been activated\"}}",
        answer);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '>', value = {"free_page_hint > free_page_hint: string expected",
      "free_page_hint stop now > free_page_hint: extraneous characters at the end of line"})
  void whatIsNoCommandIsAnsweredWithItsHelp(String line, String sentence) {
    client = Client.of(TestMachine.idle());
    assertEquals(List.of("\"" + sentence, "Try \\\"help free_page_hint\\\" for more information", "\""),
        List.of(say(line).split("\\\\r\\\\n")));
  }
}
