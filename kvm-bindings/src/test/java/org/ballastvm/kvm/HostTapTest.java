package org.ballastvm.kvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A network interface whose frames this process has. Where it runs, it may make one. */
@Tag("kvm")
class HostTapTest {
  private static final int FRAME_BYTES = 98;

  private static void ip(String words) throws IOException, InterruptedException {
    List<String> command = List.of(("ip " + words).split(" "));
    assertEquals(0, new ProcessBuilder(command).inheritIO().start().waitFor(), words);
  }

  /** Frames that come, until one is of a type; the others are the host's own business. */
  private static MemorySegment await(HostTap tap, int etherType, Arena arena) {
    try (Epoll epoll = Epoll.create()) {
      epoll.add(tap, Epoll.IN, 1);
      MemorySegment frame = arena.allocate(70_000);
      while (true) {
        int length = tap.read(frame);
        if (length > HostTap.HEADER_BYTES + 14
            && (frame.get(ValueLayout.JAVA_BYTE, HostTap.HEADER_BYTES + 12) & 0xff) << 8 == (etherType & 0xff00)
            && (frame.get(ValueLayout.JAVA_BYTE, HostTap.HEADER_BYTES + 13) & 0xff) == (etherType & 0xff)) {
          return frame.asSlice(0, length);
        }
        assertTrue(epoll.await(10_000) > 0 || length > 0, "no frame came");
      }
    }
  }

  @Test
  void aFrameOfTheHostsComesWithAHeaderAndOneIsTaken() throws Exception {
    try (HostTap tap = HostTap.open(Optional.of("btest0"), false); Arena arena = Arena.ofConfined()) {
      assertEquals("btest0", tap.name());
      assertTrue(tap.hasHeaders());
      tap.offload(HostTap.Offload.CSUM, HostTap.Offload.TSO4, HostTap.Offload.TSO6, HostTap.Offload.TSO_ECN);
      ip("addr add 192.0.2.1/24 dev btest0");
      ip("link set btest0 up");
      ip("neigh add 192.0.2.2 lladdr 02:00:00:00:00:02 dev btest0");
      try (DatagramSocket socket = new DatagramSocket()) {
        socket.send(new DatagramPacket(new byte[]{1, 2, 3}, 3, InetAddress.getByName("192.0.2.2"), 9));
      }
      MemorySegment frame = await(tap, 0x0800, arena);
      assertEquals(HostTap.HEADER_BYTES + 14 + 20 + 8 + 3, frame.byteSize());
      IoVectors vector = new IoVectors();
      vector.add(arena.allocate(HostTap.HEADER_BYTES));
      vector.add(arena.allocate(FRAME_BYTES).fill((byte) 0xff));
      assertTrue(tap.write(vector));
      ip("link set btest0 down");
      assertFalse(tap.write(vector));
    }
  }

  @Test
  void anInterfaceHasOneUserUnlessItHasSeveralQueues() {
    try (HostTap tap = HostTap.open(Optional.of("btest1"), false)) {
      assertEquals(Errno.EBUSY,
          assertThrows(HostError.class, () -> HostTap.open(Optional.of("btest1"), false)).errno());
      assertTrue(tap.isOpen());
    }
    try (HostTap one = HostTap.open(Optional.of("btest2"), true);
        HostTap two = HostTap.open(Optional.of("btest2"), true)) {
      two.attach(false);
      two.attach(true);
      assertEquals(one.name(), two.name());
    }
  }

  @Test
  void withoutANameTheHostChoosesOne() {
    try (HostTap tap = HostTap.open(Optional.empty(), false)) {
      assertTrue(tap.name().startsWith("tap"), tap.name());
    }
  }

  @Test
  void aDescriptorOfSomethingElseIsRefused() {
    try (EventFd other = EventFd.create()) {
      assertEquals(Errno.ENOTTY, assertThrows(HostError.class, () -> HostTap.inherited(other.fd())).errno());
    }
    assertEquals(Errno.EBADF, assertThrows(HostError.class, () -> HostTap.inherited(99_999)).errno());
  }
}
