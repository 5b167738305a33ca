package org.ballastvm.virtio.pci;

import org.ballastvm.virtio.VirtioDevice;

/** The device's part of the configuration, as its driver reads and writes it. The function's lock is held. */
final class DeviceRegisters {
  private final VirtioDevice device;
  /** Null where nothing goes wrong. */
  private TransportFaults faults;
  private TransportWatch watch = TransportWatch.NONE;

  DeviceRegisters(VirtioDevice device) { this.device = device; }

  void goWrong(TransportFaults planned) { faults = planned; }

  void watch(TransportWatch observer) { watch = observer; }

  long read(int register, int width) {
    if (register >= device.configBytes()) {
      return 0;
    }
    long right = device.configRead(register);
    long value = faults == null ? right : faults.configRead(register, right);
    watch.configRead(register, width, value);
    return value;
  }

  void write(int register, int width, long value) {
    if (register + width <= device.configBytes()) {
      device.configWrite(register, width, value);
      watch.configWritten(register, width, value);
    }
  }
}
