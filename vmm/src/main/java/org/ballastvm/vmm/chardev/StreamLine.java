package org.ballastvm.vmm.chardev;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.ToIntFunction;
import org.ballastvm.kvm.Epoll;
import org.ballastvm.kvm.HostError;
import org.ballastvm.kvm.HostSocket;
import org.ballastvm.kvm.Pollable;
import org.ballastvm.vmm.loop.EventLoop;
import org.ballastvm.vmm.loop.LoopTimer;

/**
 * An open stream in both directions, with a bounded queue of output. Reads only what the frontend has room for, so that
 * nothing is lost.
 */
final class StreamLine implements AutoCloseable {
  static final int MOST_QUEUED_BYTES = 256 << 10;
  /** Answers to what was read at once go out at once, unless they are more than this. */
  private static final int TOGETHER_BYTES = 16 << 10;
  private static final int USUAL_QUEUE_BYTES = 1024;
  /** A terminal says that it has room when it has some, and may want more for a line's end: it is asked again after this. */
  private static final long NO_ROOM_NANOS = 20_000_000;

  /**
   * A stream as this class uses it.
   *
   * @param source what is watched
   * @param call reads from it, or writes to it; never waits
   */
  record Way(Pollable source, ToIntFunction<MemorySegment> call) {}

  private final EventLoop loop;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment inBuffer = arena.allocate(4096);
  private final byte[] inBytes = new byte[4096];
  private final MemorySegment outBuffer = arena.allocate(16384);
  private final Way in;
  private final Way out;
  private final Runnable ended;
  /** One thing in both directions, like a socket: the end of one direction is the end of both. */
  private final boolean duplex;
  private final EventLoop.Registration input;
  private final EventLoop.Registration output;
  private CharFrontend frontend;
  private byte[] queue = new byte[USUAL_QUEUE_BYTES];
  private int queueStart;
  private int queueCount;
  private boolean inputEnded;
  private boolean inputPaused;
  private boolean outputEnded;
  private boolean outputPaused;
  private LoopTimer outputAgain;
  /** Input is not waited for: it is a file, or its sender has gone and left some behind. */
  private boolean inputAtHand;
  private boolean readPosted;
  private boolean receiving;
  private int inputInterest;
  private int outputInterest;
  private boolean closed;

  /**
   * A line over one descriptor or two.
   *
   * @param loop where it is watched
   * @param in read from; null where nothing is
   * @param out written to; may have the source of {@code in}
   * @param ended runs when the other side is gone, in both directions
   */
  StreamLine(EventLoop loop, Way in, Way out, Runnable ended) {
    this.loop = loop;
    this.in = in;
    this.out = out;
    this.ended = ended;
    this.duplex = in != null && in.source() == out.source();
    this.inputEnded = in == null;
    if (duplex) {
      input = registerOrNot(loop, in, this::ready);
      output = input;
    } else {
      input = in == null ? null : registerOrNot(loop, in, this::inputReady);
      output = registerOrNot(loop, out, this::outputReady);
    }
    inputAtHand = input == null;
  }

  /** A regular file cannot be waited for, and need not be. */
  private static EventLoop.Registration registerOrNot(EventLoop loop, Way way, EventLoop.Handler handler) {
    try {
      return loop.register(way.source(), 0, handler);
    } catch (HostError e) {
      return null;
    }
  }

  void connect(CharFrontend to) { frontend = to; }

  int room() { return outputEnded ? MOST_QUEUED_BYTES : MOST_QUEUED_BYTES - queueCount; }

  /** Whether so much is taken; a single message of any length is, when nothing waits before it. */
  boolean takes(int count) {
    return queueCount == 0 || count <= room();
  }

