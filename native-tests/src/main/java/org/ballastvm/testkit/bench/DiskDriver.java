package org.ballastvm.testkit.bench;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.ballastvm.kvm.Epoll;
import org.ballastvm.kvm.EventFd;
import org.ballastvm.pci.PciHost;
import org.ballastvm.virtio.blk.BlkConfig;
import org.ballastvm.virtio.blk.BlkDevice;
import org.ballastvm.virtio.pci.VirtioPciFunction;
import org.ballastvm.vmm.block.AttachedDisk;
import org.ballastvm.vmm.block.BlockBackend;
import org.ballastvm.vmm.block.DiskThreads;
import org.ballastvm.vmm.config.BackendConfig;
import org.ballastvm.vmm.config.DriveConfig;
import org.ballastvm.vmm.config.MemoryConfig;
import org.ballastvm.vmm.memory.GuestLayout;
import org.ballastvm.vmm.memory.GuestRam;
import org.ballastvm.vmm.memory.MemoryBackend;

/**
 * A disk with its device, and a driver on a thread of this process: it rings by an eventfd, as KVM does, and is woken by its
 * interrupt.
 */
final class DiskDriver implements AutoCloseable {
  static final int IN = 0;
  static final int OUT = 1;
  /** The most requests at a time. */
  static final int MOST_DEPTH = 64;

  private static final long MEMORY = 128L << 20;
  private static final int QUEUE = 256;
  private static final int PIECES = 4;
  private static final long DESCRIPTORS = 1 << 20;
  private static final long AVAIL = DESCRIPTORS + 16 * QUEUE;
  private static final long USED = AVAIL + 4096;
  private static final long HEADERS = 2 << 20;
  private static final long DATA = 16 << 20;
  private static final long MOST_BYTES = 1 << 20;
  private static final int REGISTERS = 4;
  private static final long FEATURES = 1L << 32 | 1 << 9;
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final long LOOK_NANOS = 100_000;

  private final MemoryBackend backend;
  private final GuestRam ram;
  private final DiskThreads threads;
  private final AttachedDisk disk;
  private final VirtioPciFunction function;
  private final EventFd doorbell = EventFd.create();
  private final Thread driver = Thread.currentThread();
  private int offered;
  private int seen;

  /** A disk whose driver is the calling thread. */
  DiskDriver(BlockBackend of) {
    backend = MemoryBackend.open(
        new BackendConfig.Ram("ram", MEMORY, new BackendConfig.Common(false, false, false, false, true)));
    ram = new GuestRam(GuestLayout.of(MemoryConfig.of(MEMORY)), backend);
    threads = new DiskThreads("bench", Throwable::printStackTrace);
    disk = new AttachedDisk(of, DriveConfig.Use.DEFAULTS, ram, threads, threads.listener(), (kind, action, why) -> {
      throw new IllegalStateException(kind + " failed: " + why.name());
    });
    function = new VirtioPciFunction(new BlkDevice(BlkConfig.DEFAULTS, disk.disk()), ram, event -> {
      throw new IllegalStateException(event.toString());
    });
    disk.listener().register(doorbell, Epoll.IN | Epoll.EDGE, events -> function.doorbell(0));
    function.attach(new Host());
    function.configWrite(4, 2, 6);
    start();
  }

  private void start() {
    for (int status : new int[]{1, 3}) {
      write(0x14, 1, status);
    }
    for (int half = 0; half < 2; half++) {
      write(0x08, 4, half);
      write(0x0c, 4, FEATURES >>> 32 * half & 0xffff_ffffL);
    }
    write(0x14, 1, 11);
    write(0x16, 2, 0);
    write(0x18, 2, QUEUE);
    write(0x20, 8, DESCRIPTORS);
    write(0x28, 8, AVAIL);
    write(0x30, 8, USED);
    write(0x1c, 2, 1);
    write(0x14, 1, 15);
  }

  private void write(long register, int width, long value) { function.barWrite(REGISTERS, register, width, value); }

  /**
   * Does requests, so many at a time: for each that is answered the next one is offered.
   *
   * @param type {@link #IN} or {@link #OUT}
   * @param offsets where on the disk, in bytes
   * @param lengthBytes of each
   * @param depth at a time, up to {@link #MOST_DEPTH}
   * @return how long it took, in nanoseconds
   */
  long nanos(int type, long[] offsets, int lengthBytes, int depth) {
    long start = System.nanoTime();
    int next = 0;
    int done = 0;
    for (; next < Math.min(depth, offsets.length); next++) {
      put(next, type, offsets[next], lengthBytes);
    }
    offer();
    while (done < offsets.length) {
      await(start);
      boolean more = false;
      for (; seen != (ram.getShortAcquire(USED + 2) & 0xffff); seen = seen + 1 & 0xffff) {
        int slot = ram.getInt(USED + 4 + 8L * (seen % QUEUE)) / PIECES;
        require(slot);
        done++;
        if (next < offsets.length) {
          put(slot, type, offsets[next++], lengthBytes);
          more = true;
        }
      }
      if (more) {
        offer();
      }
    }
    return System.nanoTime() - start;
  }

  private void await(long start) {
    while (seen == (ram.getShortAcquire(USED + 2) & 0xffff)) {
      LockSupport.parkNanos(LOOK_NANOS);
      if (System.nanoTime() - start > PATIENCE_NANOS) {
        throw new IllegalStateException("the disk does not answer");
      }
    }
  }

  private void require(int slot) {
    int status = ram.getByte(HEADERS + 64L * slot + 32);
    if (status != 0) {
      throw new IllegalStateException("a request ended with status " + status);
    }
  }

  private void put(int slot, int type, long offset, int lengthBytes) {
    long header = HEADERS + 64L * slot;
    ram.putInt(header, type);
    ram.putLong(header + 8, offset / BlkConfig.SECTOR_BYTES);
    int head = slot * PIECES;
    describe(head, header, 16, 1);
    describe(head + 1, DATA + slot * MOST_BYTES, lengthBytes, type == IN ? 3 : 1);
    describe(head + 2, header + 32, 1, 2);
    ram.putShort(AVAIL + 4 + 2L * (offered++ % QUEUE), head);
  }

  private void describe(int descriptor, long gpa, int lengthBytes, int flags) {
    long at = DESCRIPTORS + 16L * descriptor;
    ram.putLong(at, gpa);
    ram.putInt(at + 8, lengthBytes);
    ram.putShort(at + 12, flags);
    ram.putShort(at + 14, descriptor + 1);
  }

  private void offer() {
    ram.putShortRelease(AVAIL + 2, offered);
    doorbell.signal();
  }

  @Override
  public void close() {
    function.detach();
    disk.close();
    threads.close();
    doorbell.close();
    backend.close();
  }

  /** The bus: an interrupt wakes the driver. */
  private final class Host implements PciHost {
    @Override
    public void barMapped(int bar, long base) {
      // The driver knows where.
    }

    @Override
    public void barUnmapped(int bar, long base) {
      // And where not.
    }

    @Override
    public void setInterruptPin(boolean high) {
      if (high) {
        LockSupport.unpark(driver);
      }
    }

    @Override
    public void routeVector(int vector, long address, int data) {
      // There are no messages.
    }

    @Override
    public void triggerVector(int vector) {
      // There are no messages.
    }

    @Override
    public void ring(int which) { doorbell.signal(); }
  }
}
