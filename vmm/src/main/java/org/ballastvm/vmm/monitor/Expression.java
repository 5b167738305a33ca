package org.ballastvm.vmm.monitor;

import org.ballastvm.vmm.machine.Machine;

/**
 * A number as people compute it at a monitor, in 64 bits: with {@code + -}, which bind least, {@code & | ^},
 * {@code * / %}, signs, parentheses, characters in quotes, and registers of the first CPU as {@code $rip}. The order is
 * QEMU's, and so are the sentences about what is no number.
 */
final class Expression {
  private final Machine vm;
  private final String text;
  private int at;

  /** An expression that begins there; what follows it is not its concern. */
  Expression(Machine vm, String text, int start) {
    this.vm = vm;
    this.text = text;
    this.at = start;
  }

  /** Where it ends, when its value has been asked for. */
  int end() { return at; }

  /** Its value. */
  long value() {
    long value = logic();
    for (char operator = peek(); operator == '+' || operator == '-'; operator = peek()) {
      at++;
      value = operator == '+' ? value + logic() : value - logic();
    }
    return value;
  }

  private long logic() {
    long value = product();
    for (char operator = peek(); "&|^".indexOf(operator) >= 0; operator = peek()) {
      at++;
      long next = product();
      value = switch (operator) {
        case '&' -> value & next;
        case '|' -> value | next;
        default -> value ^ next;
      };
    }
    return value;
  }

  private long product() {
    long value = unary();
    for (char operator = peek(); "*/%".indexOf(operator) >= 0; operator = peek()) {
      at++;
      long next = unary();
      if (operator != '*' && next == 0) {
        throw MonitorError.misuse("division by zero");
      }
      value = switch (operator) {
        case '*' -> value * next;
        case '/' -> value / next;
        default -> value % next;
      };
    }
    return value;
  }

  private long unary() {
    return switch (peek()) {
      case '+' -> {
        at++;
        yield unary();
      }
      case '-' -> {
        at++;
        yield -unary();
      }
      case '~' -> {
        at++;
        yield ~unary();
      }
      case '(' -> parenthesis();
      case '\'' -> character();
      case '$' -> register();
      case '\0' -> throw MonitorError.misuse("unexpected end of expression");
      default -> literal();
    };
  }

  private long parenthesis() {
    at++;
    long value = value();
    if (peek() != ')') {
      throw MonitorError.misuse("')' expected");
    }
    at++;
    return value;
  }

  private long character() {
    if (at + 1 >= text.length()) {
      throw MonitorError.misuse("character constant expected");
    }
    if (at + 2 >= text.length() || text.charAt(at + 2) != '\'') {
      throw MonitorError.misuse("missing terminating ' character");
    }
    at += 3;
    return text.charAt(at - 2);
  }

  private long register() {
    int start = ++at;
    while (at < text.length() && (Character.isLetterOrDigit(text.charAt(at)) || "_.:".indexOf(text.charAt(at)) >= 0)) {
      at++;
    }
    return RegisterNames.value(vm, text.substring(start, at))
        .orElseThrow(() -> MonitorError.misuse("unknown register"));
  }

  /** In any base that C has a prefix for. */
  private long literal() {
    int radix = 10;
    int start = at;
    if (text.startsWith("0x", at) || text.startsWith("0X", at)) {
      radix = Character.digit(at + 2 < text.length() ? text.charAt(at + 2) : ' ', 16) < 0 ? 8 : 16;
      start = radix == 16 ? at + 2 : at;
    } else if (text.charAt(at) == '0') {
      radix = 8;
    }
    int stop = start;
    while (stop < text.length() && Character.digit(text.charAt(stop), radix) >= 0) {
      stop++;
    }
    if (stop == start) {
      throw MonitorError.misuse("invalid char '" + text.charAt(at) + "' in expression");
    }
    at = stop;
    try {
      return Long.parseUnsignedLong(text, start, stop, radix);
    } catch (NumberFormatException e) {
      throw MonitorError.misuse("number too large");
    }
  }

  /** What comes next behind spaces; a NUL at the end. */
  private char peek() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
    return at < text.length() ? text.charAt(at) : '\0';
  }
}
