package org.ballastvm.vmm.attach;

import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;

/** A human monitor somewhere else, one line at a time. */
interface RemoteMonitor {
  /** {@return what stands before a line that is typed} */
  String prompt();

  /**
   * Runs a line.
   *
   * @param line without its end
   * @param output is given what the monitor prints, as it comes; lines end in a line feed
   * @return whether it listens on; false after {@code quit}
   * @throws IOException if the connection breaks
   */
  boolean run(String line, Consumer<String> output) throws IOException;

  /** {@return whether it has closed the connection} */
  boolean isGone();

  /** The words that a line could end with, as {@link org.ballastvm.vmm.monitor.Completion} has them. */
  List<String> completions(String line) throws IOException;

  /** Whether an answer reports a mistake: monitors have no other way to say so than their words. */
  static boolean isError(String answer) {
    return answer.startsWith("Error: ") || answer.startsWith("unknown command: ") || answer.startsWith("Try \"help ")
        || answer.contains("\nError: ") || answer.contains("\nTry \"help ");
  }

  /** Whether a line asks the machine to end, so that no answer is one. */
  static boolean isFarewell(String line) {
    return line.strip().equals("quit") || line.strip().equals("q");
  }

  /** What {@code help} lists, for completion where the far end has no other. */
  final class HelpWords {
    private final List<String> commands;
    private final List<String> topics;

    HelpWords(String help, String helpOfInfo) {
      commands = words(help, "");
      topics = words(helpOfInfo, "info ");
    }

    private static List<String> words(String help, String prefix) {
      return help.lines().filter(line -> line.startsWith(prefix) && line.contains(" -- "))
          .map(line -> line.substring(prefix.length()).split(" ", 2)[0])
          .flatMap(names -> List.of(names.split("\\|")).stream())
          .filter(name -> !name.isEmpty()).toList();
    }

    List<String> completions(String line) {
      int space = line.lastIndexOf(' ');
      String last = line.substring(space + 1);
      List<String> candidates = switch (line.substring(0, space + 1).strip()) {
        case "", "help", "?" -> commands;
        case "info", "help info", "? info" -> topics;
        default -> List.of();
      };
      return candidates.stream().filter(word -> word.startsWith(last)).distinct().sorted().toList();
    }
  }
}
