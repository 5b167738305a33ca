package org.ballastvm.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A client of the machine protocol that may behave as badly as it likes. */
final class QmpSocket implements AutoCloseable {
  static final String CAPABILITIES = "{\"execute\":\"qmp_capabilities\"}\n";

  private final SocketChannel channel;
  private final ByteBuffer read = ByteBuffer.allocate(64 << 10).flip();

  private QmpSocket(SocketChannel channel) { this.channel = channel; }

  /** Connects, and says nothing. */
  static QmpSocket to(SocketAddress address) throws IOException {
    return new QmpSocket(SocketChannel.open(address));
  }

  /** Connects, and says nothing. */
  static QmpSocket to(Path path) throws IOException {
    return to(UnixDomainSocketAddress.of(path));
  }

  /** Hears the greeting, and agrees. */
  QmpSocket agree() throws IOException {
    assertTrue(line().startsWith("{\"QMP\": "));
    assertEquals("{\"return\": {}}", ask("qmp_capabilities"));
    return this;
  }

  SocketChannel channel() { return channel; }

  /** Sends one byte for each character, and waits until all of it is taken. */
  void send(String text) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /** The next line; null when the other side has hung up. */
  String line() throws IOException {
    StringBuilder line = new StringBuilder();
    while (true) {
      while (read.hasRemaining()) {
        char c = (char) (read.get() & 0xff);
        if (c == '\n') {
          return line.toString().strip();
        }
        line.append(c);
      }
      if (channel.read(read.clear()) < 0) {
        return null;
      }
      read.flip();
    }
  }

  /** What a command is answered; events that come before it are left out. */
  String ask(String command) throws IOException {
    return say("{\"execute\":\"" + command + "\"}");
  }

  /** What a line is answered; events that come before it are left out. */
  String say(String line) throws IOException {
    send(line + "\n");
    String answer = line();
    while (answer != null && answer.startsWith("{\"timestamp\"")) {
      answer = line();
    }
    return answer;
  }

  @Override
  public void close() throws IOException { channel.close(); }
}
