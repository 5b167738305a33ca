/** The machine: memory, buses, boot, monitor and command line. */
package org.ballastvm.vmm;
