package org.ballastvm.virtio;

/** What happened to a device that a monitor emits or a log holds. */
public sealed interface DeviceEvent {
  /**
   * The guest has changed the size of its balloon.
   *
   * @param pageCount what the balloon holds now, in pages of 4 KiB
   */
  record BalloonChanged(long pageCount) implements DeviceEvent {}

  /**
   * The guest has plugged or unplugged memory.
   *
   * @param sizeBytes how much is plugged now
   */
  record MemorySizeChanged(long sizeBytes) implements DeviceEvent {}

  /**
   * The guest has named its free pages, and those that it could do without were given back; or somebody wanted no more.
   *
   * @param run what became of it
   */
  record HintRunEnded(HintRun.Complete run) implements DeviceEvent {}

  /**
   * The guest broke a rule. The device waits for a reset if {@code needsReset}.
   *
   * @param device which kind of device
   * @param sentence what it did and which rule
   * @param needsReset whether the device has stopped working until its driver resets it
   */
  record GuestMistake(String device, String sentence, boolean needsReset) implements DeviceEvent {}

  /**
   * The host refused something the device needed.
   *
   * @param device which kind of device
   * @param sentence what and why
   */
  record HostRefusal(String device, String sentence) implements DeviceEvent {}
}
