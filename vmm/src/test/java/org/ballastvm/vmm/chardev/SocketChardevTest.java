package org.ballastvm.vmm.chardev;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.ballastvm.vmm.config.ChardevConfig;
import org.ballastvm.vmm.config.UserError;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Clients of every kind, at the other end of a socket. */
@Timeout(60)
class SocketChardevTest {
  @TempDir
  private Path directory;

  private final LoopOfTest test = new LoopOfTest();
  private final FakeFrontend frontend = new FakeFrontend();
  private Path path;

  @BeforeEach
  void name() { path = directory.resolve("monitor"); }

  @AfterEach
  void end() { test.close(); }

  private ChardevConfig.Unix server() { return new ChardevConfig.Unix("c", false, path, true, false); }

  private SocketChannel connect() throws IOException { return SocketChannel.open(UnixDomainSocketAddress.of(path)); }

  private static void write(SocketChannel client, String text) throws IOException {
    client.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)));
  }

  private static String read(SocketChannel client, int bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(bytes);
    while (buffer.hasRemaining() && client.read(buffer) >= 0) {
      // More may come.
    }
    return new String(buffer.array(), 0, buffer.position(), StandardCharsets.ISO_8859_1);
  }

  @Test
  void aClientTalksAndIsAnswered() throws Exception {
    Chardev chardev = test.start(server(), frontend);
    try (SocketChannel client = connect()) {
      write(client, "info\n");
      frontend.await("<opened>info\n"::equals);
      test.send(chardev, "answer");
      assertEquals("answer", read(client, 6));
    }
    frontend.await(seen -> seen.endsWith("<closed><drained>"));
    assertEquals("disconnected:unix:" + path + ",server=on", test.on(chardev::describe));
  }

  @Test
  void itsOwnerAloneCanUseItAndItIsGoneAtTheEnd() throws Exception {
    Chardev chardev = test.start(server(), frontend);
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
    test.on(() -> {
      chardev.close();
      return true;
    });
    assertFalse(Files.exists(path));
  }

  @Test
  void aNameThatIsInUseIsRefusedAndItsUserUnharmed() throws Exception {
    try (ServerSocketChannel other = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      other.bind(UnixDomainSocketAddress.of(path));
      UserError refusal = assertThrows(UserError.class, () -> Chardevs.open(server(), test.loop, () -> fail()));
      assertEquals("-chardev id=c unix:" + path + ": is in use; give another, or end the process that listens there",
          refusal.getMessage());
      try (SocketChannel client = connect()) {
        assertTrue(client.isConnected());
      }
    }
  }

  private static void fail() { throw new AssertionError("nobody typed Ctrl-A x"); }

  @Test
  void aSocketThatADeadProcessLeftIsReplaced() throws Exception {
    try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      dead.bind(UnixDomainSocketAddress.of(path));
    }
    assertTrue(Files.exists(path));
    test.start(server(), frontend);
    try (SocketChannel client = connect()) {
      write(client, "x");
      frontend.await("<opened>x"::equals);
    }
  }

  @Test
  void aFileThatIsNoSocketIsNotReplaced() throws IOException {
    Files.writeString(path, "precious");
    UserError refusal = assertThrows(UserError.class, () -> Chardevs.open(server(), test.loop, () -> fail()));
    assertTrue(refusal.getMessage().endsWith(": there is something that is no socket; give another path"));
    assertEquals("precious", Files.readString(path));
  }

  @Test
  void theSecondClientIsServedWhenTheFirstHasGone() throws Exception {
    Chardev chardev = test.start(server(), frontend);
    SocketChannel first = connect();
    try (SocketChannel second = connect()) {
      write(second, "two");
      write(first, "one");
      frontend.await("<opened>one"::equals);
      first.close();
      frontend.await("<opened>one<closed><drained><opened>two"::equals);
      test.send(chardev, "hello");
      assertEquals("hello", read(second, 5));
    }
  }

  @Test
  void whatTheFrontendHasNoRoomForWaitsAndNothingIsLost() throws Exception {
    frontend.takeOnly(0);
    Chardev chardev = test.start(server(), frontend);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 3000; i++) {
      text.append(i).append(' ');
    }
    try (SocketChannel client = connect()) {
      write(client, text.toString());
      int taken = 0;
      for (int room = 1; taken < text.length(); room = room % 700 + 7) {
        taken = Math.min(taken + room, text.length());
        String expected = "<opened>" + text.substring(0, taken);
        frontend.takeOnly(room);
        test.on(() -> {
          chardev.receiveMore();
          return true;
        });
        frontend.await(expected::equals);
      }
    }
  }

  @Test
  void whatAClientSentBeforeItVanishedIsStillHeard() throws Exception {
    frontend.takeOnly(0);
    Chardev chardev = test.start(server(), frontend);
    try (SocketChannel client = connect()) {
      write(client, "system_reset\nhalf a li");
    }
    frontend.await("<opened>"::equals);
    frontend.takeOnly(100);
    test.on(() -> {
      chardev.receiveMore();
      return true;
    });
    frontend.await("<opened>system_reset\nhalf a li<closed><drained>"::equals);
  }

  @Test
  void whatASlowReaderLeavesIsBoundedAndComesWhenItReads() throws Exception {
    Chardev chardev = test.start(server(), frontend);
    try (SocketChannel client = connect()) {
      frontend.await("<opened>"::equals);
      byte[] piece = new byte[1 << 16];
      int sent = 0;
      while (test.on(chardev::sendRoom) >= piece.length) {
        test.on(() -> {
          chardev.send(piece, 0, piece.length);
          return true;
        });
        sent += piece.length;
      }
      assertTrue(sent >= StreamLine.MOST_QUEUED_BYTES && sent < 8 * StreamLine.MOST_QUEUED_BYTES, sent + " bytes");
      assertEquals(sent, read(client, sent).length());
      frontend.await("<opened><drained>"::equals);
    }
  }

  @Test
  void whoReadsNothingAtAllIsDropped() throws Exception {
    Chardev chardev = test.start(server(), frontend);
    try (SocketChannel client = connect()) {
      frontend.await("<opened>"::equals);
      byte[] much = new byte[StreamLine.MOST_QUEUED_BYTES];
      for (int i = 0; i < 20 && !frontend.seen().contains("<closed>"); i++) {
        test.on(() -> {
          chardev.send(much, 0, much.length);
          return true;
        });
      }
      frontend.await("<opened><closed><drained>"::equals);
      assertEquals(Integer.MAX_VALUE, test.on(chardev::sendRoom));
      assertTrue(client.isConnected());
    }
  }

  @Test
  void aServerThatIsToWaitWaitsForItsClient() throws Exception {
    ChardevConfig.Unix waiting = new ChardevConfig.Unix("c", false, path, true, true);
    CompletableFuture<Chardev> opened = CompletableFuture.supplyAsync(() -> test.start(waiting, frontend));
    SocketChannel client = connectWhenThere();
    try (client) {
      opened.get(20, TimeUnit.SECONDS);
      frontend.await("<opened>"::equals);
    }
  }

  /** The one thing here that nothing announces. */
  private SocketChannel connectWhenThere() throws IOException {
    while (true) {
      try {
        return connect();
      } catch (IOException e) {
        Thread.onSpinWait();
      }
    }
  }

  @Test
  void aClientOfOursConnectsAndSeesTheEnd() throws Exception {
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(path));
      test.start(new ChardevConfig.Unix("c", false, path, false, false), frontend);
      try (SocketChannel peer = server.accept()) {
        write(peer, "hi");
        frontend.await("<opened>hi"::equals);
      }
      frontend.await("<opened>hi<closed><drained>"::equals);
    }
  }

  @Test
  void whereNobodyListensAClientOfOursIsRefused() {
    UserError refusal = assertThrows(UserError.class,
        () -> Chardevs.open(new ChardevConfig.Unix("c", false, path, false, false), test.loop, () -> fail()));
    assertTrue(refusal.getMessage().startsWith("-chardev id=c unix:" + path + ": connect socket " + path + ": ENOENT"),
        refusal.getMessage());
  }

  @Test
  void aTcpServerListensOnTheAddressThatWasGiven() throws Exception {
    Chardev chardev = test.start(new ChardevConfig.Tcp("c", false, "127.0.0.1", 0, true, false, false), frontend);
    String where = test.on(chardev::describe);
    int port = Integer.parseInt(where.replaceAll("disconnected:tcp:127.0.0.1:([0-9]+),server=on", "$1"));
    try (SocketChannel client = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))) {
      write(client, "q\n");
      frontend.await("<opened>q\n"::equals);
    }
  }

  @Test
  void whereNobodyListensOnTcpAClientOfOursIsRefusedToo() throws Exception {
    ChardevConfig client;
    try (ServerSocketChannel taken = ServerSocketChannel.open()) {
      taken.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      int free = ((InetSocketAddress) taken.getLocalAddress()).getPort();
      UserError refusal = assertThrows(UserError.class, () -> Chardevs
          .open(new ChardevConfig.Tcp("compat_monitor0", false, "127.0.0.1", free, true, false, false), test.loop,
              () -> fail()));
      assertEquals(
          "-monitor tcp:127.0.0.1:" + free + ": is in use; give another, or end the process that listens there",
          refusal.getMessage());
      client = new ChardevConfig.Tcp("c", false, "127.0.0.1", free, false, false, false);
    }
    UserError refusal = assertThrows(UserError.class, () -> Chardevs.open(client, test.loop, () -> fail()));
    assertTrue(refusal.getMessage().contains("ECONNREFUSED"), refusal.getMessage());
  }

  @Test
  void aClientOfOursReachesATcpServer() throws Exception {
    try (ServerSocketChannel server = ServerSocketChannel.open()) {
      server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      int port = ((InetSocketAddress) server.getLocalAddress()).getPort();
      test.start(new ChardevConfig.Tcp("c", false, "localhost", port, false, false, false), frontend);
      try (SocketChannel peer = server.accept()) {
        write(peer, "hi");
        frontend.await("<opened>hi"::equals);
      }
    }
  }
}
