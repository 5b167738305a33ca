package org.ballastvm.vmm.terminal;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.ballastvm.images.UserDirectories;
import org.jline.keymap.KeyMap;
import org.jline.reader.Binding;
import org.jline.reader.Candidate;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReader.Option;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.Reference;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.DefaultParser;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal.Signal;

/**
 * Reads lines that somebody types at a terminal, with everything that people expect of one: editing, history that stays
 * from one run to the next, search in it, completion.
 */
public final class TerminalReader {
  /** A key that shows the line again; nobody types it by accident. */
  public static final byte REDRAW = 0;

  private static final int USUAL_COLUMNS = 80;
  private static final int USUAL_ROWS = 24;

  private final LineTerminal terminal;
  private final LineReader reader;

  /**
   * A reader that has read nothing.
   *
   * @param type of the terminal, as in TERM
   * @param keys what is typed, as it is typed
   * @param output is shown
   * @param size columns and rows; zeros if it is not known
   * @param completions what the last word of a line could become; one that ends in {@code =}, {@code ,} or {@code /} goes on
   * @param environment where the file of the history is found
   */
  public TerminalReader(String type, Keys keys, OutputStream output, Supplier<int[]> size,
      Function<String, List<String>> completions, Map<String, String> environment) {
    try {
      terminal = new LineTerminal(type, keys, output, () -> usable(size.get()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    DefaultParser parser = new DefaultParser();
    parser.setEscapeChars(null);
    parser.setQuoteChars(new char[0]);
    reader = LineReaderBuilder.builder().terminal(terminal).appName("ballast").parser(parser)
        .completer((asking, line, candidates) -> {
          for (String word : completions.apply(line.line().substring(0, line.cursor()))) {
            candidates.add(new Candidate(word, word, null, null, null, null, isWhole(word)));
          }
        }).variable(LineReader.HISTORY_FILE, UserDirectories.state(environment).resolve("history"))
        .option(Option.HISTORY_TIMESTAMPED, false)
        .option(Option.DISABLE_EVENT_EXPANSION, true).option(Option.AUTO_FRESH_LINE, false)
        .option(Option.BRACKETED_PASTE, false).option(Option.INSERT_TAB, false).build();
    bindKeys(reader.getKeyMaps().get(LineReader.MAIN));
  }

  private static boolean isWhole(String word) {
    return !word.endsWith("=") && !word.endsWith(",") && !word.endsWith("/");
  }

  private static Size usable(int[] columnsAndRows) {
    return Size.of(columnsAndRows[0] > 0 ? columnsAndRows[0] : USUAL_COLUMNS,
        columnsAndRows[1] > 0 ? columnsAndRows[1] : USUAL_ROWS);
  }

  /** Terminals send these whatever their description says. */
  private static void bindKeys(KeyMap<Binding> keys) {
    keys.bind(new Reference(LineReader.REDRAW_LINE), KeyMap.ctrl('@'));
    keys.bind(new Reference(LineReader.UP_LINE_OR_SEARCH), "\033[A", "\033OA");
    keys.bind(new Reference(LineReader.DOWN_LINE_OR_SEARCH), "\033[B", "\033OB");
    keys.bind(new Reference(LineReader.FORWARD_CHAR), "\033[C", "\033OC");
    keys.bind(new Reference(LineReader.BACKWARD_CHAR), "\033[D", "\033OD");
    keys.bind(new Reference(LineReader.BEGINNING_OF_LINE), "\033[H", "\033OH", "\033[1~");
    keys.bind(new Reference(LineReader.END_OF_LINE), "\033[F", "\033OF", "\033[4~");
    keys.bind(new Reference(LineReader.DELETE_CHAR), "\033[3~");
  }

  /**
   * Reads the next line. Ctrl-C begins it again.
   *
   * @param prompt stands before it
   * @return the line, without its end; empty for Ctrl-D at the start of one, or when there are no more keys
   */
  public Optional<String> read(String prompt) {
    while (true) {
      try {
        return Optional.of(reader.readLine(prompt));
      } catch (UserInterruptException e) {
        if (Thread.currentThread().isInterrupted()) {
          return Optional.empty();
        }
      } catch (EndOfFileException e) {
        return Optional.empty();
      }
    }
  }

  /**
   * Shows text.
   *
   * @param text lines end in a line feed
   */
  public void print(String text) {
    terminal.writer().print(text);
    terminal.writer().flush();
  }

  /** Learns of it when the terminal of this process changes its size. */
  public void followSize() {
    WindowSize.follow(() -> terminal.raise(Signal.WINCH));
  }
}
