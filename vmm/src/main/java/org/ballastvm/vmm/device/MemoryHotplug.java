package org.ballastvm.vmm.device;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.ballastvm.vmm.bus.BusDevice;

/**
 * The registers by which a guest learns that DIMMs come to slots or are asked to go, reports what became of it, and lets
 * them go. They are about one slot at a time, the selected one. QEMU's docs/specs/acpi_mem_hotplug has the layout.
 *
 * <pre>
 * 0x00  dword  w   selected slot
 * 0x00  dword  r   address, low half         0x04  dword  r   high half
 * 0x08  dword  r   length, low half          0x0c  dword  r   high half
 * 0x10  dword  r   proximity domain
 * 0x14  byte   r   bit 0: there is a DIMM, 1: it came, 2: it is asked to go
 * 0x04  dword  w   _OST: event
 * 0x08  dword  w   _OST: status, which completes it
 * 0x14  byte   w   bit 1: seen that it came, 2: seen that it is asked to go, 3: eject
 * </pre>
 *
 * <p>
 * For a slot out of range, reads return all ones and writes are ignored.
 */
public final class MemoryHotplug implements BusDevice {
  private static final int SELECTED = 0x00;
  private static final int ADDRESS_HIGH = 0x04;
  private static final int LENGTH_LOW = 0x08;
  private static final int LENGTH_HIGH = 0x0c;
  private static final int PROXIMITY = 0x10;
  private static final int FLAGS = 0x14;
  private static final int OST_EVENT = 0x04;
  private static final int OST_STATUS = 0x08;
  private static final int PRESENT = 1;
  private static final int CAME = 1 << 1;
  private static final int ASKED_TO_GO = 1 << 2;
  private static final int EJECT = 1 << 3;

  private final Slot[] slots;
  private final Guest guest;
  private long selected;

  /** What the guest does, called on a vCPU's thread. */
  public interface Guest {
    /**
     * It lets a DIMM go. Called once for each: an empty slot is not ejected.
     *
     * @param slot whose
     */
    void ejected(int slot);

    /**
     * Whether a DIMM stays that the guest ejects, as something goes wrong. Called with the registers' lock.
     *
     * @param slot whose
     * @return true if it stays
     */
    default boolean keeps(int slot) { return false; }

    /**
     * Whether the guest is notified once more of what it has just seen, as something goes wrong. Called with the registers'
     * lock.
     *
     * @param slot whose
     * @return true if it is
     */
    default boolean notifiesAgain(int slot) { return false; }

    /**
     * It reports what became of an event. ACPI 6.5, 6.3.5.
     *
     * @param slot whose
     * @param event the event: 1 for a DIMM that came, 3 for one that should go, 0x103 as it goes
     * @param status what became of it; 0 is success
     */
    void reported(int slot, long event, long status);
  }

  /**
   * A slot.
   *
   * @param base guest physical address of its DIMM; 0 if it is empty
   * @param sizeBytes the DIMM's size
   * @param node its proximity domain
   * @param flags as the guest reads them
   * @param event the event that the guest was about to speak of
   */
  public record Slot(long base, long sizeBytes, int node, int flags, long event) {
    static final Slot EMPTY = new Slot(0, 0, 0, 0, 0);

    private Slot with(int newFlags) { return new Slot(base, sizeBytes, node, newFlags, event); }

    private Slot about(long newEvent) { return new Slot(base, sizeBytes, node, flags, newEvent); }

    private Slot afterReset() { return with(flags & PRESENT).about(0); }
  }

  /**
   * What is in the slots, and of what the guest is to be notified.
   *
   * @param selected which slot the registers are about, 32 bits
   * @param slots all of them
   */
  public record State(long selected, List<Slot> slots) {
    /** Keeps a copy. */
    public State {
      slots = List.copyOf(slots);
    }

    /**
     * All are empty.
     *
     * @param slotCount how many there are
     * @return the state after power-on
     */
    public static State powerOn(int slotCount) { return new State(0, Collections.nCopies(slotCount, Slot.EMPTY)); }

