package org.ballastvm.vmm.look;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongFunction;

/**
 * Walks stacks, as arch/x86/kernel/unwind_orc.c does. Where no ORC entry is known, frame pointers are followed. A stack that
 * leads nowhere ends there.
 */
final class Unwinder {
  /** The kernel's own stacks have less. */
  static final int MOST_FRAMES = 128;
  private static final int PREV_SP = 1;
  private static final int DX = 2;
  private static final int DI = 3;
  private static final int BP = 4;
  private static final int SP = 5;
  private static final int R10 = 6;
  private static final int R13 = 7;
  private static final int BP_INDIRECT = 8;
  private static final int SP_INDIRECT = 9;
  /** struct pt_regs, asm/ptrace.h. */
  private static final int REGS_R13 = 16;
  private static final int REGS_BP = 32;
  private static final int REGS_R10 = 56;
  private static final int REGS_DX = 96;
  private static final int REGS_DI = 112;
  private static final int REGS_IP = 128;
  private static final int FRAME_CS = 8;
  private static final int FRAME_SP = 24;
  private static final int USER = 3;

  private final KernelMemory memory;
  private final OrcLayout layout;
  private final LongFunction<OrcTable> tables;

  /**
   * An unwinder.
   *
   * @param layout what entries mean
   * @param tables by address of code; {@link OrcTable#NONE} for one that has none
   */
  Unwinder(KernelMemory memory, OrcLayout layout, LongFunction<OrcTable> tables) {
    this.memory = memory;
    this.layout = layout;
    this.tables = tables;
  }

  /** The addresses of a stack, the innermost first; those of returns point behind the call. */
  List<StackRegisters> walk(StackRegisters from) {
    List<StackRegisters> frames = new ArrayList<>();
    Optional<StackRegisters> next = Optional.of(from);
    while (next.isPresent() && frames.size() < MOST_FRAMES && next.get().ip() < 0) {
      frames.add(next.get());
      next = step(next.get());
    }
    return List.copyOf(frames);
  }

  private Optional<StackRegisters> step(StackRegisters at) {
    try {
      long code = at.interrupted() ? at.ip() : at.ip() - 1;
      OptionalLong entry = tables.apply(code).entryFor(memory, code);
      return entry.isPresent() ? byOrc(at, memory.bytes(entry.getAsLong(), OrcTable.ENTRY_BYTES)) : byFramePointer(at);
    } catch (Unreadable e) {
      return Optional.empty();
    }
  }

  /** A frame's bp points to the caller's, and the return address is behind that; frames go up. */
  private Optional<StackRegisters> byFramePointer(StackRegisters at) {
    if (at.bp() - at.sp() < 0 || at.bp() - at.sp() > 1 << 16) {
      return Optional.empty();
    }
    return Optional.of(at.caller(memory.u64(at.bp() + 8), at.bp() + 16, memory.u64(at.bp())));
  }

  private Optional<StackRegisters> byOrc(StackRegisters at, byte[] entry) {
    int spOffset = (short) KernelMemory.getShort(entry, 0);
    int bpOffset = (short) KernelMemory.getShort(entry, 2);
    int flags = KernelMemory.getShort(entry, 4);
    OptionalLong sp = stack(at, flags & 0xf, spOffset);
    if (sp.isEmpty()) {
      return Optional.empty();
    }
    long top = sp.getAsLong();
    return switch (layout.kind(flags)) {
      case UNDEFINED, END -> Optional.empty();
      case CALL -> Optional.of(at.caller(memory.u64(top - 8), top, frame(at, top, flags >>> 4 & 0xf, bpOffset)));
      case REGISTERS -> registers(top);
      case INTERRUPT_FRAME -> interrupted(top, frame(at, top, flags >>> 4 & 0xf, bpOffset));
    };
  }

  private OptionalLong stack(StackRegisters at, int register, int offset) {
    return switch (register) {
      case SP -> OptionalLong.of(at.sp() + offset);
      case BP -> OptionalLong.of(at.bp() + offset);
      case SP_INDIRECT -> OptionalLong.of(memory.u64(at.sp()) + offset);
      case BP_INDIRECT -> OptionalLong.of(memory.u64(at.bp() + offset));
      case R10 -> OptionalLong.of(at.r10());
      case R13 -> OptionalLong.of(at.r13());
      case DI -> OptionalLong.of(at.di());
      case DX -> OptionalLong.of(at.dx());
      default -> OptionalLong.empty();
    };
  }

  private long frame(StackRegisters at, long top, int register, int offset) {
    return switch (register) {
      case PREV_SP -> memory.u64(top + offset);
      case BP -> memory.u64(at.bp() + offset);
      default -> at.bp();
    };
  }

  private Optional<StackRegisters> registers(long at) {
    return interrupted(at + REGS_IP, memory.u64(at + REGS_BP)).map(all -> new StackRegisters(all.ip(), all.sp(),
        all.bp(), memory.u64(at + REGS_R10), memory.u64(at + REGS_R13), memory.u64(at + REGS_DI),
        memory.u64(at + REGS_DX), true));
  }

  /** By the frame that the processor pushes. The user's stack is not ours to walk. */
  private Optional<StackRegisters> interrupted(long at, long bp) {
    if ((memory.u64(at + FRAME_CS) & USER) != 0) {
      return Optional.empty();
    }
    return Optional.of(new StackRegisters(memory.u64(at), memory.u64(at + FRAME_SP), bp, 0, 0, 0, 0, true));
  }
}
