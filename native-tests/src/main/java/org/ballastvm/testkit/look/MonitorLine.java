package org.ballastvm.testkit.look;

import java.util.function.UnaryOperator;
import org.ballastvm.rig.RigError;

/** Gives a guest's human monitor lines, each of which it may refuse. */
final class MonitorLine {
  private final UnaryOperator<String> monitor;

  /**
   * For a monitor.
   *
   * @param monitor takes a line, and returns the answer
   */
  MonitorLine(UnaryOperator<String> monitor) { this.monitor = monitor; }

  /**
   * Asks.
   *
   * @return the answer
   * @throws RigError with what the monitor says if it refuses
   */
  String ask(String line) {
    String answer = monitor.apply(line);
    if (answer.startsWith("Error: ") || answer.startsWith("unknown command: ") || answer.contains("\nTry \"help ")) {
      throw answered(line, answer);
    }
    return answer;
  }

  /** The same, of a line that is answered by nothing. */
  void run(String line) {
    String answer = ask(line);
    if (!answer.isBlank()) {
      throw answered(line, answer);
    }
  }

  private static RigError answered(String line, String answer) {
    return new RigError("'" + line + "' was answered: " + answer);
  }
}
