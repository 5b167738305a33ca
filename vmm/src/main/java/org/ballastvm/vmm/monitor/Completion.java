package org.ballastvm.vmm.monitor;

import java.util.Arrays;
import java.util.List;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.machine.Machine;

/** How a line that somebody types at a human monitor could go on. */
public final class Completion {
  private Completion() {}

  /**
   * The words that a line could end with.
   *
   * @param vm the machine; on its event loop
   * @param line what stands before the cursor
   * @return what the last word of it, which is empty behind a space, could become; sorted, each begins with that word.
   *         One that ends in {@code =}, {@code ,} or {@code /} goes on: no space belongs behind it
   */
  public static List<String> of(Machine vm, String line) {
    int space = line.lastIndexOf(' ');
    String last = line.substring(space + 1);
    List<String> before = Arrays.stream(line.substring(0, space + 1).split("\\s+")).filter(word -> !word.isEmpty())
        .toList();
    try {
      List<String> all = Commands.ALL.completions(vm, before, last);
      return all.stream().filter(word -> word.startsWith(last)).distinct().sorted().toList();
    } catch (UserError nothingOfThatName) {
      return List.of();
    }
  }

  /** Whether the word is whole, and a space belongs behind it. */
  static boolean isWhole(String word) {
    return !word.endsWith("=") && !word.endsWith(",") && !word.endsWith("/");
  }
}
