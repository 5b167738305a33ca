package org.ballastvm.pci;

/**
 * Who a PCI function is.
 *
 * @param vendor 16 bits
 * @param device 16 bits
 * @param revision 8 bits
 * @param classCode 24 bits: class, subclass, interface
 * @param subsystemVendor 16 bits
 * @param subsystem 16 bits
 */
public record PciIdentity(int vendor, int device, int revision, int classCode, int subsystemVendor, int subsystem) {}
