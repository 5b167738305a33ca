package org.ballastvm.kvm;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.NoSuchElementException;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Descriptors that go over a socket with bytes. */
class SocketMessageTest {
  private final Arena arena = Arena.ofConfined();
  private final HostSocket[] ends = HostSocket.pair("test");
  private final SocketMessage out = new SocketMessage();
  private final SocketMessage in = new SocketMessage();
  private final MemorySegment bytes = arena.allocate(8);

  @AfterEach
  void close() {
    out.close();
    in.close();
    ends[0].close();
    ends[1].close();
    arena.close();
  }

  @Test
  void aFileThatIsSentIsTheSameFileAtTheOtherEnd() {
    try (HostFile file = HostFile.memfd("sent", OptionalLong.empty())) {
      file.truncate(12345);
      bytes.set(JAVA_BYTE, 7, (byte) 42);
      assertEquals(8, out.with(file).send(ends[0], bytes));
      bytes.fill((byte) 0);
      assertEquals(8, in.receive(ends[1], bytes));
      assertEquals(42, bytes.get(JAVA_BYTE, 7));

      assertEquals(1, in.received());
      try (HostFile same = in.takeFile("came")) {
        assertEquals(12345, same.sizeBytes());
        same.truncate(7);
      }
      assertEquals(7, file.sizeBytes());
      assertThrows(NoSuchElementException.class, () -> in.takeFile("another"));
    }
  }

  @Test
  void descriptorsGoOnce() {
    try (EventFd kick = EventFd.create(); EventFd call = EventFd.create()) {
      out.with(kick).with(call).send(ends[0], bytes.asSlice(0, 1));
      out.send(ends[0], bytes.asSlice(0, 1));

      assertEquals(1, in.receive(ends[1], bytes));
      assertEquals(2, in.received());
      in.closeReceived();
      assertEquals(1, in.receive(ends[1], bytes));
      assertEquals(0, in.received());
    }
  }

  @Test
  void theEndAndAnEmptySocketAreToldApart() {
    assertEquals(HostSocket.WOULD_BLOCK, in.receive(ends[1], bytes));
    ends[0].close();
    assertEquals(HostSocket.END, in.receive(ends[1], bytes));
    assertEquals(HostSocket.END, in.send(ends[1], bytes));
  }

  @Test
  void whatWasNotTakenIsClosed() {
    HostSocket[] passed = HostSocket.pair("passed");
    assertEquals(8, out.with(passed[1]).send(ends[0], bytes));
    passed[1].close();
    assertEquals(8, in.receive(ends[1], bytes));
    assertEquals(HostSocket.WOULD_BLOCK, passed[0].read(bytes)); // in holds the other end open

    in.closeReceived();

    assertEquals(HostSocket.END, passed[0].read(bytes));
    assertFalse(passed[1].isOpen());
    passed[0].close();
  }

  @Test
  void aConnectionThatWasGivenIsOneOfOurs() {
    HostSocket[] ends = HostSocket.pair("test");
    try (HostSocket one = ends[0];
        HostSocket given = HostSocket.inherited((int) PassedDescriptor.copyOf(ends[1].fd()));
        HostFile file = HostFile.memfd("test", OptionalLong.empty());
        Arena arena = Arena.ofConfined()) {
      ends[1].close();
      assertEquals(2, given.write(arena.allocateFrom("hi").asSlice(0, 2)));
      assertEquals(2, one.read(arena.allocate(8)));
      assertEquals(Errno.ENOTSOCK, assertThrows(HostError.class, () -> HostSocket.inherited(file.fd())).errno());
    }
  }
}
