/** The console device with its ports: consoles, and channels between programs of the guest and of the host. */
package org.ballastvm.virtio.console;
