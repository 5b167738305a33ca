/** The commands by which a machine is asked and told, whoever asks: QEMU's machine protocol, and what prints its answers. */
package org.ballastvm.vmm.control;
