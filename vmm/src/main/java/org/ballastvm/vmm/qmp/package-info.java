/** The machine protocol on a chardev: JSON, its limits, its schema. Source: QEMU's machine protocol specification. */
package org.ballastvm.vmm.qmp;
