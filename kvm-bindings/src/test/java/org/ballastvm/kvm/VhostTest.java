package org.ballastvm.kvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The kernel's vhost, which fills buffers of a queue with the host's frames. Where it runs, it may make an interface. */
@Tag("kvm")
class VhostTest {
  private static final long VERSION_1 = 1L << 32;
  private static final long GUEST = 0x1000_0000;
  private static final int SIZE = 16;
  private static final int AVAIL = 0x1000;
  private static final int USED = 0x2000;
  private static final int BUFFERS = 0x1_0000;
  private static final int BUFFER_BYTES = 0x1000;
  private static final int WRITABLE = 2;
  private static final int ETHERTYPE = HostTap.HEADER_BYTES + 12;
  private static final int FRAME_BYTES = HostTap.HEADER_BYTES + 14 + 20 + 8 + 3;

  private static void ip(String words) throws IOException, InterruptedException {
    assertEquals(0, new ProcessBuilder(("ip " + words).split(" ")).inheritIO().start().waitFor(), words);
  }

  private static void fill(MemorySegment memory) {
    for (int i = 0; i < SIZE; i++) {
      memory.set(ValueLayout.JAVA_LONG, 16L * i, GUEST + BUFFERS + (long) i * BUFFER_BYTES);
      memory.set(ValueLayout.JAVA_INT, 16L * i + 8, BUFFER_BYTES);
      memory.set(ValueLayout.JAVA_SHORT, 16L * i + 12, (short) WRITABLE);
      memory.set(ValueLayout.JAVA_SHORT, AVAIL + 4 + 2L * i, (short) i);
    }
    memory.set(ValueLayout.JAVA_SHORT, AVAIL + 2, (short) SIZE);
  }

  private static int used(MemorySegment memory) { return memory.get(ValueLayout.JAVA_SHORT, USED + 2) & 0xffff; }

  /** Whether a frame of IPv4 is among those that came; the others are the host's own business. */
  private static boolean hasCome(MemorySegment memory) {
    for (int i = 0; i < used(memory); i++) {
      int buffer = memory.get(ValueLayout.JAVA_INT, USED + 4 + 8L * i);
      int length = memory.get(ValueLayout.JAVA_INT, USED + 8 + 8L * i);
      if (length == FRAME_BYTES
          && memory.get(ValueLayout.JAVA_BYTE, BUFFERS + (long) buffer * BUFFER_BYTES + ETHERTYPE) == 8) {
        return true;
      }
    }
    return false;
  }

  @Test
  void aFrameOfTheHostsIsInTheRingWithoutOurDoing() throws Exception {
    try (Vhost vhost = Vhost.open(Vhost.NET);
        HostTap tap = HostTap.open(Optional.of("btest1"), false);
        HostMapping mapping = HostMapping.anonymous(1 << 20, false, true);
        EventFd kick = EventFd.create();
        EventFd call = EventFd.create();
        Epoll epoll = Epoll.create()) {
      MemorySegment memory = mapping.chunk(0);
      fill(memory);
      assertTrue((vhost.features() & VERSION_1) != 0);
      vhost.features(VERSION_1);
      vhost.memory(List.of(new Vhost.Region(GUEST, 1 << 20, mapping, 0)));
      vhost.size(0, SIZE);
      vhost.next(0, 0);
      vhost.rings(0, new Vhost.Place(mapping, 0), new Vhost.Place(mapping, AVAIL), new Vhost.Place(mapping, USED));
      vhost.kick(0, kick);
      vhost.call(0, call);
      vhost.error(0, call);
      vhost.tap(0, tap);
      epoll.add(call, Epoll.IN, 1);
      ip("addr add 192.0.2.9/24 dev btest1");
      ip("link set btest1 up");
      ip("neigh add 192.0.2.10 lladdr 02:00:00:00:00:02 dev btest1");
      try (DatagramSocket socket = new DatagramSocket()) {
        socket.send(new DatagramPacket(new byte[]{1, 2, 3}, 3, InetAddress.getByName("192.0.2.10"), 9));
      }
      while (!hasCome(memory)) {
        assertTrue(epoll.await(10_000) > 0, "no frame came");
        call.drain();
      }
      vhost.noTap(0);
      assertEquals(used(memory), vhost.next(0));
    }
  }

  @Test
  void moreRegionsThanFitAreRefused() {
    try (Vhost vhost = Vhost.open(Vhost.NET); HostMapping mapping = HostMapping.anonymous(1 << 20, false, true)) {
      List<Vhost.Region> regions = new ArrayList<>();
      for (int i = 0; i < Vhost.mostRegions(); i++) {
        regions.add(new Vhost.Region(i * 0x10_0000L, 4096, mapping, 0));
      }
      vhost.memory(regions);
      regions.add(new Vhost.Region(1L << 40, 4096, mapping, 0));
      assertEquals(Errno.E2BIG, assertThrows(HostError.class, () -> vhost.memory(regions)).errno());
    }
  }

  @Test
  void aDescriptorOfSomethingElseIsNone() { assertThrows(HostError.class, () -> Vhost.inherited(1)); }

  @Test
  void twoGuestsDoNotHaveTheSameNumber() {
    try (Vhost one = Vhost.open(Vhost.VSOCK); Vhost two = Vhost.open(Vhost.VSOCK)) {
      one.guestCid(0x7777);
      assertEquals(Errno.EADDRINUSE, assertThrows(HostError.class, () -> two.guestCid(0x7777)).errno());
    }
  }
}
