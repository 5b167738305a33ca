package org.ballastvm.vmm.qmp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.ballastvm.vmm.machine.TestMachine;
import org.ballastvm.vmm.trace.TraceEvent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Programs switch events, and hear what QEMU 7.2 says. */
@Tag("kvm")
class TraceEventStateTest {
  private static final String GET = "trace-event-get-state";
  private static final String SET = "trace-event-set-state";

  private final Client client = Client.of(TestMachine.idle());

  @AfterEach
  void endMachine() {
    client.close();
    TraceEvent.switchBy("-*");
  }

  @Test
  void whatIsSetIsReturned() {
    assertEquals("{}", client.ask(SET, "{\"name\": \"*_discard\", \"enable\": true}"));
    assertEquals("{}", client.ask(SET, "{\"name\": \"balloon_*\", \"enable\": false, \"ignore-unavailable\": true}"));
    assertEquals("[{\"name\": \"balloon_discard\", \"vcpu\": false, \"state\": \"disabled\"}, "
        + "{\"name\": \"memory_discard\", \"vcpu\": false, \"state\": \"enabled\"}]",
        client.ask(GET, "{\"name\": \"*_discard\"}"));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '>', quoteCharacter = '`', value = {GET + " > {\"name\": \"nosuch*\"} > []",
      GET + " > {\"name\": \"memory*\", \"vcpu\": 0} > []", SET + " > {\"name\": \"nosuch*\", \"enable\": true} > {}",
      SET + " > {\"name\": \"memory*\", \"enable\": true, \"vcpu\": 0} > {}"})
  void aPatternMayFitNothing(String command, String arguments, String answer) {
    assertEquals(answer, client.ask(command, arguments));
    assertEquals(0, TraceEvent.matching("*").stream().filter(TraceEvent::isOn).count());
  }

  @ParameterizedTest
  @CsvSource(delimiter = '>', quoteCharacter = '`', value = {
      GET + " > {\"name\": \"nosuch\"} > unknown event \\\"nosuch\\\"",
      GET + " > {\"name\": \"\"} > unknown event \\\"\\\"", GET + " > {} > Parameter 'name' is missing",
      GET + " > {\"name\": \"memory*\", \"vcpu\": 7} > invalid vCPU index 7",
      GET + " > {\"name\": \"memory*\", \"vcpu\": -1} > invalid vCPU index 4294967295",
      GET + " > {\"name\": \"memory_slot\", \"vcpu\": 0} > event \\\"memory_slot\\\" is not vCPU-specific",
      SET + " > {\"name\": \"nosuch\", \"enable\": true, \"ignore-unavailable\": true} > unknown event \\\"nosuch\\\"",
      SET + " > {\"name\": \"nosuch\", \"enable\": true, \"vcpu\": 9} > invalid vCPU index 9",
      SET + " > {\"name\": \"memory*\"} > Parameter 'enable' is missing",
      SET + " > {\"name\": \"memory_slot\", \"enable\": \"x\"} > "
          + "Invalid parameter type for 'enable', expected: boolean"})
  void whatThereIsNotIsNamed(String command, String arguments, String sentence) {
    assertEquals("{\"error\": {\"class\": \"GenericError\", \"desc\": \"" + sentence + "\"}}",
        client.ask(command, arguments));
  }
}
