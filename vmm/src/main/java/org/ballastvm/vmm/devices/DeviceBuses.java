package org.ballastvm.vmm.devices;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ballastvm.vmm.config.UserError;

/**
 * Where devices go.
 *
 * @param site the machine around them
 * @param pci those with a PCI slot
 * @param dimms those in a slot for memory
 * @param ports those at fixed I/O ports
 * @param serial ports of virtio-serial cards
 * @param board those that have neither
 */
record DeviceBuses(Site site, PciDevices pci, Dimms dimms, PortDevices ports, SerialPorts serial,
    BoardDevices board) {
  /** {@return all of them} */
  List<DeviceBus> all() { return List.of(pci, dimms, ports, serial, board); }

  /** {@return the devices on all of them} */
  List<PluggedDevice> devices() {
    List<PluggedDevice> found = new ArrayList<>();
    all().forEach(bus -> found.addAll(bus.all()));
    return found;
  }

  /**
   * A device that there must be.
   *
   * @param device its id, or its path in the object tree
   * @return the device
   * @throws UserError if there is none
   */
  PluggedDevice require(String device) {
    for (PluggedDevice plugged : devices()) {
      if (plugged.path().equals(device) || plugged.id().equals(Optional.of(device))) {
        return plugged;
      }
    }
    throw new UserError(UserError.Kind.DEVICE_NOT_FOUND, "Device '" + device + "' not found");
  }
}
