package org.ballastvm.vmm.device;

import java.util.function.IntConsumer;
import org.ballastvm.vmm.bus.BusDevice;

/**
 * The registers by which a guest learns that devices come to PCI slots or are asked to go, and lets them go. QEMU's
 * docs/specs/acpi_pci_hotplug has the layout; each register is a dword of one bit for each slot.
 *
 * <pre>
 * 0x00  r   came: there is a new device in the slot; cleared by the read
 * 0x04  r   asked to go: the host wants the device back; cleared by the read
 * 0x08  w   eject: the guest lets the device go
 * 0x08  r   features beyond these: none
 * 0x0c  r   slots whose device can go
 * 0x10  rw  which bus the registers above are of: 0; others have no slots
 * </pre>
 *
 * <p>
 * Unlike QEMU's, a wish to have a device back is read once: a guest that is slow to eject would otherwise be notified again
 * with every other device that comes or goes, and eject what has come to the slot meanwhile.
 */
public final class PciHotplug implements BusDevice {
  private static final int CAME = 0x00;
  private static final int ASKED_TO_GO = 0x04;
  private static final int EJECT = 0x08;
  private static final int CAN_GO = 0x0c;
  private static final int BUS = 0x10;
  /** All but slot 0, the host bridge. */
  private static final int REMOVABLE = ~1;

  /**
   * Of what the guest is to be notified, a bit for each slot.
   *
   * @param came slots with a new device
   * @param askedToGo slots whose device should go
   * @param bus which bus the guest reads of
   */
  public record State(int came, int askedToGo, int bus) {}

  /** Nothing. */
  public static final State POWER_ON = new State(0, 0, 0);

  private final IntConsumer eject;
  private int came;
  private int askedToGo;
  private int bus;

  /**
   * Registers with nothing to notify a guest of.
   *
   * @param eject is given each slot, 1 to 31, that the guest lets go, on the vCPU's thread; there may be no device in it
   */
  public PciHotplug(IntConsumer eject) { this.eject = eject; }

  /**
   * Has something to notify the guest of: a device came.
   *
   * @param slot 1 to 31
   */
  public synchronized void came(int slot) { came |= 1 << slot; }

  /**
   * Has something to notify the guest of: a device should go.
   *
   * @param slot 1 to 31
   */
  public synchronized void askedToGo(int slot) { askedToGo |= 1 << slot; }

  /**
   * Has nothing more to notify the guest of in a slot, as its device is gone.
   *
   * @param slot 1 to 31
   */
  public synchronized void gone(int slot) {
    came &= ~(1 << slot);
    askedToGo &= ~(1 << slot);
  }

  /** Forgets all that the guest was to be notified of: a guest that starts looks for devices itself. */
  public synchronized void reset() {
    restore(POWER_ON);
  }

  /** {@return of what the guest is to be notified} */
  public synchronized State state() {
    return new State(came, askedToGo, bus);
  }

  /**
   * Makes the registers what they were.
   *
   * @param state of these registers or others
   */
  public synchronized void restore(State state) {
    came = state.came();
    askedToGo = state.askedToGo();
    bus = state.bus();
  }

  @Override
  public synchronized long read(long offset, int sizeBytes) {
    if (sizeBytes != Integer.BYTES) {
      return 0;
    }
    if (offset == BUS) {
      return Integer.toUnsignedLong(bus);
    }
    if (bus != 0) {
      return 0;
    }
    int value = 0;
    if (offset == CAME) {
      value = came;
      came = 0;
    } else if (offset == ASKED_TO_GO) {
      value = askedToGo;
      askedToGo = 0;
    } else if (offset == CAN_GO) {
      value = REMOVABLE;
    }
    return Integer.toUnsignedLong(value);
  }

  @Override
  public void write(long offset, int sizeBytes, long value) {
    if (sizeBytes != Integer.BYTES) {
      return;
    }
    int slots;
    synchronized (this) {
      if (offset == BUS) {
        bus = (int) value;
      }
      slots = offset == EJECT && bus == 0 ? (int) value & REMOVABLE : 0;
    }
    for (; slots != 0; slots &= slots - 1) {
      eject.accept(Integer.numberOfTrailingZeros(slots));
    }
  }
}
