package org.ballastvm.vmm.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.ballastvm.vmm.config.NetdevOptions;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.loop.Await;
import org.ballastvm.vmm.loop.EventLoop;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Wires between two cards, or between a card and a program that speaks QEMU's frames, or does not. */
class WiresTest {
  @TempDir
  Path directory;

  private final CompletableFuture<Throwable> crash = new CompletableFuture<>();
  private final EventLoop loop = new EventLoop("wires", crash::complete);
  private final Netdevs netdevs = new Netdevs(loop);

  @AfterEach
  void end() {
    loop.stop();
    netdevs.close();
    loop.close();
    assertFalse(crash.isDone(), () -> crash.join().toString());
  }

  private CardOfTest card(String netdev) {
    netdevs.create(NetdevOptions.parse(netdev));
    Netdev opened = netdevs.all().getLast();
    return new CardOfTest(netdevs.use(opened.config().id(), "card").peer());
  }

  private Path path() { return directory.resolve("wire"); }

  private CardOfTest server() { return card("stream,id=s,server=on,addr.type=unix,addr.path=" + path()); }

  private CardOfTest client(String more) { return card("stream,id=c,addr.type=unix,addr.path=" + path() + more); }

  private <T> T on(Supplier<T> work) throws Exception {
    CompletableFuture<T> done = new CompletableFuture<>();
    loop.post(() -> {
      try {
        done.complete(work.get());
      } catch (RuntimeException | Error e) {
        done.completeExceptionally(e);
      }
    });
    return done.get(20, TimeUnit.SECONDS);
  }

  private void sendAndFlush(String netdev, CardOfTest card, byte[] frame, int pieceBytes) throws Exception {
    assertTrue(on(() -> {
      boolean sent = card.send(frame, pieceBytes);
      netdevs.find(netdev).orElseThrow().peer().flush(0);
      return sent;
    }));
  }

  private static byte[] frame(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  @Test
  void framesOfAllSizesGoBothWaysInOrder() throws Exception {
    CardOfTest server = server();
    CardOfTest client = client("");
    loop.start();
    Await.until(() -> server.links.equals(List.of(true)));
    List<Integer> sizes = List.of(14, 60, 1514, 4096, 4097, 9014, 65535 + 18, 1, 70);
    for (int size : sizes) {
      sendAndFlush("c", client, frame(size), 1000);
      sendAndFlush("s", server, frame(size), 77);
    }
    for (CardOfTest end : List.of(server, client)) {
      Await.until(() -> end.received.size() == sizes.size(), () -> "got " + end.received.size());
      for (int i = 0; i < sizes.size(); i++) {
        assertArrayEquals(frame(sizes.get(i)), end.received.get(i));
      }
    }
  }

  @Test
  void framesToASlowEndWaitAndNoneIsCut() throws Exception {
    CardOfTest server = server();
    CardOfTest client = client("");
    loop.start();
    Await.until(() -> server.links.equals(List.of(true)));
    on(() -> {
      netdevs.find("s").orElseThrow().peer().listen(0, false);
      return true;
    });
    int sent = 0;
    for (int i = 0; i < 1000 && on(() -> client.send(frame(60_000), 4096)); i++) {
      sent++;
    }
    assertTrue(sent > 1 && sent < 1000, "sent " + sent);
    assertEquals(0, client.rooms.get());
    on(() -> {
      netdevs.find("s").orElseThrow().peer().listen(0, true);
      return true;
    });
    Await.until(() -> client.rooms.get() > 0);
    int expected = sent;
    Await.until(() -> server.received.size() == expected);
    server.received.forEach(frame -> assertArrayEquals(frame(60_000), frame));
  }

  @Test
  void smallFramesOfATurnGoTogetherAndAllArrive() throws Exception {
    CardOfTest server = server();
    CardOfTest client = client("");
    loop.start();
    Await.until(() -> server.links.equals(List.of(true)));
    on(() -> {
      for (int i = 0; i < 500; i++) {
        assertTrue(client.send(frame(100 + i), 10_000));
      }
      netdevs.find("c").orElseThrow().peer().flush(0);
      return true;
    });
    Await.until(() -> server.received.size() == 500);
    assertEquals(599, server.received.getLast().length);
  }

  @Test
  void aServerTakesTheNextClientWhenOneHasGone() throws Exception {
    CardOfTest server = server();
    loop.start();
    for (int i = 1; i <= 3; i++) {
      try (SocketChannel client = connect()) {
        int links = 2 * i - 1;
        Await.until(() -> server.links.size() == links);
        client.write(ByteBuffer.allocate(4 + 60).putInt(0, 60));
        int frames = i;
        Await.until(() -> server.received.size() == frames);
      }
      int links = 2 * i;
      Await.until(() -> server.links.size() == links);
    }
    assertEquals(List.of(true, false, true, false, true, false), server.links);
  }

  private SocketChannel connect() throws IOException {
    SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX);
    client.connect(UnixDomainSocketAddress.of(path()));
    return client;
  }

