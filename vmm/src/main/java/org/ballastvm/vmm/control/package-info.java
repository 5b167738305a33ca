/** The commands of a machine, whoever gives them: QEMU's machine protocol, and what prints its answers. */
package org.ballastvm.vmm.control;
