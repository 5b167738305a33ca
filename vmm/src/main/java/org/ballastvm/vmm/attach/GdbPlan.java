package org.ballastvm.vmm.attach;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.ballastvm.vmm.config.UserError;

/**
 * What GDB is to be started with.
 *
 * @param kernel the kernel's symbols: a {@code vmlinux}, or what was read of the guest
 * @param offset how far the kernel is from where that file has it
 * @param modules the symbols of its modules, if they are not in the other
 * @param target where the machine serves GDB, in GDB's words
 */
record GdbPlan(Path kernel, long offset, Optional<Path> modules, String target) {
  /** A file of symbols alone does not say it to GDB 13. */
  private static final String ARCHITECTURE = "set architecture i386:x86-64";
  private static final Pattern RELEASE = Pattern.compile("(?m)^release: (\\S+)$");
  private static final Pattern OFFSET = Pattern.compile("(?m)^kaslr offset: 0x(\\p{XDigit}{1,16})$");
  private static final Pattern SERVED = Pattern
      .compile("gdbserver: (disconnected:)?(?:(unix):(.+?)|tcp:(.*):(\\d+))(?:,.*)?");

  /** What {@code info kernel} says. */
  record Kernel(String release, long offset) {
    static Kernel parse(String said) {
      Matcher release = RELEASE.matcher(said);
      Matcher offset = OFFSET.matcher(said);
      if (!release.find() || !offset.find()) {
        throw new UserError("gdb: the machine does not say which kernel runs: " + said.strip());
      }
      return new Kernel(release.group(1), Long.parseUnsignedLong(offset.group(1), 16));
    }
  }

  /**
   * Where GDB is served already, by {@code info gdbserver}.
   *
   * @return in GDB's words; empty if nobody is served
   */
  static Optional<String> served(String said) {
    String line = said.strip();
    if (line.equals("gdbserver: none")) {
      return Optional.empty();
    }
    Matcher where = SERVED.matcher(line);
    if (!where.matches()) {
      throw new UserError("gdb: the machine serves GDB where this cannot connect (" + line
          + "); 'gdbserver none' on its monitor ends that");
    }
    if (where.group(1) == null) {
      throw new UserError("gdb: another client is connected (" + line + "), and there is one at a time");
    }
    if (where.group(2) != null) {
      return Optional.of(where.group(3));
    }
    String host = where.group(4);
    return Optional.of((host.isEmpty() || host.equals("0.0.0.0") ? "127.0.0.1" : host) + ":" + where.group(5));
  }

  /** The command, with words of the user's at its end. */
  List<String> command(List<String> words) {
    List<String> command = new ArrayList<>(List.of("gdb", "-q", "-iex", "set confirm off", "-iex", ARCHITECTURE));
    run(command, "symbol-file " + quoted(kernel) + (offset == 0 ? "" : " -o 0x" + Long.toHexString(offset)));
    modules.ifPresent(file -> run(command, "add-symbol-file " + quoted(file)));
    run(command, "target remote " + target);
    run(command, "set confirm on");
    command.addAll(words);
    return command;
  }

  private static void run(List<String> command, String line) {
    command.add("-ex");
    command.add(line);
  }

  /** As GDB's commands split their words. */
  private static String quoted(Path file) {
    return "\"" + file.toAbsolutePath().toString().replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }
}
