package org.ballastvm.vmm.devices;

import org.ballastvm.virtio.DeviceEvent;
import org.ballastvm.virtio.EventSink;
import org.ballastvm.vmm.state.Log;

/** Logs what goes wrong in a device. Everything else is for its kind alone, and not taken here. */
final class DeviceLog implements EventSink {
  @Override
  public void accept(DeviceEvent event) {
    if (event instanceof DeviceEvent.GuestMistake mistake) {
      Log.of(DeviceLog.class).warn("{}: {}{}", mistake.device(), mistake.sentence(),
          mistake.needsReset() ? "; the device waits for its driver to reset it" : "");
    } else if (event instanceof DeviceEvent.HostRefusal refusal) {
      Log.of(DeviceLog.class).error("{}: {}", refusal.device(), refusal.sentence());
    } else {
      throw new IllegalArgumentException("nobody takes " + event);
    }
  }
}
