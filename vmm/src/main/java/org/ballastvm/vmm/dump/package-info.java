/** A guest's memory and registers in a file that tools for crashed kernels read: ELF. */
package org.ballastvm.vmm.dump;
