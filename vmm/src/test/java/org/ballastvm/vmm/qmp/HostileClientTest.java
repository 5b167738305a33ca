package org.ballastvm.vmm.qmp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.machine.TestMachine;
import org.ballastvm.vmm.wire.JsonInput;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that ask too much, do not read, or go at the wrong moment. The machine must not care. */
@Tag("kvm")
class HostileClientTest {
  private static final String NAME = "{\"execute\":\"query-name\"}";
  private static final String ITS_NAME = "{\"return\": {\"name\": \"idle\"}}";

  private final Machine vm = TestMachine.idle();
  private final Wire wire = new Wire();
  private QmpMonitor monitor;

  @BeforeEach
  void connect() {
    monitor = new QmpMonitor(vm, wire, false);
    wire.connect(monitor);
    agree();
  }

  @AfterEach
  void endMachine() { vm.close(); }

  private void agree() {
    assertTrue(wire.heard().getFirst().startsWith("{\"QMP\": "));
    assertEquals(List.of("{\"return\": {}}"), say("{\"execute\": \"qmp_capabilities\"}"));
  }

  private List<String> say(String line) {
    List<String> answers = new ArrayList<>();
    vm.onLoop(() -> answers.addAll(wire.say(line)));
    return answers;
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"\\u0000\\u001f\\u007f\\\"\\\\/\"", "18446744073709551615", "-9223372036854775809", "null",
      "1e300", "[[], {}, \"\"]"})
  void anIdComesBackAsItsMeaning(String id) {
    say("{\"execute\":\"query-name\",\"id\":" + id + "}");
    String again = say("{\"execute\":\"query-name\",\"id\":" + id + "}").getFirst();
    assertTrue(again.startsWith("{\"id\": ") && again.endsWith(", \"return\": {\"name\": \"idle\"}}"), again);
    String echoed = again.substring("{\"id\": ".length(),
        again.length() - ", \"return\": {\"name\": \"idle\"}}".length());
    assertEquals(again, say("{\"execute\":\"query-name\",\"id\":" + echoed + "}").getFirst());
  }

  @Test
  void textIsAnsweredInAscii() {
    assertEquals(List.of("{\"id\": \"\\u00E9\\uD83D\\uDE00\", \"return\": {\"name\": \"idle\"}}"),
        say("{\"execute\":\"query-name\",\"id\":\"\u00e9\ud83d\ude00\"}"));
  }

  @Test
  void theDeepestAndTheLongestIdComeBack() {
    int depth = JsonInput.DEEPEST - 1;
    String deep = "[".repeat(depth) + "]".repeat(depth);
    assertEquals(List.of("{\"id\": " + deep + ", \"return\": {\"name\": \"idle\"}}"),
        say("{\"execute\":\"query-name\",\"id\":" + deep + "}"));
    String longest = "x".repeat(JsonInput.LONGEST - 100);
    assertEquals(List.of("{\"id\": \"" + longest + "\", \"return\": {\"name\": \"idle\"}}"),
        say("{\"execute\":\"query-name\",\"id\":\"" + longest + "\"}"));
  }

  @Test
  void oneWhoReadsNoAnswersIsAskedNothingMoreUntilHeDoes() {
    wire.room = 1 << 20;
    wire.roomAfterNextSend = 100;
    assertEquals(List.of(ITS_NAME), say(NAME.repeat(3)));
    assertEquals(0, monitor.room());
    wire.room = 1 << 20;
    vm.onLoop(monitor::drained);
    assertEquals(List.of(ITS_NAME, ITS_NAME), wire.heard());
    assertTrue(monitor.room() > 0);
  }

  @Test
  void anEventThatGoesOutLetsTheNextCommandIn() {
    wire.roomAfterNextSend = 100;
    assertEquals(List.of(ITS_NAME), say(NAME.repeat(2)));
    wire.room = 1 << 20;
    vm.onLoop(vm::resume);
    vm.onLoop(() -> assertEquals(ITS_NAME, wire.heard().getLast()));
  }

  @ParameterizedTest
  @ValueSource(strings = {NAME + NAME, "bad " + NAME, NAME + "\n" + NAME, "{\"execute\":\"stop\"}" + NAME})
  void oneWhoGoesWhileHeIsAnsweredIsForgotten(String text) {
    vm.onLoop(vm::resume);
    wire.heard();
    wire.goneAfterNextSend = true;
    assertEquals(1, say(text).size());
    vm.onLoop(wire::comeBack);
    agree();
    assertEquals(List.of(ITS_NAME), say(NAME));
  }

  @Test
  void oneWhoGoesWithHalfAMessageLeavesNothingToTheNext() {
    vm.onLoop(() -> wire.type("{\"execute\":".getBytes(java.nio.charset.StandardCharsets.US_ASCII)));
    vm.onLoop(wire::leave);
    vm.onLoop(wire::comeBack);
    agree();
    assertEquals(List.of(ITS_NAME), say(NAME));
    assertFalse(wire.heard().iterator().hasNext());
  }
}
