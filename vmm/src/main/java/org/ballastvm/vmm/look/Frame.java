package org.ballastvm.vmm.look;

/**
 * A frame of a stack.
 *
 * @param address the instruction, or where a call returns to
 * @param symbol that address as the kernel writes it, {@code name+0xoffset/0xsize [module]}; in hexadecimal where no symbol is known
 */
public record Frame(long address, String symbol) {
  /** {@return the function alone; the address where none is known} */
  public String function() {
    int plus = symbol.indexOf('+');
    return plus < 0 ? symbol : symbol.substring(0, plus);
  }
}
