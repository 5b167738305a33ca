/** The memory device: a region of blocks, which a guest plugs and unplugs as it is asked. */
package org.ballastvm.virtio.mem;
