/** PCI functions as a guest sees them: configuration space, BARs, interrupts. What a function does is elsewhere. */
package org.ballastvm.pci;
