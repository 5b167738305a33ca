package org.ballastvm.virtio.pci;

/** The bits of {@code device_status}. Source: virtio 1.3, 2.1. */
final class DeviceStatus {
  /** ACKNOWLEDGE and DRIVER: a driver has found the device, and knows how to drive it. */
  static final int ACKNOWLEDGE_DRIVER = 1 | 2;
  static final int DRIVER_OK = 4;
  static final int FEATURES_OK = 8;
  static final int NEEDS_RESET = 64;
  static final int FAILED = 128;

  private DeviceStatus() {}
}
