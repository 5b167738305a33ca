package org.ballastvm.vmm.look;

/**
 * Where the kernel's image lies, wherever KASLR has put it.
 *
 * @param start its first address, of 2 MiB
 * @param end behind the last that it may have
 */
record KernelImage(long start, long end) {
  /** Where an image may lie: Documentation/arch/x86/x86_64/mm.rst. */
  static final long LOWEST = 0xffff_ffff_8000_0000L;
  static final long HIGHEST = 0xffff_ffff_c000_0000L;
  private static final long STEP = 2 << 20;
  private static final long MOST_TEXT = 64 << 20;
  private static final long MOST = 192 << 20;
  private static final int EXCEPTIONS = 32;
  private static final int GATE_BYTES = 16;
  private static final long PRESENT = 1L << 47;

  /**
   * Finds it by where the processor goes for an exception, or for a system call.
   *
   * @param idt linear address of the interrupt descriptor table
   * @param lstar MSR_LSTAR; 0 if it is not known
   */
  static KernelImage find(KernelMemory memory, long idt, long lstar) {
    byte[] gate = new byte[GATE_BYTES];
    for (int i = 0; i < EXCEPTIONS; i++) {
      if (memory.tryRead(idt + (long) i * GATE_BYTES, gate, GATE_BYTES)) {
        long low = KernelMemory.getLong(gate, 0);
        long handler = low & 0xffff | low >>> 32 & 0xffff_0000L | KernelMemory.getLong(gate, 8) << 32;
        if ((low & PRESENT) != 0 && isWithin(handler)) {
          return around(memory, handler);
        }
      }
    }
    if (isWithin(lstar)) {
      return around(memory, lstar);
    }
    throw new Unreadable("no 64-bit Linux runs: neither the IDT at %#x nor MSR_LSTAR (%#x) leads to a kernel"
        .formatted(idt, lstar));
  }

  private static boolean isWithin(long address) { return address >= LOWEST && address < HIGHEST; }

  /** What is below _text is not mapped. */
  private static KernelImage around(KernelMemory memory, long handler) {
    byte[] one = new byte[1];
    long start = handler & -STEP;
    while (handler - start < MOST_TEXT && start - STEP >= LOWEST && memory.tryRead(start - STEP, one, 1)) {
      start -= STEP;
    }
    return new KernelImage(start, Math.min(start + MOST, HIGHEST));
  }

  boolean contains(long address) { return address >= start && address < end; }
}
