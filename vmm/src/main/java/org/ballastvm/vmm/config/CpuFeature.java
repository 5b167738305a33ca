package org.ballastvm.vmm.config;

/**
 * A bit of CPUID that says what a processor can do.
 *
 * @param function EAX on entry
 * @param index ECX on entry, 0 where it does not matter
 * @param register the answer's register
 * @param bit in it, 0 to 31
 */
public record CpuFeature(int function, int index, Register register, int bit) {
  /** A register of the answer. */
  public enum Register {
    /** The first. */
    EAX,
    /** The second. */
    EBX,
    /** The third. */
    ECX,
    /** The fourth. */
    EDX
  }

  /** {@return the bit alone} */
  public int mask() { return 1 << bit; }

  /** {@return where it is, in QEMU's words, such as {@code CPUID.07H:EBX [bit 16]}} */
  public String place() {
    String subleaf = index == 0 ? "" : "_%02XH".formatted(index);
    return "CPUID.%02XH%s:%s [bit %d]".formatted(function, subleaf, register, bit);
  }
}
