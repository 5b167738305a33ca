package org.ballastvm.kvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pieces of memory that go out as one, and connections that are not waited for. */
class IoVectorsTest {
  @TempDir
  Path directory;

  private static HostSocket accept(HostSocket listener) {
    HostSocket next = listener.accept();
    while (next == null) {
      Thread.onSpinWait();
      next = listener.accept();
    }
    return next;
  }

  private static void hangUp(HostSocket socket) { socket.close(); }

  @Test
  void piecesArriveInOrderAndThePlaceOfEachIsItsOwn() {
    Path path = directory.resolve("wire");
    IoVectors vector = new IoVectors();
    try (HostSocket listener = HostSocket.listenUnix(path);
        HostSocket client = HostSocket.connectUnix(path);
        HostSocket server = accept(listener);
        Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocateFrom("0123456789");
      for (int round = 0; round < 2; round++) {
        vector.clear();
        vector.add(memory.asSlice(7, 3));
        vector.add(memory.asSlice(0, 1).asReadOnly());
        vector.add(memory.asSlice(4, 2));
        assertEquals(6, vector.bytes());
        assertEquals(6, client.write(vector));
        MemorySegment into = arena.allocate(10);
        assertEquals(6, server.read(into));
        assertEquals("789045", into.getString(0));
      }
      while (!vector.isFull()) {
        vector.add(memory);
      }
      assertThrows(IllegalStateException.class, () -> vector.add(memory));
      vector.clear();
      vector.add(memory);
      hangUp(server);
      assertEquals(HostSocket.END, client.write(vector));
    }
  }

  @Test
  void memoryOfTheHeapIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> new IoVectors().add(MemorySegment.ofArray(new byte[4])));
  }

  @Test
  void aConnectionThatIsBegunStandsOrSaysWhyNot() {
    InetAddress here = InetAddress.getLoopbackAddress();
    int port;
    try (HostSocket listener = HostSocket.listenTcp(here, 0)) {
      port = listener.localPort();
      try (HostSocket client = HostSocket.beginToConnectTcp(here, port); Epoll epoll = Epoll.create()) {
        epoll.add(client, Epoll.OUT, 1);
        assertEquals(1, epoll.await(10_000));
        assertTrue(client.connectionFailure().isEmpty());
      }
    }
    try (HostSocket client = HostSocket.beginToConnectTcp(here, port); Epoll epoll = Epoll.create()) {
      epoll.add(client, Epoll.OUT, 1);
      assertEquals(1, epoll.await(10_000));
      assertEquals(Errno.ECONNREFUSED, client.connectionFailure().orElseThrow().errno());
    } catch (HostError atOnce) {
      assertEquals(Errno.ECONNREFUSED, atOnce.errno());
    }
  }
}
