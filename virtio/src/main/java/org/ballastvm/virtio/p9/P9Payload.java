package org.ballastvm.virtio.p9;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.ToLongFunction;
import org.ballastvm.virtio.queue.GuestMemory.Access;

/** What a driver wants written, still where the driver put it. */
public final class P9Payload {
  private final P9Buffers buffers;
  private final P9Gate gate;
  private final long offset;
  private final int lengthBytes;

  P9Payload(P9Buffers buffers, P9Gate gate, long offset, int lengthBytes) {
    this.buffers = buffers;
    this.gate = gate;
    this.offset = offset;
    this.lengthBytes = lengthBytes;
  }

  /** {@return how much it is, in bytes} */
  public int lengthBytes() { return lengthBytes; }

  /**
   * Shows it for one call of the host. A guest may change it meanwhile.
   *
   * @param call reads from the pieces, in their order, and says how many bytes it has taken
   * @return what the call said
   */
  public long take(ToLongFunction<List<MemorySegment>> call) {
    gate.enter();
    try {
      return buffers.view(Access.READ, offset, lengthBytes, call);
    } finally {
      gate.leave();
    }
  }
}
