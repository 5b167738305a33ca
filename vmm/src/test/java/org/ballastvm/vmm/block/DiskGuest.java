package org.ballastvm.vmm.block;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.ballastvm.pci.PciHost;
import org.ballastvm.virtio.blk.BlkConfig;
import org.ballastvm.virtio.blk.BlkDevice;
import org.ballastvm.virtio.blk.Disk;
import org.ballastvm.virtio.pci.VirtioPciFunction;
import org.ballastvm.vmm.config.BackendConfig;
import org.ballastvm.vmm.config.MemoryConfig;
import org.ballastvm.vmm.loop.EventLoop;
import org.ballastvm.vmm.memory.GuestLayout;
import org.ballastvm.vmm.memory.GuestRam;
import org.ballastvm.vmm.memory.MemoryBackend;

/** A guest with a disk: a driver in a page, on memory that the host reaches, whose doorbells a thread of its own hears. */
final class DiskGuest implements AutoCloseable {
  static final int IN = 0;
  static final int OUT = 1;
  static final int FLUSH = 4;
  static final int DISCARD = 11;
  static final int WRITE_ZEROES = 13;
  static final int OK = 0;
  static final int IOERR = 1;
  /** Where data is. */
  static final long DATA = 16 << 20;
  /** What no device writes as a status. */
  static final int NONE = 0xee;

  private static final long MEMORY = 256 << 20;
  private static final int QUEUE = 64;
  private static final long DESCRIPTORS = 1 << 20;
  private static final long AVAIL = DESCRIPTORS + 16 * QUEUE;
  private static final long USED = AVAIL + 4096;
  private static final long HEADERS = 2 << 20;
  private static final long STATUSES = 3 << 20;
  private static final int REGISTERS = 4;
  private static final long FEATURES = 1L << 32 | 1 << 9 | 1 << 11 | 1 << 13 | 1 << 14;

  final MemoryBackend backend;
  final GuestRam ram;
  final EventLoop listener;
  VirtioPciFunction function;
  private int offered;
  private int nextDescriptor;

  /** A guest that has no disk yet. */
  DiskGuest() {
    backend = MemoryBackend.open(
        new BackendConfig.Ram("ram", MEMORY, new BackendConfig.Common(false, false, false, false, true)));
    ram = new GuestRam(GuestLayout.of(MemoryConfig.of(MEMORY)), backend);
    listener = new EventLoop("disk", Throwable::printStackTrace);
    listener.start();
  }

  /** Gives it a disk, and starts the driver. */
  BlkDevice plug(BlkConfig config, Disk disk) {
    BlkDevice device = new BlkDevice(config, disk);
    function = new VirtioPciFunction(device, ram, event -> {
      throw new AssertionError(event);
    });
    function.attach(new Host());
    function.configWrite(4, 2, 6);
    start();
    return device;
  }

  /** Starts the driver, also anew. */
  void start() {
    write(0x14, 1, 0);
    for (long at = DESCRIPTORS; at < USED + 4096; at += 8) {
      ram.putLong(at, 0);
    }
    offered = 0;
    nextDescriptor = 0;
    write(0x14, 1, 3);
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

  /** A buffer of a request. */
  record Piece(long gpa, int lengthBytes) {}

  /** Offers a request and rings; returns which it is. */
  int post(int type, long sector, Piece... pieces) {
    int head = nextDescriptor;
    long header = HEADERS + 64L * head;
    ram.putInt(header, type);
    ram.putLong(header + 8, sector);
    ram.putByte(STATUSES + head, NONE);
    List<Piece> all = new ArrayList<>(List.of(pieces));
    all.addFirst(new Piece(header, 16));
    all.addLast(new Piece(STATUSES + head, 1));
    for (int i = 0; i < all.size(); i++) {
      boolean last = i == all.size() - 1;
      boolean write = last || i > 0 && type == IN;
      long descriptor = DESCRIPTORS + 16L * nextDescriptor;
      nextDescriptor = (nextDescriptor + 1) % QUEUE;
      ram.putLong(descriptor, all.get(i).gpa());
      ram.putInt(descriptor + 8, all.get(i).lengthBytes());
      ram.putShort(descriptor + 12, (last ? 0 : 1) | (write ? 2 : 0));
      ram.putShort(descriptor + 14, nextDescriptor);
    }
    ram.putShort(AVAIL + 4 + 2L * (offered++ % QUEUE), head);
    ram.putShortRelease(AVAIL + 2, offered);
    write(0x3000, 2, 0);
    return head;
  }

  /** How many requests have been answered. */
  int answered() { return ram.getShortAcquire(USED + 2); }

  /** Waits until all requests that were posted have been answered. */
  void await() throws InterruptedException {
    awaitAllBut(0);
  }

  /** Waits until all requests that were posted have been answered but so many. */
  void awaitAllBut(int open) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while ((answered() + open - offered & 0xffff) != 0) {
      if (System.nanoTime() > end) {
        throw new AssertionError(answered() + " of " + offered + " requests have been answered");
      }
      Thread.sleep(0, 50_000);
    }
  }

  /** The status of a request that has been answered. */
  int status(int request) {
    return ram.getByte(STATUSES + request);
  }

  /** Posts a request, waits for it and returns its status. */
  int ask(int type, long sector, Piece... pieces) throws InterruptedException {
    int request = post(type, sector, pieces);
    await();
    return status(request);
  }

  /** Posts a DISCARD or a WRITE_ZEROES, waits for it and returns its status. */
  int askForRange(int type, long sector, int sectors, int flags) throws InterruptedException {
    ram.putLong(DATA - 64, sector);
    ram.putInt(DATA - 56, sectors);
    ram.putInt(DATA - 52, flags);
    return ask(type, 0, new Piece(DATA - 64, 16));
  }

  /** Fills memory with numbers that follow from a seed. */
  void fill(long gpa, int lengthBytes, int seed) {
    for (int i = 0; i < lengthBytes; i += 4) {
      ram.putInt(gpa + i, seed * 31 + i);
    }
  }

  /** Whether memory is as {@link #fill} left it. */
  boolean isFilled(long gpa, int lengthBytes, int seed) {
    for (int i = 0; i < lengthBytes; i += 4) {
      if (ram.getInt(gpa + i) != seed * 31 + i) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void close() {
    if (function != null) {
      function.detach();
    }
    listener.close();
    backend.close();
  }

  /** The bus. */
  private final class Host implements PciHost {
    @Override
    public void barMapped(int bar, long base) {
      // The test knows where.
    }

    @Override
    public void barUnmapped(int bar, long base) {
      // And where not.
    }

    @Override
    public void setInterruptPin(boolean high) {
      // The test looks by itself.
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
    public void ring(int doorbell) { listener.post(() -> function.doorbell(doorbell)); }
  }
}
