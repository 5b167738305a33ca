/** The PCI bus of the machine. */
package org.ballastvm.vmm.pci;
