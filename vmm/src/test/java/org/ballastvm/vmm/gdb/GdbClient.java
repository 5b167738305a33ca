package org.ballastvm.vmm.gdb;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;

/** A client of GDB's remote protocol, as small as one can be. */
final class GdbClient implements AutoCloseable {
  private final SocketChannel channel;
  private final ByteBuffer input = ByteBuffer.allocate(1 << 16).flip();

  GdbClient(Path socket) throws IOException {
    channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    channel.connect(UnixDomainSocketAddress.of(socket));
  }

  /** Sends bytes as they are. */
  void raw(String bytes) throws IOException {
    ByteBuffer out = ByteBuffer.wrap(bytes.getBytes(StandardCharsets.ISO_8859_1));
    while (out.hasRemaining()) {
      channel.write(out);
    }
  }

  void send(String packet) throws IOException {
    raw(new String(PacketText.framed(packet), StandardCharsets.ISO_8859_1));
  }

  /** Sends a packet and waits for the one that follows. */
  String ask(String packet) throws IOException {
    send(packet);
    return await();
  }

  /** The next packet; it is acknowledged. */
  String await() throws IOException {
    int next = read();
    while (next == '+') {
      next = read();
    }
    if (next != '$') {
      throw new IOException("not a packet: " + (char) next);
    }
    StringBuilder text = new StringBuilder();
    for (next = read(); next != '#'; next = read()) {
      text.append((char) (next == '}' ? read() ^ 0x20 : next));
    }
    read();
    read();
    raw("+");
    return text.toString();
  }

  int read() throws IOException {
    if (!input.hasRemaining()) {
      input.clear();
      if (channel.read(input) < 0) {
        throw new IOException("the server is gone");
      }
      input.flip();
    }
    return input.get() & 0xff;
  }

  /** A register's value, of at most eight bytes. */
  long register(String name) throws IOException {
    byte[] bytes = HexFormat.of().parseHex(ask("p%x".formatted(number(name))));
    long value = 0;
    for (int i = bytes.length - 1; i >= 0; i--) {
      value = value << 8 | bytes[i] & 0xff;
    }
    return value;
  }

  String write(String register, String hex) throws IOException {
    return ask("P%x=%s".formatted(number(register), hex));
  }

  static int number(String name) {
    return Registers64.ALL.stream().map(Registers64.Register::name).toList().indexOf(name);
  }

  @Override
  public void close() throws IOException { channel.close(); }
}
