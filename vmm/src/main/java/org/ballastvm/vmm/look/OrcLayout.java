package org.ballastvm.vmm.look;

import java.util.OptionalInt;

/**
 * What the bits of an ORC entry mean: arch/x86/include/asm/orc_types.h, which changed with Linux 6.3 and 6.4.
 *
 * @param typeShift where the type begins in the entry's last two bytes
 * @param typeBits how wide it is
 * @param endBit which bit ends a stack; none since 6.4, where that is a type
 */
record OrcLayout(int typeShift, int typeBits, OptionalInt endBit) {
  /** What a frame is. */
  enum Kind {
    /** Nothing is known. */
    UNDEFINED,
    /** The last. */
    END,
    /** A call: the return address is below the caller's stack. */
    CALL,
    /** An exception: all registers lie on the stack. */
    REGISTERS,
    /** The part of them that the processor pushes. */
    INTERRUPT_FRAME
  }

  private static final int FLAGS = 32;

  static OrcLayout of(Btf types) {
    int type = types.bits("orc_entry", "type").orElseThrow(() -> new Unreadable("the kernel's orc_entry has no type"));
    OptionalInt signal = types.bits("orc_entry", "signal");
    OptionalInt end = types.bits("orc_entry", "end");
    int next = signal.orElse(end.orElse(type + 3));
    return new OrcLayout(type - FLAGS, Math.clamp(next - type, 2, 3),
        end.isPresent() ? OptionalInt.of(end.getAsInt() - FLAGS) : OptionalInt.empty());
  }

  Kind kind(int flags) {
    int type = flags >>> typeShift & (1 << typeBits) - 1;
    if (endBit.isPresent()) {
      return (flags >>> endBit.getAsInt() & 1) != 0
          ? Kind.END
          : switch (type) {
            case 0 -> Kind.CALL;
            case 1 -> Kind.REGISTERS;
            case 2 -> Kind.INTERRUPT_FRAME;
            default -> Kind.UNDEFINED;
          };
    }
    return type < Kind.values().length ? Kind.values()[type] : Kind.UNDEFINED;
  }
}
