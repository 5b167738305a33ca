package org.ballastvm.kvm;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.ballastvm.kvm.generated.Host;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Requests that are handed to the kernel many at a time, and what it answers. */
class IoRingTest {
  private static final int SIZE = 64 << 10;
  private static final int ENTRIES = 8;

  @TempDir
  Path scratch;

  private final MemorySegment memory = Arena.ofAuto().allocate(SIZE, 4096);
  private final List<Long> refused = new ArrayList<>();

  /** Which kind of ring. */
  enum Kind {
    ONE_THREAD(KernelRing.ONE_THREAD), PLAIN(KernelRing.PLAIN);

    private final long flags;

    Kind(long flags) { this.flags = flags; }

    /** Opens one, where the host has it. */
    IoRing open(EventFd answered) {
      try {
        IoRing ring = KernelRing.open(NativeProvider.CALLS, ENTRIES, answered, flags);
        ring.start();
        return ring;
      } catch (HostError e) {
        boolean refused = e.errno().equals(Errno.ENOSYS) || e.errno().equals(Errno.EPERM); // kernel.io_uring_disabled
        if (System.getenv("CI") != null && !refused) {
          throw e;
        }
        return Assumptions.abort("skipped: this host has no such ring: " + e.getMessage());
      }
    }
  }

  private DiskFile disk() throws IOException {
    return DiskFile.open(Files.write(scratch.resolve("disk"), new byte[SIZE]), false, false);
  }

  private IoVectors piece(int at, int lengthBytes) {
    IoVectors one = new IoVectors(2);
    one.add(memory, at, lengthBytes / 2);
    one.add(memory, at + lengthBytes / 2, lengthBytes / 2);
    return one;
  }

  private static long answer(IoRing ring, long token) {
    while (!ring.next()) {
      assertEquals(0, ring.submit(true));
    }
    assertEquals(token, ring.token());
    return ring.result();
  }

  @ParameterizedTest
  @EnumSource
  void whatIsWrittenIsReadAgainAndHolesAreZeros(Kind kind) throws IOException {
    try (EventFd event = EventFd.create(); IoRing ring = kind.open(event); DiskFile disk = disk()) {
      memory.asSlice(0, SIZE / 2).fill((byte) 7);
      ring.write(disk, piece(0, 16384), 4096, true, 1);
      assertEquals(16384, answer(ring, 1));
      ring.sync(disk, 2);
      assertEquals(0, answer(ring, 2));
      ring.punchHole(disk, 8192, 4096, 3);
      assertEquals(0, answer(ring, 3));
      ring.read(disk, piece(SIZE / 2, 16384), 4096, 4);
      assertEquals(16384, answer(ring, 4));
      assertEquals(7, memory.get(JAVA_BYTE, SIZE / 2 + 4095));
      assertEquals(0, memory.get(JAVA_BYTE, SIZE / 2 + 4096));
      assertEquals(7, memory.get(JAVA_BYTE, SIZE / 2 + 8192));
      ring.read(disk, piece(0, 512), SIZE, 5);
      assertEquals(0, answer(ring, 5), "behind the end");
      assertTrue(event.drain() > 0);
      assertFalse(ring.next());
    }
  }

  @ParameterizedTest
  @EnumSource
  void aRangeOfZerosIsAsWithoutARing(Kind kind) throws IOException {
    try (EventFd event = EventFd.create(); IoRing ring = kind.open(event); DiskFile disk = disk()) {
      ring.zeroRange(disk, 512, 1024, 1);
      assertEquals(disk.zeroRange(512, 1024), answer(ring, 1));
    }
  }

