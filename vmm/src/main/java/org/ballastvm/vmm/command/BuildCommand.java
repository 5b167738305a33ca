package org.ballastvm.vmm.command;

import java.util.List;

/**
 * A word behind {@code ballast} that only the build uses. It is no {@link SubCommand}: help does without it, and picocli does
 * not split its words, as the training would then keep classes for each start that no start uses.
 */
public interface BuildCommand {
  /** {@return the word} */
  String name();

  /**
   * Does it.
   *
   * @param arguments what stands behind the word
   * @return the exit status of the process
   */
  int run(List<String> arguments);
}
