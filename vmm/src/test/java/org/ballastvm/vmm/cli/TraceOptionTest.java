package org.ballastvm.vmm.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.trace.TraceEvent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code -d trace:PATTERN} and {@code -trace} take QEMU's words, and say what QEMU says. */
class TraceOptionTest {
  @TempDir
  private Path directory;

  @AfterEach
  void switchAllOff() { TraceEvent.switchBy("-*"); }

  private static List<String> on() {
    return Arrays.stream(TraceEvent.values()).filter(TraceEvent::isOn).map(TraceEvent::label).toList();
  }

  /** What is printed on standard error meanwhile. */
  private static String configure(List<String> items, String... traces) {
    PrintStream before = System.err;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    System.setErr(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      Logging.configure(Optional.empty(), items, Arrays.stream(traces).map(TraceOption::parse).toList());
    } finally {
      System.setErr(before);
    }
    return printed.toString(StandardCharsets.UTF_8);
  }

  @Test
  void nothingIsTracedThatNobodyAskedFor() {
    assertEquals("", configure(List.of("guest_errors")));
    assertEquals(List.of(), on());
  }

  @Test
  void aPatternSwitchesOnAllThatItFits() {
    assertEquals("", configure(List.of("guest_errors", "trace:balloon*")));
    assertEquals(List.of("balloon_batch", "balloon_discard", "balloon_stats", "balloon_target"), on());
    assertEquals("", configure(List.of("trace:*_disc?rd", "trace:-balloon_*t*")));
    assertEquals(List.of("balloon_discard", "memory_discard"), on());
  }

  @Test
  void aPatternThatFitsNothingIsNoMistakeAndANameIsWarnedOf() {
    assertEquals("", configure(List.of("trace:virtio_balloon*")));
    assertEquals("ballast: warning: trace event 'foo' does not exist\n", configure(List.of("trace:foo")));
    assertEquals("ballast: -trace foo: warning: trace event 'foo' does not exist\n", configure(List.of(), "foo"));
    assertEquals(List.of(), on());
  }

  @Test
  void eventsMayStandInAFile() throws IOException {
    Path events = Files.writeString(directory.resolve("events"), "# the balloon\nballoon_*\n\n-balloon_stats\n");
    assertEquals("", configure(List.of(), "events=" + events, "enable=memory_discard"));
    assertEquals(List.of("balloon_batch", "balloon_discard", "balloon_target", "memory_discard"), on());
  }

  @Test
  void whatIsNoTraceOptionIsRefused() {
    assertTrue(refusal("events=/missing/file").contains("/missing/file cannot be read"),
        refusal("events=/missing/file"));
    assertTrue(refusal("foo=bar").startsWith("-trace"), refusal("foo=bar"));
    for (String item : List.of("trace:", "trace", "foo")) {
      assertThrows(UserError.class, () -> configure(List.of(item)), item);
    }
  }

  private static String refusal(String text) {
    return assertThrows(UserError.class, () -> TraceOption.parse(text)).getMessage();
  }

  @Test
  void helpListsTheEvents() {
    assertFalse(CommandLine.parse(List.of("-trace", "help")).isPresent());
    assertFalse(CommandLine.parse(List.of("-d", "trace:help")).isPresent());
  }
}