  @ParameterizedTest
  @EnumSource
  void aFullRingTakesNoMoreUntilItIsHandedOver(Kind kind) throws IOException {
    try (EventFd event = EventFd.create(); IoRing ring = kind.open(event); DiskFile disk = disk()) {
      for (int i = 0; i < ENTRIES; i++) {
        assertTrue(ring.hasRoom());
        ring.read(disk, piece(512 * i, 512), 0, i);
      }
      assertFalse(ring.hasRoom());
      assertThrows(IllegalStateException.class, () -> ring.sync(disk, 99));
      assertEquals(0, ring.submit(false));
      assertTrue(ring.hasRoom());
      List<Long> tokens = new ArrayList<>();
      while (tokens.size() < ENTRIES) {
        while (ring.next()) {
          assertEquals(512, ring.result());
          tokens.add(ring.token());
        }
        ring.submit(tokens.size() < ENTRIES);
      }
      assertEquals(List.of(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L), tokens.stream().sorted().toList());
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatFailsIsAnErrnoAndNoCrash(Kind kind) throws IOException {
    try (EventFd event = EventFd.create();
        IoRing ring = kind.open(event);
        DiskFile disk = disk();
        HostMapping hidden = HostMapping.anonymous(SIZE, false, true);
        DiskFile readOnly = DiskFile.open(scratch.resolve("disk"), true, false)) {
      hidden.hide(0, SIZE);
      IoVectors none = new IoVectors(1);
      none.add(hidden.chunk(0), 0, 4096);
      ring.read(disk, none, 0, 1);
      assertEquals(-Errno.EFAULT.code(), answer(ring, 1));
      ring.write(readOnly, piece(0, 512), 0, false, 2);
      assertEquals(-Errno.EBADF.code(), answer(ring, 2));
    }
  }

  @Test
  void anAnswerRaisesTheEventOfAThreadThatWaitsElsewhere() throws IOException {
    try (EventFd event = EventFd.create();
        Epoll epoll = Epoll.create();
        IoRing ring = KernelRing.open(ENTRIES, event);
        DiskFile disk = disk()) {
      epoll.add(event, Epoll.IN | Epoll.EDGE, 5);
      ring.start();
      ring.start();
      ring.sync(disk, 1);
      assertEquals(0, ring.submit(false));
      while (!ring.next()) {
        epoll.await(1000);
        assertEquals(0, ring.submit(false));
      }
      assertEquals(0, ring.result());
    }
  }

  @Test
  void whatTheKernelDoesNotTakeIsTakenBack() throws IOException {
    NativeCalls busy = new RefusingCalls(Host.SYS_io_uring_enter(), -Errno.EBUSY.code());
    try (EventFd event = EventFd.create();
        DiskFile disk = disk();
        IoRing ring = KernelRing.open(busy, ENTRIES, event)) {
      ring.start();
      ring.read(disk, piece(0, 512), 0, 1);
      ring.sync(disk, 2);
      assertEquals(-Errno.EBUSY.code(), ring.submit(false));
      assertEquals(2, ring.takeBack());
      assertEquals(1, ring.takeBack());
      assertEquals(-1, ring.takeBack());
      assertEquals(0, ring.submit(false), "there is nothing to refuse");
    }
  }

  @Test
  void aHostWithoutRingsSaysSo() {
    try (EventFd event = EventFd.create()) {
      for (Errno why : List.of(Errno.ENOSYS, Errno.EPERM, Errno.EINVAL)) {
        NativeCalls none = new RefusingCalls(Host.SYS_io_uring_setup(), -why.code());
        HostError error = assertThrows(HostError.class, () -> KernelRing.open(none, ENTRIES, event));
        assertEquals(why, error.errno());
      }
      assertEquals(4, refused.size(), "EINVAL is asked once more, for an older kernel");
    }
  }

  @Test
  void aClosedRingIsUsedNoMore() throws IOException {
    try (EventFd event = EventFd.create(); DiskFile disk = disk()) {
      IoRing ring = KernelRing.open(ENTRIES, event);
      ring.close();
      ring.close();
      assertThrows(IllegalStateException.class, () -> ring.sync(disk, 1));
      assertThrows(IllegalStateException.class, () -> ring.submit(false));
      assertThrows(IllegalStateException.class, ring::next);
    }
  }

  /** A provider that refuses one system call. */
  private final class RefusingCalls implements NativeCalls {
    private final long number;
    private final long answer;

    RefusingCalls(long number, long answer) {
      this.number = number;
      this.answer = answer;
    }

    @Override
    public String name() { return NativeProvider.CALLS.name(); }

    @Override
    public long syscall(long wanted, long a, long b, long c, long d, long e, long f) {
      if (wanted == number) {
        refused.add(wanted);
        return answer;
      }
      return NativeProvider.CALLS.syscall(wanted, a, b, c, d, e, f);
    }

    @Override
    public long installHarmlessHandler(int signal) { return NativeProvider.CALLS.installHarmlessHandler(signal); }

    @Override
    public MemorySegment view(long address, long lengthBytes, Arena lifetime) {
      return NativeProvider.CALLS.view(address, lengthBytes, lifetime);
    }
  }
}
