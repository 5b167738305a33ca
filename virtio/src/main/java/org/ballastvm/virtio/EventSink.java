package org.ballastvm.virtio;

/** Takes what devices have to tell. */
@FunctionalInterface
public interface EventSink {
  /**
   * Takes an event; must not block or call the device.
   *
   * @param event what
   */
  void accept(DeviceEvent event);
}