  void send(byte[] bytes, int offset, int count) {
    if (closed || outputEnded) {
      return;
    }
    if (!takes(count)) {
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
    if (receiving && queueCount < TOGETHER_BYTES) {
      return;
    }
    if (duplex || output == null) {
      flush();
    }
    updateInterest();
  }

  void receiveMore() { updateInterest(); }

  /** Reads nothing, or goes on reading. */
  void pauseInput(boolean pause) {
    inputPaused = pause;
    updateInterest();
  }

  private void ready(int events) {
    if ((events & Epoll.OUT) != 0) {
      outputReady(events);
    }
    if (!closed && (events & (Epoll.IN | Epoll.HUP | Epoll.ERR)) != 0) {
      inputReady(events);
    }
  }

  private void outputReady(int events) {
    if ((events & (Epoll.HUP | Epoll.ERR)) != 0 && !duplex) {
      endOutput();
      return;
    }
    int before = queueCount;
    flush();
    outputPaused = !duplex && queueCount > 0 && queueCount == before;
    if (outputPaused) {
      tryOutputAgain();
    }
    if (queueCount == 0 && frontend != null && !closed) {
      frontend.drained();
    }
    updateInterest();
  }

  private void tryOutputAgain() {
    if (outputAgain == null) {
      outputAgain = new LoopTimer(loop, () -> {
        outputPaused = false;
        updateInterest();
      });
    }
    outputAgain.once(NO_ROOM_NANOS);
  }

  private void inputReady(int events) {
    if ((events & (Epoll.HUP | Epoll.ERR)) != 0 && frontendRoom() == 0) {
      // This would be reported again and again; what was sent before stays readable, and is read when there is room.
      input.close();
      inputAtHand = true;
      outputEnded |= duplex;
    }
    receive();
    updateInterest();
  }

  private int frontendRoom() { return frontend == null || inputPaused ? 0 : Math.min(frontend.room(), inBytes.length); }

  private void receive() {
    int room = closed || inputEnded ? 0 : frontendRoom();
    if (room == 0) {
      return;
    }
    int read = in.call().applyAsInt(inBuffer.asSlice(0, room));
    if (read == HostSocket.END) {
      endInput();
    } else if (read > 0) {
      MemorySegment.copy(inBuffer, ValueLayout.JAVA_BYTE, 0, inBytes, 0, read);
      receiving = true;
      frontend.receive(inBytes, 0, read);
      receiving = false;
      answer();
    }
  }

  /** Sends what the frontend answered to what it received. */
  private void answer() {
    if (queueCount > 0 && (duplex || output == null)) {
      flush();
      if (queueCount == 0 && !closed) {
        frontend.drained(); // it may have waited for this, and nobody else wakes it: OUT is waited for no more
      }
    }
  }

  private void receivePosted() {
    readPosted = false;
    receive();
    updateInterest();
  }

  private void flush() {
    while (queueCount > 0 && !closed) {
      int count = (int) Math.min(queueCount, outBuffer.byteSize());
      MemorySegment.copy(queue, queueStart, outBuffer, ValueLayout.JAVA_BYTE, 0, count);
      int written = out.call().applyAsInt(outBuffer.asSlice(0, count));
      if (written == HostSocket.END) {
        endOutput();
        return;
      }
      if (written == HostSocket.WOULD_BLOCK) {
        return;
      }
      queueStart += written;
      queueCount -= written;
      forgetLarge();
    }
  }

  /** A queue that grew for a client that read late is given back: there may be many clients. */
  private void forgetLarge() {
    if (queueCount == 0) {
      queueStart = 0;
      if (queue.length > TOGETHER_BYTES) {
        queue = new byte[USUAL_QUEUE_BYTES];
      }
    }
  }

  private void updateInterest() {
    if (closed) {
      return;
    }
    boolean wanted = !inputEnded && frontendRoom() > 0;
    if (inputAtHand) {
      if (wanted && !readPosted) {
        readPosted = true;
        loop.post(this::receivePosted);
      }
    } else if (!inputEnded) {
      int interest = (wanted ? Epoll.IN : 0) | (duplex && queueCount > 0 ? Epoll.OUT : 0);
      if (interest != inputInterest) {
        inputInterest = interest;
        input.interest(interest);
      }
    }
    if (!duplex && output != null && !outputEnded) {
      int interest = queueCount > 0 && !outputPaused ? Epoll.OUT : 0;
      if (interest != outputInterest) {
        outputInterest = interest;
        output.interest(interest);
      }
    }
  }

  /** Writes what is left, at the end of the process, when waiting harms nobody; gives up when nothing moves for so long. */
  void flushNow(long patienceMillis) {
    flush();
    if (queueCount == 0 || closed || outputEnded) {
      return;
    }
    try (Epoll room = Epoll.create()) {
      if (output != null) {
        room.add(out.source(), Epoll.OUT, 0);
      }
      long moved = System.nanoTime();
      int before = queueCount;
      for (flush(); queueCount > 0 && !closed && !outputEnded; flush()) {
        if (queueCount < before) {
          moved = System.nanoTime();
        } else if (System.nanoTime() - moved > patienceMillis * 1_000_000) {
          return;
        }
        before = queueCount;
        room.await(10);
      }
    }
  }

  private void endInput() {
    if (duplex) {
      end();
      return;
    }
    inputEnded = true;
    if (input != null) {
      input.close();
    }
  }

  private void endOutput() {
    if (duplex) {
      end();
      return;
    }
    outputEnded = true;
    queueCount = 0;
    if (output != null) {
      output.close();
    }
    if (frontend != null) {
      frontend.drained();
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
      if (output != null) {
        output.close();
      }
      if (outputAgain != null) {
        outputAgain.close();
      }
      arena.close();
    }
  }
}
