/** A device that answers as a recorded one did, for other drivers. */
package org.ballastvm.virtio.replay;
