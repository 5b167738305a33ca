package org.ballastvm.kvm;

import static org.ballastvm.kvm.Fields.set32;
import static org.ballastvm.kvm.Fields.set64;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.ballastvm.kvm.generated.Host;
import org.ballastvm.kvm.generated.Offsets.kvm_guest_debug;

/**
 * How a vCPU is debugged from outside of its guest: {@code struct kvm_guest_debug}, asm/kvm.h. While it is, the processor has
 * these debug registers, and the guest's own have no effect.
 *
 * @param breakpoints an {@code int3} of the guest, whosever it is, is an {@link Exit.Debug}
 * @param step after each instruction
 * @param watches at most {@link #MOST_WATCHES}
 * @param injected an exception that the guest takes next
 */
public record GuestDebug(boolean breakpoints, Step step, List<Watch> watches, Injected injected) {
  /** How many debug registers hold an address. */
  public static final int MOST_WATCHES = 4;
  /** Nobody debugs it. */
  public static final GuestDebug OFF = new GuestDebug(false, Step.NONE, List.of(), Injected.NONE);

  /** Bit 10 always reads as one; bit 9 has breakpoints be exact: Intel SDM volume 3, 19.2.4. */
  private static final long DR7_BASE = 0x600;
  private static final int DR7 = 7;

  /** Whether it stops after each instruction. */
  public enum Step {
    /** It runs on. */
    NONE(0),
    /** An {@link Exit.Debug} follows each instruction. */
    EACH(Host.KVM_GUESTDBG_SINGLESTEP()),
    /** The same, and no interrupt is taken; for a host that has {@link #blocksInterrupts}. */
    EACH_WITHOUT_INTERRUPTS(Host.KVM_GUESTDBG_SINGLESTEP() | Host.KVM_GUESTDBG_BLOCKIRQ());

    private final int control;

    Step(int control) { this.control = control; }
  }

  /** An exception that was the guest's own, and is given back to it. */
  public enum Injected {
    /** None. */
    NONE(0),
    /** #DB. */
    DEBUG(Host.KVM_GUESTDBG_INJECT_DB()),
    /** #BP, of an {@code int3} that the guest stands at. */
    BREAKPOINT(Host.KVM_GUESTDBG_INJECT_BP());

    private final int control;

    Injected(int control) { this.control = control; }
  }

  /** What a debug register watches for; the codes are those of its field R/W. */
  public enum Access {
    /** An instruction that begins there is about to be carried out. */
    EXECUTE(0),
    /** Something was written. */
    WRITE(1),
    /** Something was read or written. */
    ANY(3);

    private final int code;

    Access(int code) { this.code = code; }
  }

  /**
   * What one debug register watches.
   *
   * @param access for what
   * @param address linear, a multiple of the length
   * @param lengthBytes 1, 2, 4 or 8; 1 to watch for instructions
   */
  public record Watch(Access access, long address, int lengthBytes) {
    /** Checks that the processor has it. */
    public Watch {
      if (!isPossible(access, address, lengthBytes)) {
        throw new IllegalArgumentException("no debug register watches " + lengthBytes + " bytes at 0x"
            + Long.toHexString(address) + " for " + access);
      }
    }

    /**
     * Whether a debug register can.
     *
     * @param access for what
     * @param address linear; any number
     * @param lengthBytes any number
     * @return whether it can
     */
    public static boolean isPossible(Access access, long address, long lengthBytes) {
      return access == Access.EXECUTE
          ? lengthBytes == 1
          : lengthBytes >= 1 && lengthBytes <= 8 && Long.bitCount(lengthBytes) == 1
              && (address & lengthBytes - 1) == 0;
    }

    /**
     * As many as it takes to watch a range.
     *
     * @param access for what
     * @param address linear; any number
     * @param lengthBytes above zero; 1 to watch for instructions
     * @return those, in the order of their addresses; more than a processor has, it may be
     */
    public static List<Watch> covering(Access access, long address, long lengthBytes) {
      List<Watch> parts = new ArrayList<>();
      for (long at = address; at - address < lengthBytes && parts.size() <= MOST_WATCHES;) {
        int length = access == Access.EXECUTE ? 1 : Long.BYTES;
        while (length > address + lengthBytes - at || !isPossible(access, at, length)) {
          length /= 2;
        }
        parts.add(new Watch(access, at, length));
        at += length;
      }
      return parts;
    }

    /** Field LEN: 8 bytes came later than 4, and have a code of their own. */
    private int lengthCode() {
      return switch (lengthBytes) {
        case 1 -> 0;
        case 2 -> 1;
        case 4 -> 3;
        default -> 2;
      };
    }
  }

  /** Copies the list. */
  public GuestDebug {
    watches = List.copyOf(watches);
    if (watches.size() > MOST_WATCHES) {
      throw new IllegalArgumentException(watches.size() + " watches: a processor has 4");
    }
  }

  /** {@return whether nobody debugs it; each start asks, and equals() of a record is made anew in each process} */
  public boolean isOff() {
    return !breakpoints && step == Step.NONE && watches.isEmpty() && injected == Injected.NONE;
  }

  /**
   * The same, with an exception for the guest.
   *
   * @param exception which
   * @return the same otherwise
   */
  public GuestDebug injecting(Injected exception) { return new GuestDebug(breakpoints, step, watches, exception); }

  /**
   * Whether a host can keep interrupts from a guest that is stepped: since Linux 5.15.
   *
   * @param controls what the host answers for {@link KvmCap#SET_GUEST_DEBUG2}
   * @return whether it can
   */
  public static boolean blocksInterrupts(int controls) { return (controls & Host.KVM_GUESTDBG_BLOCKIRQ()) != 0; }

  private long control7() {
    long dr7 = DR7_BASE;
    for (int i = 0; i < watches.size(); i++) {
      Watch watch = watches.get(i);
      dr7 |= 2L << 2 * i | (long) (watch.access.code | watch.lengthCode() << 2) << 16 + 4 * i;
    }
    return dr7;
  }

  void write(MemorySegment memory) {
    int control = step.control | injected.control | (breakpoints ? Host.KVM_GUESTDBG_USE_SW_BP() : 0)
        | (watches.isEmpty() ? 0 : Host.KVM_GUESTDBG_USE_HW_BP());
    // Without "enable" KVM refuses to inject.
    set32(memory, kvm_guest_debug.control, control == 0 ? 0 : control | Host.KVM_GUESTDBG_ENABLE());
    for (int i = 0; i < watches.size(); i++) {
      set64(memory, kvm_guest_debug.arch + 8L * i, watches.get(i).address);
    }
    set64(memory, kvm_guest_debug.arch + 8L * DR7, watches.isEmpty() ? 0 : control7());
  }
}
