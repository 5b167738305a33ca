/** The block device, and the disk that it stands for. */
package org.ballastvm.virtio.blk;
