package org.ballastvm.vmm.net;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;
import java.util.function.Consumer;
import org.ballastvm.kvm.Epoll;
import org.ballastvm.kvm.HostSocket;
import org.ballastvm.kvm.IoVectors;
import org.ballastvm.virtio.net.NetPeer;
import org.ballastvm.virtio.net.NetPeer.Frame;
import org.ballastvm.vmm.loop.EventLoop;

/**
 * Frames over one connection, each behind its length in four bytes, big-endian, as QEMU and passt have it. Many small
 * frames go in one call, and many come in one. Allocates nothing for a frame.
 */
final class FrameStream implements AutoCloseable {
  private static final int LENGTH_BYTES = 4;
  private static final ValueLayout.OfInt LENGTH = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  /** Room for a frame of any length, and for many small ones. */
  private static final int BUFFER_BYTES = 256 << 10;
  /** So much is put together with others; larger frames go from where they lie. */
  private static final int SMALL_BYTES = 4096;

  private final EventLoop loop;
  private final HostSocket socket;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment in = arena.allocate(BUFFER_BYTES);
  private final MemorySegment out = arena.allocate(BUFFER_BYTES);
  private final MemorySegment length = arena.allocate(LENGTH_BYTES);
  private final IoVectors vector = new IoVectors();
  private final Frame frame = new Frame();
  private final Runnable frames;
  private final Runnable room;
  private final Consumer<String> ended;
  private final EventLoop.Registration registration;
  private int inStart;
  private int inEnd;
  private boolean mayRead = true;
  private int outStart;
  private int outEnd;
  private boolean listening;
  /** The other end takes no more for now. */
  private boolean blocked;
  private int interest;
  private boolean closed;

  /**
   * Frames over a connection.
   *
   * @param loop where it is watched
   * @param socket the connection, which is closed with this
   * @param frames runs when there may be frames, while that is listened for
   * @param room runs when {@link #canSend} says yes again
   * @param ended runs once, when the connection is no more, with the reason; this is closed then
   */
  FrameStream(EventLoop loop, HostSocket socket, Runnable frames, Runnable room, Consumer<String> ended) {
    this.loop = loop;
    this.socket = socket;
    this.frames = frames;
    this.room = room;
    this.ended = ended;
    this.registration = loop.register(socket, 0, this::ready);
  }

  /** Whether the other end has room, as far as is known. */
  boolean canSend() { return !blocked; }

  /** Sends a frame; a small one goes with {@link #flush}. */
  void send(List<MemorySegment> pieces) {
    long bytes = 0;
    for (MemorySegment piece : pieces) {
      bytes += piece.byteSize();
    }
    if (bytes <= SMALL_BYTES) {
      if (outEnd + LENGTH_BYTES + bytes > BUFFER_BYTES) {
        flush();
      }
      append((int) bytes, pieces, 0);
      return;
    }
    flush();
    if (!closed) {
      sendWhole((int) bytes, pieces);
    }
  }

  private void sendWhole(int bytes, List<MemorySegment> pieces) {
    if (blocked) {
      append(bytes, pieces, 0);
      return;
    }
    length.set(LENGTH, 0, bytes);
    vector.clear();
    vector.add(length);
    pieces.forEach(vector::add);
    int written = socket.write(vector);
    if (written == HostSocket.END) {
      end("the other end has closed the connection");
    } else if (written < LENGTH_BYTES + bytes) {
      append(bytes, pieces, Math.max(written, 0));
      block(true);
    }
  }

  /** Keeps a frame with its length, but for its first bytes. One that does not fit is lost, whole. */
  private void append(int bytes, List<MemorySegment> pieces, int skipped) {
    if (closed || outEnd + LENGTH_BYTES + bytes > BUFFER_BYTES && skipped == 0) {
      return;
    }
    int at = outEnd - skipped;
    if (skipped < LENGTH_BYTES) {
      length.set(LENGTH, 0, bytes);
      MemorySegment.copy(length, skipped, out, outEnd, LENGTH_BYTES - skipped);
    }
    at += LENGTH_BYTES;
    for (MemorySegment piece : pieces) {
      long skip = Math.clamp((long) outEnd - at, 0, piece.byteSize());
      if (skip < piece.byteSize()) {
        MemorySegment.copy(piece, skip, out, at + skip, piece.byteSize() - skip);
      }
      at += (int) piece.byteSize();
    }
    outEnd = at;
  }

  /** Sends what was put together. */
  void flush() {
    while (outStart < outEnd && !closed) {
      int written = socket.write(out.asSlice(outStart, outEnd - outStart));
      if (written == HostSocket.END) {
        end("the other end has closed the connection");
        return;
      }
      if (written == HostSocket.WOULD_BLOCK) {
        block(true);
        return;
      }
      outStart += written;
    }
    outStart = 0;
    outEnd = 0;
    block(false);
  }

  private void block(boolean now) {
    blocked = now;
    updateInterest();
  }

  /** The first frame that has come whole; null if there is none yet. */
  Frame next() {
    while (!closed) {
      int there = inEnd - inStart;
      int size = there < LENGTH_BYTES ? 0 : in.get(LENGTH, inStart);
      if (there >= LENGTH_BYTES && (size < 1 || size > NetPeer.MOST_FRAME)) {
        end("the other end sends a frame of " + Integer.toUnsignedString(size)
            + " bytes, so it does not speak of frames as QEMU does");
        return null;
      }
      if (there >= LENGTH_BYTES + size && size > 0) {
        return frame.set(in, inStart + LENGTH_BYTES, size);
      }
      if (!mayRead || !read()) {
        return null;
      }
    }
    return null;
  }

  /** The first frame is done with. */
  void drop() { inStart += LENGTH_BYTES + frame.length(); }

  /** Reads once; false if there was nothing. */
  private boolean read() {
    if (inStart > 0) {
      MemorySegment.copy(in, inStart, in, 0, inEnd - inStart);
      inEnd -= inStart;
      inStart = 0;
    }
    int count = socket.read(in.asSlice(inEnd));
    if (count == HostSocket.END) {
      end("the other end has closed the connection");
      return false;
    }
    mayRead = count == BUFFER_BYTES - inEnd; // Less is all that there was; the event loop reports more.
    inEnd += Math.max(count, 0);
    return count > 0;
  }

  /** Whether frames are wanted. */
  void listen(boolean wanted) {
    listening = wanted;
    updateInterest();
  }

  private void updateInterest() {
    int wanted = (listening ? Epoll.IN : 0) | (blocked ? Epoll.OUT : 0);
    if (!closed && wanted != interest) {
      interest = wanted;
      registration.interest(wanted);
    }
  }

  private void ready(int events) {
    if ((events & Epoll.OUT) != 0) {
      flush();
      if (!closed && canSend()) {
        room.run();
      }
    }
    if (closed) {
      return;
    }
    if (listening && (events & (Epoll.IN | Epoll.HUP | Epoll.ERR)) != 0) {
      mayRead = true;
      frames.run();
    } else if ((events & (Epoll.HUP | Epoll.ERR)) != 0) {
      end("the other end has closed the connection"); // The event loop would report it for ever, and nobody takes what is left.
    }
  }

  private void end(String why) {
    if (!closed) {
      close();
      loop.post(() -> ended.accept(why)); // Whoever sends or takes a frame has the card's lock.
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      registration.close();
      socket.close();
      arena.close();
    }
  }
}
