package org.ballastvm.vmm.monitor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import org.ballastvm.virtio.balloon.BalloonConfig;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.machine.TestMachine;
import org.ballastvm.vmm.trace.TraceEvent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Events are switched on and off while the machine runs. Sentences are those of QEMU 7.2 on the same input. */
@Tag("kvm")
class TraceEventsTest {
  private final Machine vm = TestMachine
      .idle(new DeviceConfig.Balloon(Optional.of("balloon0"), OptionalInt.empty(), BalloonConfig.DEFAULTS));

  @AfterEach
  void endMachine() {
    vm.close();
    TraceEvent.switchBy("-*");
  }

  private String say(String line) { return Commands.run(vm, line); }

  /** What is printed on standard error while lines are said. */
  private String printedBy(String... lines) {
    PrintStream before = System.err;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    System.setErr(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      List.of(lines).forEach(line -> assertEquals("", say(line)));
    } finally {
      System.setErr(before);
    }
    return printed.toString(StandardCharsets.UTF_8);
  }

  @Test
  void anEventThatIsSwitchedOnIsPrintedAndNoMoreWhenItIsOff() {
    assertEquals("", printedBy("balloon 900"));
    String line = printedBy("trace-event balloon_target on", "balloon 512");
    assertTrue(line.endsWith("TRACE balloon_target - device=balloon0 target=536870912 actual=0\n"), line);
    assertEquals("", printedBy("trace-event balloon_* off", "balloon 700"));
  }

  @Test
  void aBackendThatComesIsPrintedWhereAPatternFitsItsEvent() {
    String lines = printedBy("trace-event mem?ry_b* on", "object_add memory-backend-ram,id=mem0,size=1M",
        "object_del mem0");
    assertEquals(List.of("mapped", "unmapped"),
        lines.lines().map(line -> line.substring(line.lastIndexOf(' ') + 1)).toList(), lines);
  }

  @Test
  void theirStatesAreListedByNameByPatternOrAllOfThem() {
    assertEquals(TraceEvent.labels().stream().map(name -> name + " : state 0\n").collect(Collectors.joining()),
        say("info trace-events"));
    say("trace-event \"memory_*\" on");
    assertEquals("memory_slot : state 1\n", say("info trace-events memory_slot"));
    assertEquals("balloon_discard : state 0\nmemory_discard : state 1\n", say("info trace-events *_disc?rd"));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '>', quoteCharacter = '`', emptyValue = "", value = {
      "trace-event nosuch on > unknown event \"nosuch\"", "info trace-events nosuch > unknown event \"nosuch\"",
      "trace-event memory_slot on 0 > event \"memory_slot\" is not vCPU-specific",
      "info trace-events memory_slot 1 > event \"memory_slot\" is not vCPU-specific",
      "info trace-events nosuch 9 > invalid vCPU index 9", "trace-event memory* on 9 > invalid vCPU index 9"})
  void whatThereIsNotIsNamed(String line, String sentence) { assertEquals(sentence + "\n", say(line)); }

  @ParameterizedTest
  @CsvSource(delimiter = '>', quoteCharacter = '`', value = {"trace-event > trace-event: string expected",
      "trace-event memory_slot > Expected 'on' or 'off'", "trace-event memory_slot ON > Expected 'on' or 'off'",
      "trace-event memory_slot on 0 1 > trace-event: extraneous characters at the end of line",
      "trace-event memory_slot on -1 > 'trace-event' has failed: integer is for 32-bit values",
      "info trace-events memory_slot -2 > 'trace-events' has failed: integer is for 32-bit values",
      "info trace-events memory_slot 0 1 > trace-events: extraneous characters at the end of line"})
  void whatIsNoCommandIsAnsweredWithItsHelp(String line, String sentence) {
    String command = line.startsWith("info") ? "info trace-events" : "trace-event";
    assertEquals(sentence + "\nTry \"help " + command + "\" for more information\n", say(line));
    assertEquals(List.of(), TraceEvent.matching("*").stream().filter(TraceEvent::isOn).toList());
  }

  @ParameterizedTest
  @CsvSource({"trace-event nosuch* on", "info trace-events nosuch*", "info trace-events memory* 0",
      "trace-event memory* on 0", "trace-event -memory_* on"})
  void aPatternThatFitsNothingIsNoMistake(String line) {
    assertEquals("", say(line));
    assertEquals(List.of(), TraceEvent.matching("*").stream().filter(TraceEvent::isOn).toList());
  }

  @Test
  void tabKnowsThem() {
    assertEquals(List.of("memory_backend", "memory_discard", "memory_slot"), Completion.of(vm, "trace-event mem"));
    assertEquals(List.of("off", "on"), Completion.of(vm, "trace-event memory_slot "));
    assertEquals(List.of("balloon_batch"), Completion.of(vm, "info trace-events balloon_b"));
  }
}
