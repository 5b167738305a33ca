package org.ballastvm.testkit.look;

import java.util.List;

/**
 * Who wrote to a watched address.
 *
 * @param what the processor, what runs there, and where: the monitor's line
 * @param stack the kernel's, the innermost first, by name
 */
public record AddressWriter(String what, List<String> stack) {
  /** Copies the list. */
  public AddressWriter {
    stack = List.copyOf(stack);
  }
}
