package org.ballastvm.vmm.qmp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.ballastvm.virtio.balloon.BalloonConfig;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.machine.TestMachine;
import org.ballastvm.vmm.state.Version;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The machine protocol as a client sees it. Sentences are those of QEMU 7.2 on the same input. */
@Tag("kvm")
class QmpMonitorTest {
  private final Machine vm = TestMachine
      .idle(new DeviceConfig.Balloon(Optional.of("balloon0"), OptionalInt.empty(), BalloonConfig.DEFAULTS));
  private final Wire wire = new Wire();

  @BeforeEach
  void connect() {
    wire.connect(new QmpMonitor(vm, wire, false));
    assertEquals(
        List.of("{\"QMP\": {\"version\": {\"qemu\": {\"major\": 7, \"minor\": 2, \"micro\": 0}, \"package\": \"Ballast "
            + Version.TEXT + "\"}, \"capabilities\": []}}"),
        wire.heard());
  }

  @AfterEach
  void endMachine() { vm.close(); }

  /** What a line is answered, on the event loop as always. */
  private List<String> say(String line) {
    List<String> answers = new ArrayList<>();
    vm.onLoop(() -> answers.addAll(wire.say(line)));
    return answers;
  }

  private void agree() { assertEquals(List.of("{\"return\": {}}"), say("{\"execute\": \"qmp_capabilities\"}")); }

  private String error(String kind, String sentence) {
    return "{\"error\": {\"class\": \"" + kind + "\", \"desc\": \"" + sentence + "\"}}";
  }

  @Test
  void whateverACommandThrowsEndsItAlone() {
    agree();
    String answer = say("{\"execute\": \"object-add\", \"arguments\": {\"qom-type\": \"memory-backend-file\","
        + " \"id\": \"m\", \"size\": 4096, \"mem-path\": \"/tmp/\\u0000\"}}").getFirst();
    assertTrue(answer.contains("\"desc\": \"mem-path=/tmp/?: no file can have this name"), answer);
    assertTrue(say("{\"execute\": \"query-status\"}").getFirst().startsWith("{\"return\": "));
  }

  @Test
  void commandsBeforeTheAgreementAreRefused() {
    assertEquals(List.of(error("CommandNotFound", "Expecting capabilities negotiation with 'qmp_capabilities'")),
        say("{\"execute\": \"query-status\"}"));
    agree();
    assertEquals(List.of(error("CommandNotFound", "Capabilities negotiation is already complete, command ignored")),
        say("{\"execute\": \"qmp_capabilities\"}"));
  }

  @Test
  void idsOfAnyKindComeBack() {
    agree();
    assertEquals(List.of("{\"id\": {\"a\": [1, \"x\", null, 1.5, true]}, \"return\": {\"name\": \"idle\"}}"),
        say("{\"execute\":\"query-name\",\"id\":{\"a\":[1,\"x\",null,1.5,true]}}"));
    assertEquals(
        List.of(
            "{\"id\": 1, \"error\": {\"class\": \"CommandNotFound\", \"desc\": \"The command nonsense has not been found\"}}"),
        say("{\"execute\":\"nonsense\",\"id\":1}"));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '>', quoteCharacter = '`', value = {
      "{\"execute\":\"query-status\",\"arguments\":{\"a\":1}} > Parameter 'a' is unexpected",
      "{\"execute\":\"query-status\",\"foo\":1} > QMP input member 'foo' is unexpected",
      "{\"arguments\":{}} > QMP input lacks member 'execute'", "[1] > QMP input must be a JSON object",
      "5 > QMP input must be a JSON object", "{\"execute\":5} > QMP input member 'execute' must be a string",
      "{\"execute\":\"balloon\"} > Parameter 'value' is missing",
      "{\"execute\":\"balloon\",\"arguments\":{\"value\":\"a\"}} > Invalid parameter type for 'value', expected: integer",
      "{\"execute\":\"balloon\",\"arguments\":{\"value\":1.5}} > Invalid parameter type for 'value', expected: integer",
      "{\"execute\":\"balloon\",\"arguments\":{\"value\":-1}} > Parameter 'target' expects a size",
      "{\"execute\":\"balloon\",\"arguments\":{\"value\":1,\"x\":2}} > Parameter 'x' is unexpected",
      "{\"execute\":\"balloon\",\"arguments\":5} > QMP input member 'arguments' must be an object",
      "{\"a\":1,\"a\":2} > JSON parse error, duplicate key"})
  void aMistakeIsNamed(String request, String sentence) {
    agree();
    assertEquals(List.of(error("GenericError", sentence)), say(request));
    assertEquals(0, vm.devices().balloon().orElseThrow().targetPages());
  }

  @Test
  void eventsAreSentOnceAgreedUpon() {
    assertEquals(List.of(), wire.heard());
    vm.resume();
    assertEquals(List.of(), wire.heard());
    agree();
    List<String> answer = say("{\"execute\":\"stop\"}");
    assertTrue(
        answer.getFirst()
            .matches("\\{\"timestamp\": \\{\"seconds\": \\d+, \"microseconds\": \\d+}, \"event\": \"STOP\"}"),
        answer.toString());
    assertEquals("{\"return\": {}}", answer.getLast());
  }

  @Test
  void aBrokenLineIsOneErrorAndTheNextOneIsRead() {
    agree();
    assertEquals(1, say("{bad json} and more {{{").size());
    assertEquals(List.of("{\"return\": {\"name\": \"idle\"}}"), say("{\"execute\":\"query-name\"}"));
    assertEquals(List.of("{\"return\": {\"name\": \"idle\"}}"), say("{\"execute\":\n\"query-name\"\n}"));
    assertEquals(2, say("{\"execute\":\"query-name\"} {\"execute\":\"query-name\"}").size());
  }
}
