package org.ballastvm.rig;

import java.util.List;

/** Words for the command line of a rig's kernel. */
final class KernelArguments {
  private KernelArguments() {}

  /**
   * Checks them.
   *
   * @return an immutable copy
   * @throws IllegalArgumentException if one is no word of ASCII
   */
  static List<String> checked(List<String> arguments) {
    for (String argument : arguments) {
      if (!argument.matches("[!-~]+")) {
        throw new IllegalArgumentException("a kernel argument is a word of ASCII, not \"" + argument + "\"");
      }
    }
    return List.copyOf(arguments);
  }
}
