package org.ballastvm.vmm.command;

import java.util.List;

/** A word behind {@code ballast} that is not an option: {@code demo}, {@code doctor}. Modules provide them as services. */
public interface SubCommand {
  /** {@return the word} */
  String name();

  /** {@return what it does, in one line; empty for one that the build alone uses, which help does not list} */
  String summary();

  /**
   * Does it.
   *
   * @param arguments what stands behind the word
   * @return the exit status of the process
   * @throws org.ballastvm.vmm.config.UserError for arguments that make no sense
   */
  int run(List<String> arguments);
}
