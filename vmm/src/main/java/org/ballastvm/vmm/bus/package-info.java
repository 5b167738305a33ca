/** The two address spaces of the machine that end in devices: ports and memory-mapped registers. */
package org.ballastvm.vmm.bus;
