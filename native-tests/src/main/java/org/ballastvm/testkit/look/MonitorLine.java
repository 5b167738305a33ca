package org.ballastvm.testkit.look;

import java.util.function.UnaryOperator;
import org.ballastvm.rig.RigError;

/** Lines for a monitor that may refuse them. */
final class MonitorLine {
  private MonitorLine() {}

  /**
   * Asks.
   *
   * @return the answer
   * @throws RigError with what the monitor says if it refuses
   */
  static String ask(UnaryOperator<String> monitor, String line) {
    String answer = monitor.apply(line);
    if (answer.startsWith("Error:")) {
      throw new RigError(line + ": " + answer.strip());
    }
    return answer;
  }

  /** The same, of a line that answers nothing. */
  static void run(UnaryOperator<String> monitor, String line) {
    String answer = ask(monitor, line);
    if (!answer.isBlank()) {
      throw new RigError(line + ": " + answer.strip());
    }
  }
}
