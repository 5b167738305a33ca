package org.ballastvm.vmm.chardev;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.ToIntFunction;
import org.ballastvm.kvm.Epoll;
import org.ballastvm.kvm.HostSocket;
import org.ballastvm.kvm.Pollable;
import org.ballastvm.vmm.event.EventLoop;

/**
 * An open stream in both directions, with a bounded queue of output. Reads only what the frontend has room for, so that
 * nothing is lost.
 */
final class StreamLine implements AutoCloseable {
  static final int MOST_QUEUED_BYTES = 1 << 20;
  /** What a pipe takes without blocking when it says that it has room: PIPE_BUF. */
  private static final int CAREFUL_BYTES = 4096;

  private final Arena arena = Arena.ofShared();
  private final MemorySegment inBuffer = arena.allocate(4096);
  private final byte[] inBytes = new byte[4096];
  private final MemorySegment outBuffer = arena.allocate(16384);
  private final ToIntFunction<MemorySegment> reader;
  private final ToIntFunction<MemorySegment> writer;
  private final Runnable ended;
  private final EventLoop.Registration input;
  private final EventLoop.Registration output;
  private CharFrontend frontend;
  private byte[] queue = new byte[16384];
  private int queueStart;
  private int queueCount;
  private boolean closed;
  private final boolean oneDescriptor;

  /**
   * A line over one descriptor or two.
   *
   * @param loop where it is watched
   * @param in read from
   * @param reader how
   * @param out written to; may be {@code in}
   * @param writer how
   * @param ended runs when the other side is gone
   */
  StreamLine(EventLoop loop, Pollable in, ToIntFunction<MemorySegment> reader, Pollable out,
      ToIntFunction<MemorySegment> writer, Runnable ended) {
    this.reader = reader;
    this.writer = writer;
    this.ended = ended;
    this.oneDescriptor = in == out;
    input = registerOrNot(loop, in);
    output = oneDescriptor ? input : registerOrNot(loop, out);
  }

  /** A regular file cannot be waited for, and need not be: it always has room. */
  private EventLoop.Registration registerOrNot(EventLoop loop, Pollable stream) {
    try {
      return loop.register(stream, 0, this::ready);
    } catch (org.ballastvm.kvm.HostError e) {
      return null;
    }
  }

  void connect(CharFrontend to) { frontend = to; }

  int room() { return MOST_QUEUED_BYTES - queueCount; }

  void send(byte[] bytes, int offset, int count) {
    if (closed) {
      return;
    }
    if (count > room()) {
      end();
      return;
    }
    if (queueStart + queueCount + count > queue.length) {
      byte[] larger = queueCount + count > queue.length
          ? new byte[Math.max(queue.length * 2, queueCount + count)]
          : queue;
      System.arraycopy(queue, queueStart, larger, 0, queueCount);
      queue = larger;
      queueStart = 0;
    }
    System.arraycopy(bytes, offset, queue, queueStart + queueCount, count);
    queueCount += count;
    if (oneDescriptor || output == null) {
      flush();
    } else {
      // Shared with other processes, so not made non-blocking: written to when there is room, and little at a time.
      updateInterest();
    }
  }

  void receiveMore() { updateInterest(); }

  private void ready(int events) {
    if ((events & Epoll.OUT) != 0) {
      flush();
      if (queueCount == 0 && frontend != null && !closed) {
        frontend.drained();
      }
    }
    if (!closed && (events & (Epoll.IN | Epoll.HUP | Epoll.ERR)) != 0) {
      receive();
    }
    updateInterest();
  }

  private void receive() {
    int room = frontend == null ? 0 : Math.min(frontend.room(), inBytes.length);
    if (room == 0) {
      return;
    }
    int read = reader.applyAsInt(inBuffer.asSlice(0, room));
    if (read == HostSocket.END) {
      end();
    } else if (read > 0) {
      MemorySegment.copy(inBuffer, ValueLayout.JAVA_BYTE, 0, inBytes, 0, read);
      frontend.receive(inBytes, 0, read);
    }
  }

  private void flush() {
    while (queueCount > 0 && !closed) {
      int count = (int) Math.min(queueCount, oneDescriptor ? outBuffer.byteSize() : CAREFUL_BYTES);
      MemorySegment.copy(queue, queueStart, outBuffer, ValueLayout.JAVA_BYTE, 0, count);
      int written = writer.applyAsInt(outBuffer.asSlice(0, count));
      if (written == HostSocket.END) {
        end();
        return;
      }
      if (written == HostSocket.WOULD_BLOCK) {
        break;
      }
      queueStart += written;
      queueCount -= written;
      if (!oneDescriptor && output != null) {
        break;
      }
    }
    updateInterest();
  }

  private void updateInterest() {
    if (closed) {
      return;
    }
    int in = frontend != null && frontend.room() > 0 ? Epoll.IN : 0;
    int out = queueCount > 0 ? Epoll.OUT : 0;
    if (oneDescriptor) {
      input.interest(in | out);
      return;
    }
    if (input != null) {
      input.interest(in);
    }
    if (output != null) {
      output.interest(out);
    }
  }

  /** Writes what is left, at the end of the process, when waiting harms nobody; gives up when the other side does. */
  void flushNow() {
    for (int tries = 0; queueCount > 0 && !closed && tries < 1000; tries++) {
      flush();
    }
  }

  private void end() {
    if (!closed) {
      close();
      ended.run();
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      if (input != null) {
        input.close();
      }
      if (output != null && output != input) {
        output.close();
      }
      arena.close();
    }
  }
}
