package org.ballastvm.vmm.vhostuser;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.ballastvm.kvm.Epoll;
import org.ballastvm.kvm.HostSocket;
import org.ballastvm.kvm.SocketMessage;
import org.ballastvm.vmm.loop.EventLoop;

/**
 * Requests that a back-end makes, "Back-end message types". One is understood: configuration space has changed. All others
 * are refused, and descriptors that come with them are closed. Belongs to the event loop.
 */
final class BackendRequests implements AutoCloseable {
  private static final int CONFIG_CHANGE = 2;
  private static final int MOST_PAYLOAD_BYTES = 256;
  /** In one turn; the rest waits for the next one. */
  private static final int MOST_IN_A_TURN = 16;

  private final HostSocket socket;
  private final Runnable configChanged;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment buffer = arena.allocate(UserMessage.HEADER_BYTES + MOST_PAYLOAD_BYTES);
  private final SocketMessage descriptors = new SocketMessage();
  private final EventLoop.Registration registration;
  /** Of the message that has not come whole. */
  private int got;
  private boolean closed;

  /**
   * Hears requests.
   *
   * @param loop where
   * @param socket our end, closed with this
   * @param configChanged the back-end says that its configuration space is another
   */
  BackendRequests(EventLoop loop, HostSocket socket, Runnable configChanged) {
    this.socket = socket;
    this.configChanged = configChanged;
    this.registration = loop.register(socket, Epoll.IN, events -> ready());
  }

  private void ready() {
    for (int i = 0; i < MOST_IN_A_TURN && !closed; i++) {
      int wanted = got < UserMessage.HEADER_BYTES
          ? UserMessage.HEADER_BYTES
          : UserMessage.HEADER_BYTES + header().getInt(8);
      if (got < wanted) {
        int count = descriptors.receive(socket, buffer.asSlice(got, wanted - got));
        descriptors.closeReceived();
        if (count == HostSocket.WOULD_BLOCK) {
          return;
        }
        if (count == HostSocket.END) {
          close(); // Its other socket says the same, and what that means.
          return;
        }
        got += count;
      }
      take();
    }
  }

  /** Does what has come whole; of what has not, checks the header. */
  private void take() {
    if (got < UserMessage.HEADER_BYTES) {
      return;
    }
    ByteBuffer header = header();
    int size = header.getInt(8);
    if (size < 0 || size > MOST_PAYLOAD_BYTES) {
      close(); // Where the next message begins, nobody knows.
      return;
    }
    if (got == UserMessage.HEADER_BYTES + size) {
      got = 0;
      boolean known = header.getInt(0) == CONFIG_CHANGE;
      if ((header.getInt(4) & UserMessage.NEED_REPLY) != 0) {
        answer(header.getInt(0), known ? 0 : 1);
      }
      if (known) {
        configChanged.run();
      }
    }
  }

  private ByteBuffer header() {
    byte[] bytes = new byte[UserMessage.HEADER_BYTES];
    MemorySegment.copy(buffer, JAVA_BYTE, 0, bytes, 0, bytes.length);
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private void answer(int number, long result) {
    byte[] bytes = ByteBuffer.allocate(UserMessage.HEADER_BYTES + 8).order(ByteOrder.LITTLE_ENDIAN).putInt(number)
        .putInt(UserMessage.VERSION | UserMessage.REPLY).putInt(8).putLong(result).array();
    MemorySegment.copy(bytes, 0, buffer, JAVA_BYTE, 0, bytes.length);
    if (socket.write(buffer.asSlice(0, bytes.length)) != bytes.length) {
      close(); // Who asks and does not read is asked no more.
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      registration.close();
      socket.close();
      descriptors.close();
      arena.close();
    }
  }
}
