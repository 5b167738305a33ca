package org.ballastvm.virtio.net;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * The other end of a card's wire. All is called on the event loop, and nothing waits.
 *
 * <p>
 * Frames are Ethernet's, without their checksum. Those of a peer with {@link #hasHeaders headers} have
 * {@code struct virtio_net_hdr_v1} before them, in both directions.
 */
public interface NetPeer {
  /** How long a frame can be, without its header: 64 KiB of a packet, and the addresses before it. */
  int MOST_FRAME = 65535 + 18;

  /** {@return whether frames have a header, so that checksums and segments can be left to the other side} */
  boolean hasHeaders();

  /**
   * Who is at this end.
   *
   * @param card hears of what comes
   */
  void connect(Card card);

  /** {@return whether somebody is there} */
  boolean isUp();

  /**
   * Whether a frame can be sent. If not, {@link Card#roomToSend} follows.
   *
   * @param pair which pair of queues
   * @return true if it can
   */
  boolean canSend(int pair);

  /**
   * Sends a frame. One that the other end does not take is lost, as on any wire.
   *
   * @param pair which pair of queues; {@link #canSend} has said that it can
   * @param pieces the frame, in order, with its header if it has one; they are guest memory and hold during the call
   */
  void send(int pair, List<MemorySegment> pieces);

  /**
   * No more frames follow for now: what was put together goes.
   *
   * @param pair which pair of queues
   */
  default void flush(int pair) {
    // Most send each frame at once.
  }

  /**
   * The frame that has waited longest.
   *
   * @param pair which pair of queues
   * @return the frame, which stays the first until {@link #drop}, and holds as long; null if there is none
   */
  Frame next(int pair);

  /**
   * The first frame is done with.
   *
   * @param pair which pair of queues
   */
  void drop(int pair);

  /**
   * Whether {@link Card#frameWaits} is to be called.
   *
   * @param pair which pair of queues
   * @param wanted false while the card has no room for frames; none is lost of those that the other end can hold back
   */
  void listen(int pair, boolean wanted);

  /**
   * What the driver takes of what the other end leaves undone. For a peer with headers.
   *
   * @param features of {@link NetFeature#GUEST_CSUM}, {@link NetFeature#GUEST_TSO4}, {@link NetFeature#GUEST_TSO6} and
   *        {@link NetFeature#GUEST_ECN}, those that are on
   */
  default void offload(long features) {
    // Most leave nothing undone.
  }

  /**
   * How many pairs of queues the driver uses.
   *
   * @param count from 1; the first ones
   */
  default void usePairs(int count) {
    // Most have one.
  }

  /** A frame that waits. One object serves a peer for ever. */
  final class Frame {
    private MemorySegment bytes = MemorySegment.NULL;
    private long start;
    private int length;

    /** One that is none yet. */
    public Frame() {
      // It is set before it is shown.
    }

    /**
     * Makes it another one.
     *
     * @param inBytes where it lies
     * @param startByte where it begins
     * @param lengthBytes its length, with its header if it has one; above zero
     * @return itself
     */
    public Frame set(MemorySegment inBytes, long startByte, int lengthBytes) {
      bytes = inBytes;
      start = startByte;
      length = lengthBytes;
      return this;
    }

    /** {@return its length in bytes, with its header if it has one} */
    public int length() { return length; }

    /** {@return where it lies} */
    public MemorySegment bytes() { return bytes; }

    /** {@return where in {@link #bytes()} it begins} */
    public long start() { return start; }
  }

  /** The card at this end. */
  interface Card {
    /**
     * A frame waits.
     *
     * @param pair which pair of queues
     */
    void frameWaits(int pair);

    /**
     * A frame can be sent that could not.
     *
     * @param pair which pair of queues
     */
    void roomToSend(int pair);

    /**
     * Somebody is there, or nobody any more.
     *
     * @param up which of both
     */
    void linkChanged(boolean up);
  }
}
