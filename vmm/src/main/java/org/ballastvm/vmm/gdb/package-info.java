/** GDB's remote protocol: a debugger's client reads and stops the guest from outside. */
package org.ballastvm.vmm.gdb;
