package org.ballastvm.vmm.monitor;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Edits one line at a time for somebody at the far end of a line, whose terminal does not echo: what is typed is echoed,
 * and the keys of QEMU's monitor move, delete, recall and complete. The far end speaks UTF-8; characters that fill more
 * or less than one column are not for command lines, and are ignored with all that is no character.
 */
final class LineEditor {
  private static final int LONGEST_LINE = 4095;
  private static final int MOST_HISTORY = 64;
  private static final int ESCAPE = 27;
  private static final int LONGEST_CHARACTER_BYTES = 4;
  private static final int LONGEST_SEQUENCE = 32;

  /** Says how a line could end. */
  @FunctionalInterface
  interface Completer {
    List<String> completions(String line);
  }

  private final String prompt;
  private final Consumer<byte[]> terminal;
  private final Consumer<String> done;
  private final Completer completer;
  private final List<String> history = new ArrayList<>();
  private final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder()
      .onMalformedInput(CodingErrorAction.IGNORE);
  private final ByteBuffer encoded = ByteBuffer.allocate(LONGEST_CHARACTER_BYTES);
  private final CharBuffer decoded = CharBuffer.allocate(2);
  private final StringBuilder line = new StringBuilder();
  private int cursor;
  private int recalled;
  private int last;
  private final StringBuilder sequence = new StringBuilder();
  private boolean inSequence;

  /**
   * An editor with an empty line.
   *
   * @param prompt stands before the line
   * @param terminal is sent what the terminal should show
   * @param done takes each line, without its end, and then prompts for the next
   * @param completer says how a line could end
   */
  LineEditor(String prompt, Consumer<byte[]> terminal, Consumer<String> done, Completer completer) {
    this.prompt = prompt;
    this.terminal = terminal;
    this.done = done;
    this.completer = completer;
  }

  /** Forgets the line; the history stays. */
  void clear() {
    line.setLength(0);
    cursor = 0;
    recalled = history.size();
    inSequence = false;
    last = 0;
    encoded.clear();
  }

  /** Shows the prompt, and what has been typed behind it. */
  void prompt() {
    show(prompt + line + "\b".repeat(line.length() - cursor));
  }

  /** Takes a key, as a byte from 0 to 255. */
  void key(int key) {
    if (inSequence) {
      sequence(key);
    } else if (key >= ' ' && key != 127) {
      decode((byte) key);
    } else if (key != '\n' || last != '\r') {
      control(key);
    }
    last = key;
  }

  private void decode(byte key) {
    decoder.decode(encoded.put(key).flip(), decoded.clear(), false);
    encoded.compact();
    String character = decoded.flip().toString();
    if (character.length() == 1 && !Character.isISOControl(character.charAt(0))) {
      insert(character);
    }
  }

  private void control(int key) {
    switch (key) {
      case '\r', '\n' -> enter();
      case 'A' - '@' -> move(0);
      case 'B' - '@' -> move(cursor - 1);
      case 'E' - '@' -> move(line.length());
      case 'F' - '@' -> move(cursor + 1);
      case 'D' - '@' -> delete(cursor, cursor + 1);
      case 'K' - '@' -> delete(cursor, line.length());
      case 'U' - '@', 'C' - '@' -> delete(0, line.length());
      case 'W' - '@' -> delete(startOfWord(), cursor);
      case 'N' - '@' -> recall(recalled + 1);
      case 'P' - '@' -> recall(recalled - 1);
      case '\t' -> complete();
      case '\b', 127 -> delete(cursor - 1, cursor);
      case ESCAPE -> {
        inSequence = true;
        sequence.setLength(0);
      }
      default -> {
        // Not a key of this editor.
      }
    }
  }

  /** A key that a terminal sends as ESC [ or ESC O and more, to a letter or a tilde. */
  private void sequence(int key) {
    sequence.append((char) key);
    boolean begins = sequence.length() == 1 && (key == '[' || key == 'O');
    if (begins || sequence.length() < LONGEST_SEQUENCE && sequence.length() > 1 && (key < '@' || key > '~')) {
      return;
    }
    inSequence = false;
    switch (sequence.substring(1)) {
      case "A" -> recall(recalled - 1);
      case "B" -> recall(recalled + 1);
      case "C" -> move(cursor + 1);
      case "D" -> move(cursor - 1);
      case "H", "1~" -> move(0);
      case "F", "4~" -> move(line.length());
      case "3~" -> delete(cursor, cursor + 1);
      default -> {
        // Not a key of this editor.
      }
    }
  }

  private void enter() {
    String typed = line.toString();
    if (!typed.isEmpty() && (history.isEmpty() || !history.getLast().equals(typed))) {
      history.add(typed);
      if (history.size() > MOST_HISTORY) {
        history.removeFirst();
      }
    }
    clear();
    show("\r\n");
    done.accept(typed);
  }

  private void insert(String text) {
    if (line.length() + text.length() > LONGEST_LINE) {
      return;
    }
    line.insert(cursor, text);
    cursor += text.length();
    String rest = line.substring(cursor);
    show(text + rest + "\b".repeat(rest.length()));
  }

  private void delete(int from, int to) {
    int start = Math.max(0, from);
    int end = Math.min(to, line.length());
    if (start >= end) {
      return;
    }
    move(start);
    line.delete(start, end);
    String rest = line.substring(start);
    show(rest + " ".repeat(end - start) + "\b".repeat(rest.length() + end - start));
  }

  private void move(int to) {
    int target = Math.clamp(to, 0, line.length());
    show(target < cursor ? "\b".repeat(cursor - target) : line.substring(cursor, target));
    cursor = target;
  }

  private int startOfWord() {
    int start = cursor;
    while (start > 0 && line.charAt(start - 1) == ' ') {
      start--;
    }
    while (start > 0 && line.charAt(start - 1) != ' ') {
      start--;
    }
    return start;
  }

  private void recall(int which) {
    if (which < 0 || which > history.size()) {
      return;
    }
    delete(0, line.length());
    insert(which == history.size() ? "" : history.get(which));
    recalled = which;
  }

  private void complete() {
    String typed = line.substring(0, cursor);
    List<String> ways = completer.completions(typed);
    if (ways.isEmpty()) {
      return;
    }
    int known = typed.length() - typed.lastIndexOf(' ') - 1;
    String common = ways.stream().reduce(LineEditor::commonStart).orElse("");
    insert(common.substring(known) + (ways.size() == 1 && Completion.isWhole(common) ? " " : ""));
    if (ways.size() > 1 && common.length() == known) {
      show("\r\n" + String.join("  ", ways) + "\r\n");
      prompt();
    }
  }

  private static String commonStart(String a, String b) {
    int length = 0;
    while (length < Math.min(a.length(), b.length()) && a.charAt(length) == b.charAt(length)) {
      length++;
    }
    return a.substring(0, length);
  }

  private void show(String text) {
    if (!text.isEmpty()) {
      terminal.accept(text.getBytes(StandardCharsets.UTF_8));
    }
  }
}
