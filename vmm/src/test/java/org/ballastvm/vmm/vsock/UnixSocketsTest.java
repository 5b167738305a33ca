package org.ballastvm.vmm.vsock;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.ballastvm.kvm.HostError;
import org.ballastvm.vmm.vsock.SocketGuest.Packet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs of the host at real sockets, and a guest. */
@Timeout(60)
class UnixSocketsTest {
  @TempDir
  Path directory;

  private Path path;
  private SocketGuest guest;

  @BeforeEach
  void open() {
    path = directory.resolve("v.sock");
    guest = new SocketGuest(path);
  }

  @AfterEach
  void close() {
    guest.close();
    assertFalse(guest.crash.isDone(), () -> guest.crash.join().toString());
    assertFalse(Files.exists(path));
  }

  private SocketChannel program(String says) throws IOException {
    SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(path));
    channel.write(ByteBuffer.wrap(says.getBytes(StandardCharsets.US_ASCII)));
    return channel;
  }

  /** The next bytes, or nothing at the end. */
  private static String read(SocketChannel channel) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(4096);
    int count = channel.read(bytes);
    return new String(bytes.array(), 0, Math.max(0, count), StandardCharsets.US_ASCII);
  }

  private static int acceptedPort(SocketChannel channel) throws IOException {
    StringBuilder line = new StringBuilder();
    ByteBuffer one = ByteBuffer.allocate(1);
    while (line.indexOf("\n") < 0) {
      one.clear();
      assertEquals(1, channel.read(one), () -> "the end, after " + line);
      line.append((char) one.get(0));
    }
    assertTrue(line.toString().matches("OK [0-9]+\n"), line.toString());
    return Integer.parseUnsignedInt(line.substring(3).strip());
  }

  @Test
  void aProgramReachesAPortOfTheGuestAndWhatFollowsTheLineIsTheStreams() throws Exception {
    try (SocketChannel program = program("CONNECT 52\nhello")) {
      Packet asked = guest.hear();
      assertEquals(new Packet(SocketGuest.REQUEST, asked.hostPort(), 52, 0, ""), asked);
      guest.send(SocketGuest.RESPONSE, asked.hostPort(), 52, 0, "");
      assertEquals(asked.hostPort(), acceptedPort(program));
      assertEquals("hello", guest.hear().text());
      guest.send(SocketGuest.RW, asked.hostPort(), 52, 0, "back");
      assertEquals("back", read(program));
    }
    assertEquals(SocketGuest.SHUTDOWN, guest.hear().operation());
  }

  @Test
  void aProgramThatTheGuestRefusesReadsTheEnd() throws Exception {
    try (SocketChannel program = program("CONNECT 53\n")) {
      guest.send(SocketGuest.RST, guest.hear().hostPort(), 53, 0, "");
      assertEquals("", read(program));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"CONNECT\n", "CONNECT x\n", "connect 1\n", "CONNECT -1\n", "CONNECT 4294967296\n", "\n",
      "CONNECT 0000000000000000000000000000000001\n"})
  void whoSaysSomethingElseReadsTheEndAndTheGuestHearsNothing(String says) throws Exception {
    try (SocketChannel program = program(says)) {
      assertEquals("", read(program));
    } catch (IOException reset) {
      // What was not read when it was closed resets the connection.
    }
    try (SocketChannel other = program("CONNECT 9\n")) {
      assertEquals(9, guest.hear().guestPort());
      assertTrue(other.isOpen());
    }
  }

  @Test
  void theLineMayComeInPieces() throws Exception {
    try (SocketChannel program = program("CONN")) {
      program.write(ByteBuffer.wrap("ECT 4294967295\n".getBytes(StandardCharsets.US_ASCII)));
      assertEquals(-1, guest.hear().guestPort());
    }
  }

  @Test
  void aGuestReachesWhoListensAtTheNameOfThePort() throws Exception {
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(path + "_1234"));
      guest.send(SocketGuest.REQUEST, 1234, 7, 0, "");
      assertEquals(new Packet(SocketGuest.RESPONSE, 1234, 7, 0, ""), guest.hear());
      try (SocketChannel program = server.accept()) {
        guest.send(SocketGuest.RW, 1234, 7, 0, "from the guest");
        assertEquals("from the guest", read(program));
        guest.send(SocketGuest.SHUTDOWN, 1234, 7, SocketGuest.NO_SEND, "");
        assertEquals("", read(program), "the guest sends no more");
        program.write(ByteBuffer.wrap("still".getBytes(StandardCharsets.US_ASCII)));
        assertEquals("still", guest.hear().text());
      }
    }
  }

  @Test
  void whereNobodyListensTheGuestIsRefused() throws Exception {
    guest.send(SocketGuest.REQUEST, 1235, 7, 0, "");
    assertEquals(new Packet(SocketGuest.RST, 1235, 7, 0, ""), guest.hear());
  }

  @Test
  void whileTheMachineStandsNothingComesToTheGuest() throws Exception {
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(path + "_1"));
      guest.send(SocketGuest.REQUEST, 1, 7, 0, "");
      guest.hear();
      try (SocketChannel program = server.accept()) {
        guest.loop.post(() -> guest.sockets.pause(true));
        guest.send(SocketGuest.RW, 1, 7, 0, "x");
        assertEquals("x", read(program));
        program.write(ByteBuffer.wrap("later".getBytes(StandardCharsets.US_ASCII)));
        guest.settle();
        assertFalse(guest.hasHeard());
        guest.loop.post(() -> guest.sockets.pause(false));
        assertEquals("later", guest.hear().text());
      }
    }
  }

  @Test
  void oneSocketHasOneOwner() {
    assertThrows(HostError.class, () -> new UnixSockets(guest.loop, path));
    assertTrue(Files.exists(path));
  }
}