    /** A guest that starts looks for DIMMs itself. */
    State afterReset() {
      List<Slot> kept = new ArrayList<>();
      for (Slot slot : slots) {
        kept.add(slot.afterReset());
      }
      return new State(0, kept);
    }
  }

  /**
   * Registers of empty slots.
   *
   * @param slotCount 1 to 256
   * @param guest is called for what the guest does
   */
  public MemoryHotplug(int slotCount, Guest guest) {
    this.guest = guest;
    slots = new Slot[slotCount];
    restore(State.powerOn(slotCount));
  }

  /**
   * A DIMM is in a slot.
   *
   * @param slot which
   * @param base its guest physical address
   * @param sizeBytes its size
   * @param node its proximity domain
   * @param announce whether the guest is to be notified that it came; it finds one that was there before it started
   */
  public synchronized void came(int slot, long base, long sizeBytes, int node, boolean announce) {
    slots[slot] = new Slot(base, sizeBytes, node, PRESENT | (announce ? CAME : 0), slots[slot].event);
  }

  /**
   * Has something to notify the guest of: a DIMM should go.
   *
   * @param slot which
   */
  public synchronized void askedToGo(int slot) { slots[slot] = slots[slot].with(slots[slot].flags | ASKED_TO_GO); }

  /**
   * A slot is empty.
   *
   * @param slot which
   */
  public synchronized void gone(int slot) { slots[slot] = Slot.EMPTY; }

  /** Forgets all that the guest was to be notified of: a guest that starts looks for DIMMs itself. */
  public synchronized void reset() {
    restore(state().afterReset());
  }

  /** {@return what is in the slots, and of what the guest is to be notified} */
  public synchronized State state() {
    return new State(selected, List.of(slots));
  }

  /**
   * Makes the registers what they were.
   *
   * @param state of these registers, or others with as many slots
   */
  public synchronized void restore(State state) {
    selected = state.selected();
    for (int i = 0; i < slots.length; i++) {
      slots[i] = state.slots().get(i);
    }
  }

  @Override
  public synchronized long read(long offset, int sizeBytes) {
    if (selected >= slots.length) {
      return -1;
    }
    Slot slot = slots[(int) selected];
    if (offset == FLAGS) {
      return slot.flags;
    }
    if (sizeBytes != Integer.BYTES) {
      return -1;
    }
    return 0xffff_ffffL & switch ((int) offset) {
      case SELECTED -> slot.base;
      case ADDRESS_HIGH -> slot.base >>> Integer.SIZE;
      case LENGTH_LOW -> slot.sizeBytes;
      case LENGTH_HIGH -> slot.sizeBytes >>> Integer.SIZE;
      case PROXIMITY -> slot.node;
      default -> -1;
    };
  }

  @Override
  public void write(long offset, int sizeBytes, long value) {
    int slot;
    long event;
    boolean ejects = false;
    synchronized (this) {
      if (offset == SELECTED && sizeBytes == Integer.BYTES) {
        selected = value & 0xffff_ffffL;
        return;
      }
      if (selected >= slots.length) {
        return;
      }
      slot = (int) selected;
      Slot it = slots[slot];
      event = offset == OST_EVENT ? value : it.event;
      if (offset == OST_EVENT) {
        slots[slot] = it.about(value);
      } else if (offset == FLAGS && !goesWrong(it, slot, value)) {
        // The guest looks at once whether what it ejected is gone, before the event loop has seen to that.
        ejects = (value & EJECT) != 0 && (it.flags & PRESENT) != 0;
        slots[slot] = it.with(it.flags & ((value & EJECT) != 0 ? 0 : (int) ~(value & (CAME | ASKED_TO_GO))));
      }
    }
    if (offset == OST_STATUS) {
      guest.reported(slot, event, value);
    } else if (ejects) {
      guest.ejected(slot);
    }
  }

  private boolean goesWrong(Slot it, int slot, long value) {
    return (it.flags & PRESENT) != 0
        && ((value & EJECT) != 0
            ? guest.keeps(slot)
            : (it.flags & value & (CAME | ASKED_TO_GO)) != 0
                && guest.notifiesAgain(slot));
  }
}
