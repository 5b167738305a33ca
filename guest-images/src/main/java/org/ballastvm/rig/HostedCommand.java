package org.ballastvm.rig;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A program to run where guests can run.
 *
 * @param arguments   the program, found on PATH, and its arguments
 * @param directory   where it starts
 * @param environment what is added to the environment
 */
public record HostedCommand(List<String> arguments, Path directory, Map<String, String> environment) {
  public HostedCommand {
    arguments = List.copyOf(arguments);
    environment = Map.copyOf(environment);
    if (arguments.isEmpty()) {
      throw new IllegalArgumentException("no program is named");
    }
  }

  /** {@return a command in the current directory} */
  public static HostedCommand of(List<String> arguments) {
    return new HostedCommand(arguments, Path.of("").toAbsolutePath(), Map.of());
  }

  /** {@return a command in the current directory} */
  public static HostedCommand of(String... arguments) {
    return of(List.of(arguments));
  }

  /** {@return the same with one more variable} */
  public HostedCommand with(String name, String value) {
    Map<String, String> more = new HashMap<>(environment);
    more.put(name, value);
    return new HostedCommand(arguments, directory, more);
  }

  /** {@return the same on a terminal of its own, where it runs; zeros for a size that is not known} */
  public HostedCommand onTerminal(int columns, int rows) {
    StringBuilder line = new StringBuilder();
    if (columns > 0 && rows > 0) {
      line.append("stty cols ").append(columns).append(" rows ").append(rows).append("; ");
    }
    line.append("exec");
    arguments.forEach(argument -> line.append(' ').append(quoted(argument)));
    return new HostedCommand(List.of("script", "-q", "-e", "-f", "-c", line.toString(), "/dev/null"), directory,
        environment);
  }

  /** {@return a script for a POSIX shell that becomes the program} */
  String script() {
    StringBuilder script = new StringBuilder("cd ").append(quoted(directory.toString())).append('\n');
    new TreeMap<>(environment)
        .forEach((name, value) -> script.append("export ").append(name).append('=').append(quoted(value)).append('\n'));
    script.append("exec");
    arguments.forEach(argument -> script.append(' ').append(quoted(argument)));
    return script.append('\n').toString();
  }

  private static String quoted(String word) { return "'" + word.replace("'", "'\\''") + "'"; }
}
