/** Virtqueues from the device's side, the guest memory that they lie in, and what a guest can do wrong there. */
package org.ballastvm.virtio.queue;
