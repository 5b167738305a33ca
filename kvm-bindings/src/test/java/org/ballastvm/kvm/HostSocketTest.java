package org.ballastvm.kvm;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sockets, listening and connected. */
class HostSocketTest {
  @TempDir
  Path directory;

  @Test
  void aUnixSocketBelongsToItsOwner() throws Exception {
    Path path = directory.resolve("monitor");
    try (HostSocket listener = HostSocket.listenUnix(path)) {
      assertTrue(listener.isOpen());
      assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
    }
  }

  @Test
  void bytesGoBothWays() {
    Path path = directory.resolve("monitor");
    try (HostSocket listener = HostSocket.listenUnix(path);
        HostSocket client = HostSocket.connectUnix(path);
        HostSocket server = accept(listener)) {
      assertEquals(HostSocket.WOULD_BLOCK, read(server).length());

      write(client, "info balloon\n");
      assertEquals("info balloon\n", read(server).text());
      write(server, "balloon: actual=512\n");
      assertEquals("balloon: actual=512\n", read(client).text());

      hangUp(client);
      assertEquals(HostSocket.END, read(server).length());
    }
  }

  @Test
  void nobodyWaitsAtFirst() {
    try (HostSocket listener = HostSocket.listenUnix(directory.resolve("monitor"))) {
      assertNull(listener.accept());
    }
  }

  @Test
  void aPathWithALiveListenerIsInUse() {
    Path path = directory.resolve("monitor");
    try (HostSocket listener = HostSocket.listenUnix(path)) {
      HostError error = assertThrows(HostError.class, () -> HostSocket.listenUnix(path));

      assertEquals(Errno.EADDRINUSE, error.errno());
      assertTrue(listener.isOpen());
      HostSocket.connectUnix(path).close();
    }
  }

  @Test
  void aSocketFileLeftBehindIsReplaced() {
    Path path = directory.resolve("monitor");
    HostSocket.listenUnix(path).close();
    assertTrue(Files.exists(path));

    try (HostSocket listener = HostSocket.listenUnix(path); HostSocket client = HostSocket.connectUnix(path)) {
      assertNotNull(accept(listener));
      assertTrue(client.isOpen());
    }
  }

  @Test
  void whatIsNoSocketIsNeverReplaced() throws Exception {
    Path file = Files.writeString(directory.resolve("file"), "precious");
    Path folder = Files.createDirectory(directory.resolve("folder"));
    Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of("/dev/null"));

    for (Path path : new Path[]{file, folder, link}) {
      HostError error = assertThrows(HostError.class, () -> HostSocket.listenUnix(path));
      assertEquals(Errno.EADDRINUSE, error.errno());
    }

    assertEquals("precious", Files.readString(file));
    assertTrue(Files.isDirectory(folder));
    assertTrue(Files.isSymbolicLink(link));
  }

  @Test
  void aPathTooLongForASocketIsNamed() {
    Path path = directory.resolve("x".repeat(120));

    HostError error = assertThrows(HostError.class, () -> HostSocket.listenUnix(path));

    assertEquals(Errno.ENAMETOOLONG, error.errno());
    assertTrue(error.getMessage().contains(path.toString()), error.getMessage());
  }

  @Test
  void tcpListensOnThePortTheHostChose() {
    InetAddress local = InetAddress.getLoopbackAddress();
    try (HostSocket listener = HostSocket.listenTcp(local, 0);
        HostSocket client = HostSocket.connectTcp(local, listener.localPort());
        HostSocket server = accept(listener)) {
      write(server, "hello");
      awaitReadable(client);
      assertEquals("hello", read(client).text());

      HostError error = assertThrows(HostError.class, () -> HostSocket.listenTcp(local, listener.localPort()));
      assertEquals(Errno.EADDRINUSE, error.errno());
    }
  }

  @Test
  void aTcpClientDoesNotWaitForWhatIsNotThere() {
    InetAddress local = InetAddress.getLoopbackAddress();
    try (HostSocket listener = HostSocket.listenTcp(local, 0);
        HostSocket client = HostSocket.connectTcp(local, listener.localPort())) {
      assertEquals(HostSocket.WOULD_BLOCK, read(client).length());
    }
  }

  @Test
  void aTcpPortThatNobodyListensOnRefuses() {
    InetAddress local = InetAddress.getLoopbackAddress();
    HostSocket listener = HostSocket.listenTcp(local, 0);
    int port = listener.localPort();
    listener.close();

    HostError error = assertThrows(HostError.class, () -> HostSocket.connectTcp(local, port));

    assertEquals(Errno.ECONNREFUSED, error.errno());
    assertTrue(error.getMessage().contains("tcp:127.0.0.1:" + port), error.getMessage());
  }

  @Test
  void addressesOfTheNextProtocolAreRefused() throws Exception {
    InetAddress next = Inet6Address.getByName("::1");

    HostError error = assertThrows(HostError.class, () -> HostSocket.listenTcp(next, 0));

    assertEquals(Errno.EAFNOSUPPORT, error.errno());
  }

  @Test
  void aWriterStopsWhenTheReaderDoes() {
    Path path = directory.resolve("monitor");
    try (HostSocket listener = HostSocket.listenUnix(path);
        HostSocket client = HostSocket.connectUnix(path);
        HostSocket server = accept(listener);
        Arena arena = Arena.ofConfined()) {
      MemorySegment block = arena.allocate(1 << 16);
      int written = client.write(block);
      while (written > 0) {
        written = client.write(block);
      }
      assertEquals(HostSocket.WOULD_BLOCK, written);

      hangUp(server);
      assertEquals(HostSocket.END, client.write(block));
    }
  }

  @Test
  void javaMemoryIsRefusedBeforeTheKernelSeesIt() {
    Path path = directory.resolve("monitor");
    try (HostSocket listener = HostSocket.listenUnix(path); HostSocket client = HostSocket.connectUnix(path)) {
      assertFalse(listener == client);
      assertThrows(IllegalArgumentException.class, () -> client.write(MemorySegment.ofArray(new byte[8])));
      MemorySegment gone;
      try (Arena arena = Arena.ofConfined()) {
        gone = arena.allocate(8);
      }
      assertThrows(IllegalStateException.class, () -> client.read(gone));
    }
  }

  private record Read(int length, String text) {}

  private static HostSocket accept(HostSocket listener) {
    awaitReadable(listener);
    return listener.accept();
  }

  private static void hangUp(HostSocket socket) { socket.close(); }

  private static void awaitReadable(HostSocket socket) {
    try (Epoll epoll = Epoll.create()) {
      epoll.add(socket, Epoll.IN, 0);
      assertEquals(1, epoll.await(10_000));
    }
  }

  private static void write(HostSocket socket, String text) {
    try (Arena arena = Arena.ofConfined()) {
      byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
      assertEquals(bytes.length, socket.write(arena.allocateFrom(JAVA_BYTE, bytes)));
    }
  }

  private static Read read(HostSocket socket) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(4096);
      int length = socket.read(buffer);
      byte[] bytes = buffer.asSlice(0, Math.max(0, length)).toArray(JAVA_BYTE);
      return new Read(length, new String(bytes, StandardCharsets.US_ASCII));
    }
  }
}
