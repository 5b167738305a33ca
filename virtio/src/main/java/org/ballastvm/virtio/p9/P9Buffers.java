package org.ballastvm.virtio.p9;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToLongFunction;
import org.ballastvm.virtio.queue.DescriptorChain;
import org.ballastvm.virtio.queue.GuestMemory;
import org.ballastvm.virtio.queue.GuestMemory.Access;

/** Where a request and its answer are in guest memory: a chain of buffers that outlives the next one of its queue. */
final class P9Buffers {
  private long[] addresses = new long[16];
  private long[] lengths = new long[16];
  private int readable;
  private int count;
  private long readableBytes;
  private long writableBytes;
  private GuestMemory memory;

  void take(DescriptorChain chain, GuestMemory guest) {
    memory = guest;
    count = chain.count();
    readable = chain.readableCount();
    readableBytes = chain.readableBytes();
    writableBytes = chain.writableBytes();
    if (count > addresses.length) {
      addresses = Arrays.copyOf(addresses, Math.max(count, addresses.length * 2));
      lengths = Arrays.copyOf(lengths, addresses.length);
    }
    for (int i = 0; i < count; i++) {
      addresses[i] = chain.address(i);
      lengths[i] = chain.lengthBytes(i);
    }
  }

  long readableBytes() { return readableBytes; }

  long writableBytes() { return writableBytes; }

  /** Copies from the front of what the driver wrote; all of it is there. */
  void read(MemorySegment into, long lengthBytes) {
    long done = 0;
    for (int i = 0; done < lengthBytes; i++) {
      long step = Math.min(lengths[i], lengthBytes - done);
      memory.read(addresses[i], into, done, step);
      done += step;
    }
  }

  /** Copies to the front of what the driver reads; there is room for it. */
  void write(MemorySegment from, long lengthBytes) {
    long done = 0;
    for (int i = readable; done < lengthBytes; i++) {
      long step = Math.min(lengths[i], lengthBytes - done);
      memory.write(addresses[i], from, done, step);
      done += step;
    }
  }

  /**
   * Shows a part of it as the host's own memory, for one call of the host.
   *
   * @param access of what the driver wrote, or of what it reads
   * @param offset where it begins; the part is wholly in that half of the chain
   */
  long view(Access access, long offset, long lengthBytes, ToLongFunction<List<MemorySegment>> call) {
    int i = access == Access.READ ? 0 : readable;
    long skip = offset;
    while (i < count && skip >= lengths[i]) {
      skip -= lengths[i++];
    }
    return new View(access, call).show(i, skip, lengthBytes);
  }

  /** Buffer by buffer, each shown while the next one is, so that the call sees all of them. */
  private final class View {
    private final Access access;
    private final ToLongFunction<List<MemorySegment>> call;
    private final List<MemorySegment> pieces = new ArrayList<>();
    private long result;

    View(Access access, ToLongFunction<List<MemorySegment>> call) {
      this.access = access;
      this.call = call;
    }

    long show(int first, long skip, long left) {
      if (left == 0) {
        result = call.applyAsLong(pieces);
        return result;
      }
      int next = first + 1;
      long end = addresses[first] + lengths[first];
      while (next < count && next != readable && addresses[next] == end) { // A driver's buffer is pages side by side.
        end += lengths[next++];
      }
      long start = addresses[first] + skip;
      long here = Math.min(end - start, left);
      int rest = next;
      memory.view(start, here, access, shown -> {
        pieces.addAll(shown);
        show(rest, 0, left - here);
      });
      return result;
    }
  }
}
