package org.ballastvm.vmm.look;

/**
 * A symbol of a guest's kernel.
 *
 * @param name the function or variable
 * @param address where it begins
 * @param sizeBytes up to the next; 0 if that is not known
 * @param code whether it is a function
 * @param module whose it is; empty for the kernel's own
 */
public record KernelSymbol(String name, long address, long sizeBytes, boolean code, String module) {
  /** Takes symbols. */
  @FunctionalInterface
  public interface Taker {
    /**
     * One of them.
     *
     * @param symbol it
     */
    void symbol(KernelSymbol symbol);
  }

  /** By the letter that nm has for it. */
  static boolean isCode(char type) {
    return type == 't' || type == 'T' || type == 'w' || type == 'W';
  }
}
