package org.ballastvm.vmm.devices;

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
    BoardDevices board) {}
