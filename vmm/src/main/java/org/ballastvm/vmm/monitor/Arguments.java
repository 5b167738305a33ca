package org.ballastvm.vmm.monitor;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.ballastvm.vmm.control.Passed;
import org.ballastvm.vmm.machine.Machine;

/**
 * What stands behind a command's name, read from left to right: first switches, then words, numbers or the rest of the
 * line, as the command asks for them. What is there and not asked for is refused by {@link #end}.
 */
final class Arguments {
  private final Machine vm;
  private final Passed passed;
  private final String command;
  private final String text;
  private int at;

  /**
   * Arguments of which nothing has been read.
   *
   * @param vm the machine whose registers an expression may name
   * @param passed descriptors that came with the line
   * @param command who asks, for errors
   * @param text what stands behind its name
   */
  Arguments(Machine vm, Passed passed, String command, String text) {
    this.vm = vm;
    this.passed = passed;
    this.command = command;
    this.text = text;
  }

  /** The same, seen by the command that the first word named. */
  Arguments of(String other) {
    return new Arguments(vm, passed, other, text.substring(at));
  }

  /** Descriptors that came with the line. */
  Passed passed() { return passed; }

  /** A command's name, which ends at a space or, for {@code x/8xw}, at a slash; empty at the end of the line. */
  String name() {
    skipSpace();
    int start = at;
    while (at < text.length() && !Character.isWhitespace(text.charAt(at)) && text.charAt(at) != '/') {
      at++;
    }
    return text.substring(start, at);
  }

  /** Whether a switch such as {@code -j} comes next; it is read then. */
  boolean flag(char letter) {
    skipSpace();
    if (at >= text.length() || text.charAt(at) != '-') {
      return false;
    }
    if (at + 1 >= text.length() || text.charAt(at + 1) != letter) {
      throw MonitorError.misuse(command + ": unsupported option " + text.substring(at).split("\\s", 2)[0]);
    }
    at += 2;
    return true;
  }

  /** Whether a certain word comes next; it is read then, and nothing is otherwise. */
  boolean keyword(String word) {
    skipSpace();
    int end = at + word.length();
    if (!text.startsWith(word, at) || end < text.length() && !Character.isWhitespace(text.charAt(end))) {
      return false;
    }
    at = end;
    return true;
  }

  /** Whether the next word is such; nothing is read. */
  boolean comes(Pattern such) {
    skipSpace();
    return such.matcher(text.substring(at).split("\\s", 2)[0]).matches();
  }

  /** A word, or what stands in quotation marks. */
  String word() { return optionalWord().orElseThrow(this::missing); }

  /** A word, if anything is left. */
  Optional<String> optionalWord() {
    skipSpace();
    if (at == text.length()) {
      return Optional.empty();
    }
    return Optional.of(text.charAt(at) == '"' ? quoted() : plain());
  }

  /** All that is left. */
  String rest() { return optionalRest().orElseThrow(this::missing); }

  /** All that is left, if anything is. */
  Optional<String> optionalRest() {
    skipSpace();
    String rest = text.substring(at).strip();
    at = text.length();
    return rest.isEmpty() ? Optional.empty() : Optional.of(rest);
  }

  /** A number, which may be computed: {@code 0x1000+16*4}. */
  long number() {
    Expression expression = new Expression(vm, text, at);
    long value = expression.value();
    at = expression.end();
    return value;
  }

  /** A number, if anything is left. */
  OptionalLong optionalNumber() {
    skipSpace();
    return at == text.length() ? OptionalLong.empty() : OptionalLong.of(number());
  }

  /** How to print, if that comes next: {@code /8xw}. */
  DumpFormat format() {
    skipSpace();
    if (at == text.length() || text.charAt(at) != '/') {
      return DumpFormat.DEFAULT;
    }
    String typed = plain();
    return DumpFormat.parse(typed.substring(1));
  }

  /** Refuses what is left. */
  void end() {
    skipSpace();
    if (at < text.length()) {
      throw MonitorError.misuse(command + ": extraneous characters at the end of line");
    }
  }

  private MonitorError missing() { return MonitorError.misuse(command + ": string expected"); }

  private void skipSpace() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
  }

  private String plain() {
    int start = at;
    while (at < text.length() && !Character.isWhitespace(text.charAt(at))) {
      at++;
    }
    return text.substring(start, at);
  }

  private String quoted() {
    StringBuilder word = new StringBuilder();
    for (at++; at < text.length() && text.charAt(at) != '"'; at++) {
      char c = text.charAt(at);
      if (c != '\\') {
        word.append(c);
      } else if (++at < text.length()) {
        word.append(unescaped(text.charAt(at)));
      }
    }
    if (at >= text.length()) {
      throw missing();
    }
    at++;
    return word.toString();
  }

  private static char unescaped(char letter) {
    return switch (letter) {
      case 'n' -> '\n';
      case 'r' -> '\r';
      case '\\', '\'', '"' -> letter;
      default -> throw MonitorError.misuse("unsupported escape code: '\\" + letter + "'");
    };
  }
}
