package org.ballastvm.kvm;

import static org.ballastvm.kvm.Fields.set32;
import static org.ballastvm.kvm.Fields.set64;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.ballastvm.kvm.generated.Offsets.kvm_irq_level;

/**
 * The arguments of system calls that are made all the time, written once: where nothing is compiled yet, to find a thread's
 * scratch memory and to fill it takes as long as the call.
 */
final class FixedArguments {
  /** Pins of the I/O APIC, which are all that a level is set of. */
  private static final int PINS = 24;
  private static final long LEVEL_BYTES = kvm_irq_level.SIZE;
  private static final int LEVELS = 2;

  /** Where a one of eight bytes is. */
  static final long ONE = one();
  private static final long IRQ_LEVELS = irqLevels();

  private FixedArguments() {}

  /** Where a {@code struct kvm_irq_level} is for a pin. */
  static long irqLevel(int gsi, boolean high) {
    return IRQ_LEVELS + (Objects.checkIndex(gsi, PINS) * LEVELS + (high ? 1 : 0)) * LEVEL_BYTES;
  }

  private static long one() {
    MemorySegment one = Arena.global().allocate(Long.BYTES, Long.BYTES);
    set64(one, 0, 1);
    return one.address();
  }

  private static long irqLevels() {
    MemorySegment all = Arena.global().allocate(PINS * LEVELS * LEVEL_BYTES, Long.BYTES);
    for (int i = 0; i < PINS * LEVELS; i++) {
      set32(all, i * LEVEL_BYTES + kvm_irq_level.irq, i / LEVELS);
      set32(all, i * LEVEL_BYTES + kvm_irq_level.level, i % LEVELS);
    }
    return all.address();
  }
}
