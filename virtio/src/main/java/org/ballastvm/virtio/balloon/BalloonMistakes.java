package org.ballastvm.virtio.balloon;

import org.ballastvm.virtio.DeviceEvent;
import org.ballastvm.virtio.EventSink;
import org.ballastvm.virtio.MemoryReclaim.ReclaimFailed;

/** Reports what a driver names that is not free, and what the host does not take back. */
final class BalloonMistakes {
  private final String device;
  private final EventSink events;

  BalloonMistakes(String device, EventSink events) {
    this.device = device;
    this.events = events;
  }

  /** A page that is no memory, which was left out; negative for none. */
  void stray(long page) {
    if (page >= 0) {
      named(page, ", which is no memory; such pages are left alone");
    }
  }

  /** A page that holds a ring, which was left out; negative for none. */
  void ring(long page) {
    if (page >= 0) {
      named(page, " as free, which holds a ring of this device; such pages are left alone");
    }
  }

  private void named(long page, String what) {
    events.accept(
        new DeviceEvent.GuestMistake(device, "the guest named page 0x" + Long.toHexString(page) + what, false));
  }

  void refused(ReclaimFailed e) { events.accept(new DeviceEvent.HostRefusal(device, e.getMessage())); }
}
