package org.ballastvm.kvm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sockets whose messages are whole. */
class HostDatagramsTest {
  private static final InetAddress HERE = InetAddress.getLoopbackAddress();

  @TempDir
  Path directory;

  private final Arena arena = Arena.ofAuto();
  private final MemorySegment buffer = arena.allocate(70_000);

  private IoVectors message(int... parts) {
    IoVectors message = new IoVectors();
    for (int part : parts) {
      message.add(arena.allocate(part).fill((byte) part));
    }
    return message;
  }

  /** What comes next, once it is there. */
  private byte[] await(HostDatagrams socket) {
    try (Epoll epoll = Epoll.create()) {
      epoll.add(socket, Epoll.IN, 1);
      assertTrue(epoll.await(10_000) > 0, "nothing came");
    }
    return buffer.asSlice(0, socket.read(buffer)).toArray(ValueLayout.JAVA_BYTE);
  }

  @Test
  void piecesGoAsOneMessageAndComeWhole() {
    try (HostDatagrams one = HostDatagrams.unix(directory.resolve("one"), directory.resolve("two"))) {
      assertFalse(one.write(message(10)), "nobody is there");
      try (HostDatagrams two = HostDatagrams.unix(directory.resolve("two"), directory.resolve("one"))) {
        assertEquals(HostSocket.WOULD_BLOCK, two.read(buffer));
        assertTrue(one.write(message(1, 2)));
        assertTrue(one.write(message(60_000)));
        assertArrayEquals(new byte[]{1, 2, 2}, await(two));
        assertEquals(60_000, await(two).length);
        assertTrue(two.write(message(3)));
        assertArrayEquals(new byte[]{3, 3, 3}, await(one));
      }
    }
  }

  @Test
  void aReaderWithoutRoomIsNotWaitedFor() {
    try (HostDatagrams one = HostDatagrams.unix(directory.resolve("one"), directory.resolve("two"));
        HostDatagrams two = HostDatagrams.unix(directory.resolve("two"), directory.resolve("one"))) {
      int sent = 0;
      while (one.write(message(1000))) {
        sent++;
      }
      assertTrue(sent > 0);
      for (int i = 0; i < sent; i++) {
        assertEquals(1000, two.read(buffer));
      }
      assertEquals(HostSocket.WOULD_BLOCK, two.read(buffer));
    }
  }

  @Test
  void aNameIsItsOwnersUntilItsSocketHasGone() throws Exception {
    Path name = directory.resolve("one");
    Path other = directory.resolve("two");
    try (HostDatagrams user = HostDatagrams.unix(name, other)) {
      assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(name)));
      assertEquals(Errno.EADDRINUSE, assertThrows(HostError.class, () -> HostDatagrams.unix(name, other)).errno());
      assertEquals(HostSocket.WOULD_BLOCK, user.read(buffer));
    }
    HostDatagrams.unix(name, other).close();
    Files.delete(name);
    Files.createFile(name);
    assertEquals(Errno.EADDRINUSE, assertThrows(HostError.class, () -> HostDatagrams.unix(name, other)).errno());
    Files.delete(name);
    try (HostSocket stream = HostSocket.listenUnix(name)) {
      assertEquals(Errno.EADDRINUSE, assertThrows(HostError.class, () -> HostDatagrams.unix(name, other)).errno());
      assertTrue(stream.isOpen());
    }
  }

  @Test
  void aPortThatNobodyListensOnLosesMessagesAndNoMore() throws Exception {
    int port;
    try (HostDatagrams taken = HostDatagrams.udp(HERE, 0, HERE, 9)) {
      port = taken.localPort();
    }
    try (HostDatagrams other = HostDatagrams.udp(HERE, 0, HERE, port)) {
      other.write(message(1));
      assertEquals(HostSocket.WOULD_BLOCK, other.read(buffer));
      try (HostDatagrams again = HostDatagrams.udp(HERE, port, HERE, other.localPort())) {
        assertTrue(other.write(message(2)));
        assertArrayEquals(new byte[]{2, 2}, await(again));
      }
    }
  }

  @Test
  void anAddressThatIsNoGroupsIsRefused() throws Exception {
    InetAddress here = InetAddress.getByAddress(new byte[]{127, 0, 0, 1});
    assertEquals(Errno.EINVAL,
        assertThrows(HostError.class, () -> HostDatagrams.multicast(here, 7999, Optional.of(here))).errno());
    assertEquals(Errno.EAFNOSUPPORT, assertThrows(HostError.class,
        () -> HostDatagrams.udp(here, 0, InetAddress.getByAddress(new byte[16]), 1)).errno());
  }

  @Test
  void whatIsGivenMustBeASocketOfDatagrams() {
    try (HostSocket stream = HostSocket.pair("ends")[0]) {
      assertEquals(Errno.EINVAL,
          assertThrows(HostError.class, () -> HostDatagrams.inherited(stream.fd())).errno());
      assertTrue(stream.isOpen());
    }
  }
}
