package org.ballastvm.vmm.vhostuser;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.LinkedBlockingQueue;
import org.ballastvm.kvm.Epoll;
import org.ballastvm.kvm.HostFile;
import org.ballastvm.kvm.HostSocket;
import org.ballastvm.kvm.SocketMessage;

/** A back-end that answers as it has to, writes down what it was told, and serves nothing. On a thread of its own. */
final class PlayedBackend implements AutoCloseable {
  /** Where its queues stop. */
  static final int BASE = 42;
  private static final long FEATURES = 1L << 30 | 1L << 32 | 2;
  private static final int REPLY = 5;

  private final HostSocket[] ends = HostSocket.pair("played");
  private final long protocol;
  private final List<String> said = new ArrayList<>();
  private final Thread thread;
  private long inflightBytes;

  PlayedBackend(ProtocolFeature... features) {
    long all = 0;
    for (ProtocolFeature feature : features) {
      all |= feature.mask();
    }
    protocol = all;
    thread = Thread.ofPlatform().daemon().name("played").start(this::serve);
  }

  /** Gives what was offered, and waits for more. */
  static final class Source implements BackendSource {
    private final LinkedBlockingQueue<PlayedBackend> waiting = new LinkedBlockingQueue<>();
    private final List<PlayedBackend> all = new ArrayList<>();

    PlayedBackend offer(PlayedBackend next) {
      all.add(next);
      waiting.add(next);
      return next;
    }

    @Override
    public HostSocket first() { return waiting.remove().ends[0]; }

    @Override
    public HostSocket next() throws InterruptedException { return waiting.take().ends[0]; }

    @Override
    public void close() { all.forEach(PlayedBackend::close); }
  }

  synchronized List<String> said() { return List.copyOf(said); }

  synchronized long inflightBytes() { return inflightBytes; }

  /** Waits until it was told something. */
  synchronized void await(String message) throws InterruptedException {
    while (said.stream().noneMatch(line -> line.equals(message) || line.startsWith(message + " "))) {
      wait();
    }
  }

  private synchronized void write(String line) {
    said.add(line);
    notifyAll();
  }

  private void serve() {
    try (Epoll epoll = Epoll.create(); SocketMessage message = new SocketMessage(); Arena arena = Arena.ofConfined()) {
      epoll.add(ends[1], Epoll.IN, 0);
      MemorySegment buffer = arena.allocate(512);
      while (true) {
        ByteBuffer header = read(epoll, message, buffer, 12);
        if (header == null) {
          break;
        }
        UserRequest request = request(header.getInt(0));
        ByteBuffer payload = header.getInt(8) == 0
            ? ByteBuffer.allocate(0)
            : read(epoll, message, buffer, header.getInt(8));
        answer(request, payload, message, buffer);
        message.closeReceived();
      }
    } finally {
      ends[1].close();
    }
  }

  private static UserRequest request(int number) {
    for (UserRequest request : UserRequest.values()) {
      if (request.number() == number) {
        return request;
      }
    }
    throw new AssertionError("message " + number);
  }

  private ByteBuffer read(Epoll epoll, SocketMessage message, MemorySegment buffer, int length) {
    byte[] bytes = new byte[length];
    for (int got = 0; got < length;) {
      int count = message.receive(ends[1], buffer.asSlice(0, length - got));
      if (count == HostSocket.END) {
        return null;
      }
      if (count == HostSocket.WOULD_BLOCK) {
        epoll.await(-1);
      } else {
        MemorySegment.copy(buffer, JAVA_BYTE, 0, bytes, got, count);
        got += count;
      }
    }
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private void answer(UserRequest request, ByteBuffer payload, SocketMessage message, MemorySegment buffer) {
    switch (request) {
      case GET_FEATURES -> reply(request, number(FEATURES), message, buffer);
      case GET_PROTOCOL_FEATURES -> reply(request, number(protocol), message, buffer);
      case GET_VRING_BASE -> reply(request, number((long) BASE << 32 | payload.getInt(0)), message, buffer);
      case GET_INFLIGHT_FD -> {
        try (HostFile file = HostFile.memfd("inflight", OptionalLong.empty())) {
          file.truncate(4096);
          message.with(file);
          reply(request, number(4096, 0, 0), message, buffer);
        }
      }
      default -> {
        // Most have no answer.
      }
    }
    write(line(request, payload, message));
  }

  private String line(UserRequest request, ByteBuffer payload, SocketMessage message) {
    return request.name() + switch (request) {
      case SET_FEATURES -> " " + Long.toHexString(payload.getLong(0) & ~(1L << 30));
      case SET_VRING_NUM, SET_VRING_BASE -> " " + payload.getInt(0) + " " + payload.getInt(4);
      case SET_INFLIGHT_FD -> {
        try (HostFile file = message.takeFile("inflight")) {
          inflightBytes = file.sizeBytes();
          yield " " + payload.getLong(0);
        }
      }
      default -> "";
    };
  }

  private static byte[] number(long... numbers) {
    ByteBuffer bytes = ByteBuffer.allocate(8 * numbers.length).order(ByteOrder.LITTLE_ENDIAN);
    for (long number : numbers) {
      bytes.putLong(number);
    }
    return bytes.array();
  }

  private void reply(UserRequest request, byte[] payload, SocketMessage message, MemorySegment buffer) {
    byte[] bytes = ByteBuffer.allocate(12 + payload.length).order(ByteOrder.LITTLE_ENDIAN).putInt(request.number())
        .putInt(REPLY).putInt(payload.length).put(payload).array();
    MemorySegment.copy(bytes, 0, buffer, JAVA_BYTE, 0, bytes.length);
    message.send(ends[1], buffer.asSlice(0, bytes.length));
  }

  /** It dies. */
  @Override
  public void close() {
    if (ends[0].isOpen() && thread.isAlive()) {
      ends[1].close();
    }
  }
}
