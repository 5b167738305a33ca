package org.ballastvm.vmm.devices;

import java.util.Optional;
import org.ballastvm.virtio.DeviceEvent;
import org.ballastvm.virtio.EventSink;
import org.ballastvm.vmm.state.Log;

/** Logs what goes wrong in a device, by its kind and its id. Everything else is for its kind alone, and not taken here. */
final class DeviceLog implements EventSink {
  private final String id;

  /**
   * A device's.
   *
   * @param id that the user gave, if any
   */
  DeviceLog(Optional<String> id) { this.id = id.map(given -> " " + given).orElse(""); }

  @Override
  public void accept(DeviceEvent event) {
    if (event instanceof DeviceEvent.GuestMistake mistake) {
      Log.of(DeviceLog.class).warn("{}{}: {}{}", mistake.device(), id, mistake.sentence(),
          mistake.needsReset() ? "; the device waits for its driver to reset it" : "");
    } else if (event instanceof DeviceEvent.HostRefusal refusal) {
      Log.of(DeviceLog.class).error("{}{}: {}", refusal.device(), id, refusal.sentence());
    } else {
      throw new IllegalArgumentException("nobody takes " + event);
    }
  }
}
