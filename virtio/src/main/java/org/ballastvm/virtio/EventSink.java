package org.ballastvm.virtio;

/** Takes what happens to devices. */
@FunctionalInterface
public interface EventSink {
  /**
   * Takes an event; must not block or call the device.
   *
   * @param event what
   */
  void accept(DeviceEvent event);
}
