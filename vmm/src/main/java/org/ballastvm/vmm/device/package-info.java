/** The devices of the machine that are not on PCI: serial port, clock, power. */
package org.ballastvm.vmm.device;
