package org.ballastvm.vmm.vhostuser;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.OptionalLong;
import org.ballastvm.kvm.Epoll;
import org.ballastvm.kvm.EventFd;
import org.ballastvm.kvm.HostFile;
import org.ballastvm.kvm.HostMapping;

/** A driver with one split queue in memory of its own, which a back-end maps too. */
final class RingDriver implements AutoCloseable {
  static final int SIZE = 16;
  /** Where guests have it, so that nothing works by being at zero. */
  static final long BASE = 0x1_0000_0000L;
  static final long BYTES = 4 << 20;
  private static final int DESCRIPTORS = 0x1000;
  private static final int AVAILABLE = 0x2000;
  private static final int USED = 0x3000;
  /** Requests have their bytes here, a page each. */
  private static final int DATA = 0x10000;
  private static final int PAGE = 4096;
  private static final int AWAIT_MILLIS = 20_000;

  final HostFile file = HostFile.memfd("guest", OptionalLong.empty());
  final EventFd kick = EventFd.create();
  final EventFd call = EventFd.create();
  final SharedRegion region = new SharedRegion(BASE, BYTES, file, 0);
  private final HostMapping mapping;
  private final MemorySegment memory;
  private int available;

  RingDriver() {
    file.truncate(BYTES);
    mapping = HostMapping.ofFile(file, 0, BYTES, true, true);
    memory = mapping.chunk(0);
  }

  QueueStart start(int index) { return start(index, 0); }

  QueueStart start(int index, int base) {
    return new QueueStart(index, SIZE, base, BASE + DESCRIPTORS, BASE + AVAILABLE, BASE + USED, kick, call);
  }

  /** A page for data. */
  MemorySegment page(int number) { return memory.asSlice(DATA + (long) number * PAGE, PAGE); }

  /** Puts a chain on the queue: each piece is a page of its own, from the first on; those to be written come last. */
  void offer(int firstPage, int[] readable, int[] writable) {
    int count = readable.length + writable.length;
    for (int i = 0; i < count; i++) {
      boolean write = i >= readable.length;
      long at = DESCRIPTORS + i * 16L;
      memory.set(JAVA_LONG, at, BASE + DATA + (long) (firstPage + i) * PAGE);
      memory.set(JAVA_INT, at + 8, write ? writable[i - readable.length] : readable[i]);
      memory.set(JAVA_SHORT, at + 12, (short) ((i + 1 < count ? 1 : 0) | (write ? 2 : 0)));
      memory.set(JAVA_SHORT, at + 14, (short) (i + 1));
    }
    memory.set(JAVA_SHORT, AVAILABLE + 4 + available % SIZE * 2L, (short) 0);
    VarHandle.fullFence();
    available++;
    memory.set(JAVA_SHORT, AVAILABLE + 2, (short) available);
    VarHandle.fullFence();
    kick.signal();
  }

  /** Waits for the back-end to have used all that was offered; fails if it does not. */
  int awaitUsed() {
    try (Epoll epoll = Epoll.create()) {
      epoll.add(call, Epoll.IN, 0);
      while (used() != available) {
        assertEquals(1, epoll.await(AWAIT_MILLIS), "the back-end does nothing");
        call.drain();
      }
    }
    return memory.get(JAVA_INT, USED + 4 + (available - 1) % SIZE * 8L + 4);
  }

  int used() {
    VarHandle.fullFence();
    return memory.get(JAVA_SHORT, USED + 2) & 0xffff;
  }

  void fill(int page, byte value) { page(page).fill(value); }

  byte first(int page) { return page(page).get(JAVA_BYTE, 0); }

  @Override
  public void close() {
    mapping.close();
    file.close();
    kick.close();
    call.close();
  }
}
