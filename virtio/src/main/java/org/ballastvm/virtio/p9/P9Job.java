package org.ballastvm.virtio.p9;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.util.Optional;
import org.ballastvm.virtio.queue.DescriptorChain;
import org.ballastvm.virtio.queue.GuestError;
import org.ballastvm.virtio.queue.GuestMemory;

/** A request that a device has taken off its queue and not given back. */
final class P9Job {
  private static final int TYPE = 4;
  private static final int TAG = 5;
  /** Of a {@code Tflush}: oldtag[2]. */
  private static final int OLD_TAG = 7;
  private static final int FLUSH_BYTES = 9;

  final P9Buffers buffers = new P9Buffers();
  /** Which place it has among those under way. */
  final int place;
  /** The chain's name, when it is given back. */
  int head;
  int type;
  int tag;
  /** Of a {@code Tflush}: the request that it waits for; -1 for none. */
  int flushedTag;
  /** What of it the driver can read, once it is done. */
  int writtenBytes;
  /** The rule it broke, if it turned out to be no request. */
  Optional<GuestError> mistake;
  /** The first {@code Tflush} that waits for it, which has the next. */
  P9Job nextFlush;

  private final MemorySegment front = MemorySegment.ofArray(new byte[FLUSH_BYTES]);

  P9Job(int place) { this.place = place; }

  /** Takes a chain, and looks at what is in front. */
  void begin(DescriptorChain chain, GuestMemory memory) {
    if (chain.readableBytes() < P9Reply.HEADER_BYTES || chain.writableBytes() < P9Reply.ERROR_BYTES) {
      throw new GuestError("queue 0: a request of " + chain.readableBytes() + " bytes with room for an answer of "
          + chain.writableBytes() + "; it must have " + P9Reply.HEADER_BYTES + ", and room for " + P9Reply.ERROR_BYTES);
    }
    buffers.take(chain, memory);
    int known = (int) Math.min(chain.readableBytes(), FLUSH_BYTES);
    buffers.read(front, known);
    head = chain.head();
    type = front.get(JAVA_BYTE, TYPE) & 0xff;
    tag = front.get(JAVA_SHORT_UNALIGNED, TAG) & 0xffff;
    flushedTag = known < FLUSH_BYTES ? -1 : front.get(JAVA_SHORT_UNALIGNED, OLD_TAG) & 0xffff;
    writtenBytes = 0;
    mistake = Optional.empty();
    nextFlush = null;
  }
}
