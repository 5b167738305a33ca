/** Character devices: the ends that serial ports and monitors talk through. All of it runs on the event loop. */
package org.ballastvm.vmm.chardev;
