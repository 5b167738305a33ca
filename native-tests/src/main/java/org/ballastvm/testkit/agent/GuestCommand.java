package org.ballastvm.testkit.agent;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A program to run in a guest.
 *
 * @param arguments   the program, looked for on the guest's {@code PATH} unless it has a slash, and its arguments
 * @param environment all of its environment
 * @param directory   where it starts; empty is {@code /}
 * @param user        a name of the guest's {@code /etc/passwd}, {@code UID} or {@code UID:GID}; empty is the agent's, root
 * @param terminal    the size of the terminal that it has; nothing if its streams are pipes
 */
public record GuestCommand(List<String> arguments, Map<String, String> environment, String directory, String user,
    Optional<TerminalSize> terminal) {
  private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  /** What the agent takes of arguments and environment in one request, in bytes. */
  private static final int MOST_BYTES = (1 << 20) - 64;
  private static final int MOST_WORDS = 16_384;

  public GuestCommand {
    arguments = List.copyOf(arguments);
    environment = Map.copyOf(environment);
    if (arguments.isEmpty()) {
      throw new IllegalArgumentException("no program is named");
    }
    long bytes = bytes(directory) + bytes(user);
    for (String argument : arguments) {
      bytes += bytes(argument);
    }
    for (Map.Entry<String, String> variable : environment.entrySet()) {
      bytes += bytes(variable.getKey()) + bytes(variable.getValue());
    }
    if (bytes > MOST_BYTES || arguments.size() + environment.size() > MOST_WORDS) {
      throw new IllegalArgumentException("arguments and environment have " + bytes + " bytes and "
          + (arguments.size() + environment.size()) + " words; up to " + MOST_BYTES + " and " + MOST_WORDS
          + " are taken");
    }
  }

  private static long bytes(String text) {
    if (text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("a word has a NUL in it: " + text.replace('\0', '?'));
    }
    return text.getBytes(StandardCharsets.UTF_8).length + 1L;
  }

  /** {@return a program with pipes, as root, in {@code /}, with the usual {@code PATH}} */
  public static GuestCommand of(String... arguments) {
    return of(List.of(arguments));
  }

  /** {@return a program with pipes, as root, in {@code /}, with the usual {@code PATH}} */
  public static GuestCommand of(List<String> arguments) {
    return new GuestCommand(arguments, Map.of("PATH", PATH, "HOME", "/root"), "", "", Optional.empty());
  }

  /** {@return the same with one more variable of its environment} */
  public GuestCommand with(String name, String value) {
    Map<String, String> more = new HashMap<>(environment);
    more.put(name, value);
    return withEnvironment(more);
  }

  /** {@return the same with all of another environment} */
  public GuestCommand withEnvironment(Map<String, String> variables) {
    return new GuestCommand(arguments, variables, directory, user, terminal);
  }

  /** {@return the same, started in a directory} */
  public GuestCommand in(String path) {
    return new GuestCommand(arguments, environment, path, user, terminal);
  }

  /** {@return the same as another user} */
  public GuestCommand as(String name) {
    return new GuestCommand(arguments, environment, directory, name, terminal);
  }

  /** {@return the same on a terminal of its own} */
  public GuestCommand on(TerminalSize size) {
    return new GuestCommand(arguments, environment, directory, user, Optional.of(size));
  }
}
