package org.ballastvm.virtio.net;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** {@code struct virtio_net_hdr_v1}, which stands before each frame in a queue. Virtio 1.3, 5.1.6. */
final class NetHeader {
  static final int BYTES = 12;
  /** Where {@code num_buffers} is, in how many buffers a received frame lies. */
  static final int NUM_BUFFERS = 10;
  /** That of a frame that is whole: nothing is left to do. */
  static final MemorySegment NOTHING_LEFT = Arena.ofAuto().allocate(BYTES).asReadOnly();

  private NetHeader() {}
}
