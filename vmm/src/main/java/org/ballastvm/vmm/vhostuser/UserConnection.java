package org.ballastvm.vmm.vhostuser;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import org.ballastvm.kvm.Epoll;
import org.ballastvm.kvm.HostSocket;
import org.ballastvm.kvm.SocketMessage;

/**
 * Messages to a back-end and its replies, one after the other. Whoever asks waits for the reply, and never longer than the
 * deadline: a back-end that lets one pass is as good as gone. For one thread at a time.
 */
final class UserConnection implements AutoCloseable {
  /** Long enough for a back-end that has to finish what is under way with a slow disk first. */
  static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int BUFFER_BYTES = 1024;

  private final HostSocket socket;
  private final Duration patience;
  private final Epoll epoll = Epoll.create();
  private final Arena arena = Arena.ofShared();
  private final MemorySegment buffer = arena.allocate(BUFFER_BYTES);
  private final SocketMessage message = new SocketMessage();
  private boolean closed;

  /**
   * A connection that stands.
   *
   * @param socket to the back-end, closed with this
   * @param patience how long it has for each reply
   */
  UserConnection(HostSocket socket, Duration patience) {
    this.socket = socket;
    this.patience = patience;
    epoll.add(socket, Epoll.IN, 0);
  }

  HostSocket socket() { return socket; }

  /** Descriptors that go with the next message that is sent, and those that came with the last reply. */
  SocketMessage descriptors() {
    return message;
  }

  /**
   * Sends a message that has no reply.
   *
   * @throws BackendError if it cannot be sent
   */
  void send(UserMessage what) { send(what, false, deadline()); }

  /**
   * Sends a message and has it acknowledged.
   *
   * @throws BackendError if it is refused, or nothing comes
   */
  void sendAcknowledged(UserMessage what) {
    long deadline = deadline();
    send(what, true, deadline);
    receive(what, deadline).requireDone();
  }

  /**
   * Sends a message that has a reply.
   *
   * @return the reply
   * @throws BackendError if none comes, or one that is not to this message
   */
  UserReply ask(UserMessage what) {
    long deadline = deadline();
    send(what, false, deadline);
    return receive(what, deadline);
  }

  private long deadline() { return System.nanoTime() + patience.toNanos(); }

  private void send(UserMessage what, boolean needReply, long deadline) {
    byte[] bytes = what.encode(needReply);
    MemorySegment.copy(bytes, 0, buffer, JAVA_BYTE, 0, bytes.length);
    for (int sent = 0; sent < bytes.length;) {
      int count = message.send(socket, buffer.asSlice(sent, bytes.length - sent));
      if (count == HostSocket.END) {
        throw new BackendError("it has closed the connection before " + what.request());
      }
      if (count == HostSocket.WOULD_BLOCK) {
        await(Epoll.OUT, deadline, "it does not take ", what);
      } else {
        sent += count;
      }
    }
  }

  private UserReply receive(UserMessage what, long deadline) {
    message.closeReceived();
    byte[] header = read(what, UserMessage.HEADER_BYTES, deadline);
    byte[] payload = read(what, UserReply.payloadBytes(what, header), deadline);
    return new UserReply(what, ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN));
  }

  private byte[] read(UserMessage what, int length, long deadline) {
    byte[] bytes = new byte[length];
    for (int got = 0; got < length;) {
      int count = message.receive(socket, buffer.asSlice(0, length - got));
      if (count == HostSocket.END) {
        throw new BackendError("it has closed the connection instead of an answer to " + what.request());
      }
      if (count == HostSocket.WOULD_BLOCK) {
        await(Epoll.IN, deadline, "it does not answer ", what);
      } else {
        MemorySegment.copy(buffer, JAVA_BYTE, 0, bytes, got, count);
        got += count;
      }
    }
    return bytes;
  }

  private void await(int event, long deadline, String sentence, UserMessage what) {
    long left = deadline - System.nanoTime();
    if (left <= 0) {
      throw new BackendError(sentence + what.request() + " within " + patience.toSeconds() + " seconds");
    }
    epoll.modify(socket, event, 0);
    epoll.await((int) Math.min(left / 1_000_000 + 1, Integer.MAX_VALUE));
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      epoll.close();
      socket.close();
      message.close();
      arena.close();
    }
  }
}
