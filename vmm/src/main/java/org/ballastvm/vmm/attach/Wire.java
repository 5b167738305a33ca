package org.ballastvm.vmm.attach;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import org.ballastvm.vmm.config.UserError;

/** A connection to a socket with a monitor behind it. */
final class Wire implements AutoCloseable {
  private final SocketChannel channel;
  private final InputStream input;
  private final OutputStream output;

  private Wire(SocketChannel channel) {
    this.channel = channel;
    this.input = Channels.newInputStream(channel);
    this.output = Channels.newOutputStream(channel);
  }

  /** Connects to {@code unix:PATH} or {@code tcp:HOST:PORT}. */
  static Wire connect(String address) throws IOException {
    if (address.startsWith("unix:")) {
      SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
      return connected(channel, () -> channel.connect(UnixDomainSocketAddress.of(address.substring(5))));
    }
    int colon = address.lastIndexOf(':');
    try {
      InetSocketAddress place = new InetSocketAddress(address.substring(4, colon),
          Integer.parseInt(address.substring(colon + 1)));
      SocketChannel channel = SocketChannel.open();
      return connected(channel, () -> channel.connect(place));
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new UserError("monitor " + address + ": must be tcp:HOST:PORT, with a port from 0 to 65535", e);
    }
  }

  /** Connects a socket. */
  @FunctionalInterface
  private interface Connecting {
    boolean connect() throws IOException;
  }

  private static Wire connected(SocketChannel channel, Connecting connecting) throws IOException {
    try {
      connecting.connect();
      return new Wire(channel);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** Whether something has come, or the end, within a time; nothing has been read yet. */
  boolean awaitInput(long milliseconds) throws IOException {
    channel.configureBlocking(false);
    try (Selector selector = Selector.open()) {
      channel.register(selector, SelectionKey.OP_READ);
      return selector.select(milliseconds) > 0;
    } finally {
      channel.configureBlocking(true);
    }
  }

  /** Receives what comes, on a thread of its own. */
  interface Listener {
    void received(byte[] bytes, int count);

    void ended();
  }

  /** Listens until the end: who reads only when he has asked something is dropped for not reading events. */
  void listen(Listener listener) {
    Thread.ofPlatform().daemon().name("wire").start(() -> {
      byte[] buffer = new byte[16384];
      try {
        for (int count = read(buffer); count >= 0; count = read(buffer)) {
          listener.received(buffer, count);
        }
      } catch (IOException e) {
        // Its end, in another way.
      }
      listener.ended();
    });
  }

  /** What comes, with what has been read of it before. */
  InputStream inputBehind(byte[] first, int count) {
    return new SequenceInputStream(new ByteArrayInputStream(first, 0, count), input);
  }

  /** Reads what is there, and waits for it; -1 at the end. */
  int read(byte[] into) throws IOException {
    return input.read(into);
  }

  /** Writes all of it. */
  void write(byte[] bytes) throws IOException {
    output.write(bytes);
    output.flush();
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // There is nothing left to lose.
    }
  }
}
