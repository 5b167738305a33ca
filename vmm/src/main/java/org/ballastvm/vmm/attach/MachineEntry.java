package org.ballastvm.vmm.attach;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.wire.JsonText;

/**
 * What is known of a machine that runs without asking it.
 *
 * @param name its {@code -name}
 * @param pid its process
 * @param startTicks when that process started, as the kernel counts: a number that another process of the same pid has not
 * @param memoryBytes what {@code -m} asked for
 * @param monitors where its monitors listen
 * @param control the socket that serves {@code ballast ps} and {@code ballast monitor}
 */
record MachineEntry(String name, long pid, long startTicks, long memoryBytes, List<Socket> monitors, Path control) {
  /** The start time's place behind the name of the program, proc_pid_stat(5). */
  private static final int START_TIME = 22 - 3;
  private static final String WHAT = "entry of a machine";

  /**
   * A socket with a monitor behind it.
   *
   * @param mode {@code readline} or {@code control}, as {@code -mon} has it
   * @param address {@code unix:PATH} or {@code tcp:HOST:PORT}
   */
  record Socket(String mode, String address) {}

  /** Starting a machine writes one of these, and a library for that would take longer than all else here. */
  String toJson() {
    String sockets = monitors.stream()
        .map(socket -> "{\"mode\": " + quote(socket.mode()) + ", \"address\": " + quote(socket.address()) + "}")
        .collect(Collectors.joining(", "));
    return "{\"name\": " + quote(name) + ", \"pid\": " + pid + ", \"start-ticks\": " + startTicks + ", \"memory\": "
        + memoryBytes + ", \"monitors\": [" + sockets + "], \"control\": " + quote(control.toString()) + "}\n";
  }

  static String quote(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        quoted.append('\\').append(c);
      } else if (c < ' ') {
        quoted.append("\\u00").append(c < 16 ? "0" : "").append(Integer.toHexString(c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }

  /**
   * Reads one.
   *
   * @throws UserError if that is something else
   */
  static MachineEntry parse(String json) {
    try {
      Map<String, Object> members = JsonText.object(WHAT, json);
      List<Socket> monitors = ((List<?>) members.get("monitors")).stream().map(each -> (Map<?, ?>) each)
          .map(each -> new Socket((String) each.get("mode"), (String) each.get("address"))).toList();
      return new MachineEntry((String) members.get("name"), (Long) members.get("pid"),
          (Long) members.get("start-ticks"),
          (Long) members.get("memory"), monitors, Path.of((String) members.get("control")));
    } catch (ClassCastException | NullPointerException e) {
      throw new UserError(WHAT + ": " + json.strip() + " lacks something", e);
    }
  }

  /** When a process started, in the kernel's ticks; empty if there is none of that number. */
  static Optional<Long> startTicks(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
      return Optional.of(Long.valueOf(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[START_TIME]));
    } catch (java.nio.file.NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      if (Files.exists(Path.of("/proc/self/stat"))) {
        return Optional.empty(); // It ended while it was read: ESRCH.
      }
      throw new UncheckedIOException(e);
    }
  }
}
