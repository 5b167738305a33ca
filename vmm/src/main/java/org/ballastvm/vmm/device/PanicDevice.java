package org.ballastvm.vmm.device;

import org.ballastvm.vmm.bus.BusDevice;

/**
 * pvpanic: a port by which a guest's kernel reports that it has panicked. QEMU's docs/specs/pvpanic has the layout: one byte
 * that reads as the events there are, and to which the guest writes the one that has happened.
 */
public final class PanicDevice implements BusDevice {
  /** The guest has panicked. */
  public static final int PANICKED = 1;
  /** The guest has panicked, and its crash kernel takes over. */
  public static final int CRASH_LOADED = 2;

  /** All events there are. */
  public static final int EVENTS = PANICKED | CRASH_LOADED;

  /** Called for a panic, on the vCPU's thread. */
  public interface Listener {
    /** The guest has panicked. */
    void panicked();

    /** The guest has panicked, and goes on in its crash kernel. */
    void crashLoaded();
  }

  private final Listener listener;

  /**
   * A device.
   *
   * @param listener is called
   */
  public PanicDevice(Listener listener) { this.listener = listener; }

  @Override
  public long read(long offset, int sizeBytes) { return EVENTS; }

  @Override
  public void write(long offset, int sizeBytes, long value) {
    if ((value & PANICKED) != 0) {
      listener.panicked();
    } else if ((value & CRASH_LOADED) != 0) {
      listener.crashLoaded();
    }
  }
}