  @Test
  void whoSpeaksOfSomethingElseIsCutOff() throws Exception {
    CardOfTest server = server();
    loop.start();
    for (byte[] nonsense : List.of("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII), new byte[8],
        new byte[]{-1, -1, -1, -1, 0})) {
      int before = server.links.size();
      try (SocketChannel client = connect()) {
        client.write(ByteBuffer.wrap(nonsense));
        Await.until(() -> server.links.size() == before + 2);
        assertEquals(-1, client.read(ByteBuffer.allocate(1)));
      }
    }
    assertEquals(List.of(), server.received);
  }

  @Test
  void aFrameThatComesInPiecesIsOne() throws Exception {
    CardOfTest server = server();
    loop.start();
    byte[] frame = frame(200);
    byte[] wire = ByteBuffer.allocate(204).putInt(200).put(frame).array();
    try (SocketChannel client = connect()) {
      for (int at = 0; at < wire.length; at += 3) {
        client.write(ByteBuffer.wrap(wire, at, Math.min(3, wire.length - at)));
      }
      Await.until(() -> server.received.size() == 1);
    }
    assertArrayEquals(frame, server.received.getFirst());
  }

  @Test
  void aClientThatReconnectsDoesSoWhenThereIsAServer() throws Exception {
    CardOfTest client = client(",reconnect=1");
    loop.start();
    assertEquals(List.of(), client.links);
    CardOfTest server = on(this::server);
    Await.until(() -> client.links.equals(List.of(true)));
    on(() -> {
      netdevs.find("s").orElseThrow().freed();
      netdevs.delete("s");
      return true;
    });
    Await.until(() -> client.links.equals(List.of(true, false)));
    CardOfTest again = on(this::server);
    Await.until(() -> client.links.equals(List.of(true, false, true)));
    sendAndFlush("c", client, frame(99), 99);
    Await.until(() -> again.received.size() == 1);
    assertEquals(0, server.received.size());
  }

  @Test
  void aTcpClientReconnectsWithoutKeepingTheLoop() throws Exception {
    int port;
    try (java.net.ServerSocket free = new java.net.ServerSocket(0)) {
      port = free.getLocalPort();
    }
    CardOfTest client = card("stream,id=c,addr.type=inet,addr.host=127.0.0.1,addr.port=" + port + ",reconnect=1");
    loop.start();
    CardOfTest server = on(() -> card("socket,id=s,listen=127.0.0.1:" + port));
    Await.until(() -> client.links.equals(List.of(true)));
    sendAndFlush("s", server, frame(1000), 100);
    Await.until(() -> client.received.size() == 1);
  }

  @Test
  void aClientWithoutAServerIsAnErrorThatNamesIt() {
    String told = assertThrows(UserError.class, () -> client("")).getMessage();
    assertTrue(told.startsWith("-netdev stream,id=c: connect socket " + path() + ": ENOENT"), told);
    assertEquals(List.of(), netdevs.all());
  }

  @Test
  void aNetdevHasOneCardAndGoesWhenItHasNone() {
    server();
    assertTrue(assertThrows(UserError.class, () -> netdevs.use("s", "other")).getMessage().contains("in use by card"));
    assertTrue(assertThrows(UserError.class, () -> netdevs.delete("s")).getMessage().contains("in use by card"));
    assertTrue(assertThrows(UserError.class, () -> server()).getMessage().contains("Duplicate ID 's'"));
    netdevs.find("s").orElseThrow().freed();
    netdevs.delete("s");
    assertFalse(Files.exists(path()));
    assertTrue(assertThrows(UserError.class, () -> netdevs.delete("s")).getMessage().contains("no netdev 's'"));
  }

