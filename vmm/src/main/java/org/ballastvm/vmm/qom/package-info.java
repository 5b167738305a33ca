/** The tree of objects that users see a machine as: QEMU's object model, as far as its paths and properties go. */
package org.ballastvm.vmm.qom;
