package org.ballastvm.virtio.vsock;

import java.lang.foreign.MemorySegment;

/** A stream between a port of the guest and a peer on the host, with what either side may still send. Virtio 1.3, 5.10.6.3. */
public final class VsockStream {
  /** What a guest may send before its peer has taken it. */
  static final int BUFFER_BYTES = 64 << 10;

  private final int hostPort;
  private final int guestPort;
  private final VsockPeer peer;
  /** What the guest has sent and the peer not taken; grows as needed. */
  private byte[] waiting = new byte[0];
  private int waitingStart;
  private int waitingCount;
  /** How many bytes the peer has taken, modulo 2^32, and how many of them the guest knows of. */
  private int forwarded;
  private int forwardedSent;
  /** The guest's room, as it said last, and how much was sent to it, modulo 2^32. */
  private int guestBuffer;
  private int guestForwarded;
  private int sent;
  private boolean open;
  private int due;
  private boolean creditAsked;
  private boolean readable;
  private boolean peerEnded;
  private boolean shutdownSent;
  private int guestShutdown;
  private boolean outputEnded;

  /** A stream that nothing was said of; {@code due} is what the guest is sent first. */
  VsockStream(int hostPort, int guestPort, VsockPeer peer, int due) {
    this.hostPort = hostPort;
    this.guestPort = guestPort;
    this.peer = peer;
    this.due = due;
    this.open = due == VsockHeader.RESPONSE;
    this.readable = true;
  }

  int hostPort() { return hostPort; }

  int guestPort() { return guestPort; }

  VsockPeer peer() { return peer; }

  int forwarded() { return forwarded; }

  boolean isOpen() { return open; }

  /** The guest has taken the stream. */
  void accept() {
    open = true;
    peer.accepted(hostPort);
  }

  /** The guest says how much room it has. */
  void credit(int bufferBytes, int guestHasForwarded) {
    guestBuffer = bufferBytes;
    guestForwarded = guestHasForwarded;
  }

  void askCredit() { creditAsked = true; }

  /** How much may be sent to the guest. */
  int room() {
    long room = Integer.toUnsignedLong(guestBuffer) - Integer.toUnsignedLong(sent - guestForwarded);
    return (int) Math.max(0, Math.min(room, Integer.MAX_VALUE));
  }

  /** The peer may have sent something. */
  void setReadable(boolean now) { readable = now; }

  /** What the guest is sent next by a packet without data: an operation, or 0. */
  int due() {
    if (due != 0) {
      return due;
    }
    if (open && peerEnded && !shutdownSent) {
      return VsockHeader.SHUTDOWN;
    }
    boolean stale = forwarded - forwardedSent >= BUFFER_BYTES / 2;
    return open && (creditAsked || stale) ? VsockHeader.CREDIT_UPDATE : 0;
  }

  /** Whether there may be data for the guest, and it has room. */
  boolean hasData() {
    return open && due == 0 && readable && !peerEnded && (guestShutdown & VsockHeader.NO_RECEIVE) == 0 && room() > 0;
  }

  /** Reads what the peer has sent; how much, or 0. */
  int read(MemorySegment into) {
    int count = peer.read(into);
    readable = count >= 0;
    peerEnded |= count == VsockPeer.END;
    return Math.max(0, count);
  }

  /** A packet goes to the guest, and each one says how much the peer has taken. */
  void sent(int operation, int length) {
    sent += length;
    forwardedSent = forwarded;
    creditAsked = false;
    due = operation == due ? 0 : due;
    shutdownSent |= operation == VsockHeader.SHUTDOWN;
  }

  /** Takes what the guest has sent; false if that is more than it may. */
  boolean receive(MemorySegment bytes, int count) {
    if (waitingCount + count > BUFFER_BYTES || (guestShutdown & VsockHeader.NO_SEND) != 0) {
      return false;
    }
    if (waitingStart + waitingCount + count > waiting.length) {
      byte[] moved = waitingCount + count > waiting.length
          ? new byte[Math.min(BUFFER_BYTES, Math.max(2 * waiting.length, waitingCount + count))]
          : waiting;
      System.arraycopy(waiting, waitingStart, moved, 0, waitingCount);
      waiting = moved;
      waitingStart = 0;
    }
    MemorySegment.copy(bytes, 0, MemorySegment.ofArray(waiting), waitingStart + waitingCount, count);
    waitingCount += count;
    return true;
  }

  /** Gives the peer what waits for it; false if it is gone. */
  boolean flush(MemorySegment through) {
    while (waitingCount > 0) {
      int count = (int) Math.min(waitingCount, through.byteSize());
      MemorySegment.copy(MemorySegment.ofArray(waiting), waitingStart, through, 0, count);
      int written = peer.write(through.asSlice(0, count));
      if (written == VsockPeer.END) {
        return false;
      }
      if (written == VsockPeer.WOULD_BLOCK) {
        return true;
      }
      waitingStart += written;
      waitingCount -= written;
      forwarded += written;
    }
    waitingStart = 0;
    if ((guestShutdown & VsockHeader.NO_SEND) != 0 && !outputEnded) {
      outputEnded = true;
      peer.endOutput();
    }
    return true;
  }

  /** The guest sends, or receives, no more. */
  void shutdown(int flags) {
    guestShutdown |= flags & (VsockHeader.NO_RECEIVE | VsockHeader.NO_SEND);
  }

  /** Whether the guest is done with both directions, and the peer has all of it. */
  boolean isOver() {
    return guestShutdown == (VsockHeader.NO_RECEIVE | VsockHeader.NO_SEND) && waitingCount == 0;
  }
}