  private CardOfTest datagrams(String id, String local, String remote) {
    return card("dgram,id=" + id + ",local.type=unix,local.path=" + directory.resolve(local)
        + ",remote.type=unix,remote.path=" + directory.resolve(remote));
  }

  @Test
  void eachFrameIsAMessageWhoeverComesFirst() throws Exception {
    CardOfTest first = datagrams("a", "one", "two");
    loop.start();
    assertTrue(on(() -> first.send(frame(60), 60)), "nobody is there: it is lost");
    CardOfTest second = on(() -> datagrams("b", "two", "one"));
    List<Integer> sizes = List.of(14, 60, 1514, 9014, 65535 + 18, 1);
    for (int size : sizes) {
      sendAndFlush("a", first, frame(size), 77);
      sendAndFlush("b", second, frame(size), 1000);
    }
    for (CardOfTest end : List.of(first, second)) {
      Await.until(() -> end.received.size() == sizes.size(), () -> "got " + end.received.size());
      for (int i = 0; i < sizes.size(); i++) {
        assertArrayEquals(frame(sizes.get(i)), end.received.get(i));
      }
    }
  }

  @Test
  void framesThatACardDoesNotTakeWaitInTheSocket() throws Exception {
    CardOfTest sender = datagrams("a", "one", "two");
    CardOfTest taker = datagrams("b", "two", "one");
    loop.start();
    on(() -> {
      netdevs.find("b").orElseThrow().peer().listen(0, false);
      return true;
    });
    sendAndFlush("a", sender, frame(100), 100);
    on(() -> true);
    assertEquals(List.of(), taker.received);
    on(() -> {
      netdevs.find("b").orElseThrow().peer().listen(0, true);
      return true;
    });
    Await.until(() -> taker.received.size() == 1);
  }

  @Test
  void messagesOfUdpGoToAPortAndComeFromIt() throws Exception {
    try (DatagramSocket peer = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      CardOfTest card = card("socket,id=a,udp=127.0.0.1:" + peer.getLocalPort() + ",localaddr=127.0.0.1:0");
      loop.start();
      sendAndFlush("a", card, frame(500), 100);
      DatagramPacket came = new DatagramPacket(new byte[1000], 1000);
      peer.receive(came);
      assertArrayEquals(frame(500), Arrays.copyOf(came.getData(), came.getLength()));
      peer.send(new DatagramPacket(new byte[0], 0, came.getSocketAddress()));
      peer.send(new DatagramPacket(frame(60), 60, came.getSocketAddress()));
      Await.until(() -> card.received.size() == 1);
      assertArrayEquals(frame(60), card.received.getFirst());
      assertEquals("udp=127.0.0.1:" + came.getPort() + "/127.0.0.1:" + peer.getLocalPort(),
          netdevs.find("a").orElseThrow().describe());
    }
  }

  @Test
  void aGroupHearsWhatAnyOfItSends() throws Exception {
    int port;
    try (DatagramSocket free = new DatagramSocket(0)) {
      port = free.getLocalPort();
    }
    String group = "socket,mcast=230.7.8.9:" + port + ",localaddr=127.0.0.1,id=";
    List<CardOfTest> all = List.of(card(group + "a"), card(group + "b"), card(group + "c"));
    loop.start();
    sendAndFlush("a", all.getFirst(), frame(60), 60);
    for (CardOfTest each : all) {
      Await.until(() -> each.received.size() == 1);
    }
    assertEquals("mcast=230.7.8.9:" + port, netdevs.find("a").orElseThrow().describe());
  }

  @Test
  void aNameThatIsTakenIsRefusedAndStays() throws Exception {
    Files.createFile(directory.resolve("one"));
    String told = assertThrows(UserError.class, () -> datagrams("a", "one", "two")).getMessage();
    assertTrue(told.startsWith("-netdev dgram,id=a: bind " + directory.resolve("one") + ": EADDRINUSE"), told);
    assertTrue(Files.exists(directory.resolve("one")));
    datagrams("b", "two", "one");
    netdevs.find("b").orElseThrow().freed();
    netdevs.delete("b");
    assertFalse(Files.exists(directory.resolve("two")));
  }

  @Test
  void cardsWithoutAnAddressAreNumberedAsInQemu() {
    assertEquals("52:54:00:12:34:56", netdevs.nextMac().toString());
    assertEquals("52:54:00:12:34:57", netdevs.nextMac().toString());
  }
}
