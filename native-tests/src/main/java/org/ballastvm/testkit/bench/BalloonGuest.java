package org.ballastvm.testkit.bench;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.ballastvm.virtio.BalloonConfig;
import org.ballastvm.virtio.BalloonDevice;
import org.ballastvm.virtio.DeviceClock;
import org.ballastvm.virtio.DeviceEvent;
import org.ballastvm.virtio.GuestMemory;
import org.ballastvm.virtio.MemoryReclaim;
import org.ballastvm.virtio.VirtioDevice;
import org.ballastvm.virtio.Virtqueue;
import org.ballastvm.vmm.config.BackendConfig;
import org.ballastvm.vmm.config.MemoryConfig;
import org.ballastvm.vmm.memory.GuestLayout;
import org.ballastvm.vmm.memory.GuestRam;
import org.ballastvm.vmm.memory.MemoryBackend;

/** A guest whose memory is all in use, with a driver that inflates a balloon as Linux does: 256 pages in a chain. */
final class BalloonGuest implements AutoCloseable {
  /** Balloon pages begin behind the first 16 MiB, which the rings and lists are in. */
  static final int FIRST_PAGE = 4096;
  static final int PAGES_PER_CHAIN = 256;

  /** The driver says which pages it takes back before it uses them, as Linux does. Virtio 1.3, 5.5.3. */
  private static final long MUST_TELL_HOST = 1;
  /** Where the driver writes how large the balloon is. Virtio 1.3, 5.5.4. */
  private static final int ACTUAL = 4;
  private static final int QUEUE_SIZE = 128;
  private static final long DESCRIPTORS = 0x10_0000;
  private static final long AVAIL = 0x11_0000;
  private static final long USED = 0x12_0000;
  private static final long LISTS = 0x20_0000;
  private static final int LIST_BYTES = PAGES_PER_CHAIN * 4;
  private static final int PAGE_SHIFT = 12;

  private final MemoryBackend backend;
  private final GuestRam ram;
  private final BalloonDevice balloon;
  private final long balloonBytes;
  private final Ranges calls = new Ranges();
  /** The device has more to do and wants another turn, which its event loop would give it. */
  private boolean chainsLeft;
  private int offered;

  BalloonGuest(int pageCount) {
    balloonBytes = (long) pageCount << PAGE_SHIFT;
    long bytes = ((long) FIRST_PAGE << PAGE_SHIFT) + balloonBytes;
    backend = MemoryBackend.open(new BackendConfig.Ram("ram", bytes, BackendConfig.Common.DEFAULTS));
    ram = new GuestRam(GuestLayout.of(MemoryConfig.of(bytes)), backend);
    for (int i = 0; i < backend.mapping().chunkCount(); i++) {
      MemorySegment chunk = backend.mapping().chunk(i);
      chunk.fill((byte) 0x55);
    }
    ram.view(DESCRIPTORS, LISTS - DESCRIPTORS).fill((byte) 0);
    balloon = new BalloonDevice(BalloonConfig.DEFAULTS, calls, new NoClock(), event -> {
      if (!(event instanceof DeviceEvent.BalloonChanged)) {
        throw new IllegalStateException("the balloon told of " + event);
      }
    });
    balloon.start(new Driver());
  }

  /** Statistics are never asked for here. */
  private static final class NoClock implements DeviceClock {
    @Override
    public long epochSeconds() { return 0; }

    @Override
    public void after(long seconds, Runnable task) { throw new IllegalStateException("the balloon set an alarm"); }

    @Override
    public void cancel() {
      // It never rings.
    }
  }

  /** Inflates the balloon, so many chains for each doorbell. Returns how long the device took, in nanoseconds. */
  long inflateNanos(int[] pages, int chainsAtOnce) {
    calls.count = 0;
    balloon.setTarget(pages.length);
    long elapsed = 0;
    int step = chainsAtOnce * PAGES_PER_CHAIN;
    for (int at = 0; at < pages.length; at += step) {
      for (int chain = 0; chain < chainsAtOnce; chain++) {
        offer(chain, pages, at + chain * PAGES_PER_CHAIN);
      }
      long start = System.nanoTime();
      serve();
      elapsed += System.nanoTime() - start;
      if (ram.getShortAcquire(USED + 2) != (offered & 0xffff)) {
        throw new IllegalStateException("the device left chains behind");
      }
    }
    long start = System.nanoTime();
    balloon.configWrite(ACTUAL, Integer.BYTES, pages.length);
    serve(); // gives back what the device still holds
    return elapsed + System.nanoTime() - start;
  }

  private void serve() {
    do {
      chainsLeft = false;
      balloon.queueReady(0);
    } while (chainsLeft);
  }

  private void offer(int slot, int[] pages, int from) {
    long list = LISTS + (long) slot * LIST_BYTES;
    for (int i = 0; i < PAGES_PER_CHAIN; i++) {
      ram.putInt(list + 4L * i, pages[from + i]);
    }
    long descriptor = DESCRIPTORS + 16L * slot;
    ram.putLong(descriptor, list);
    ram.putInt(descriptor + 8, LIST_BYTES);
    ram.putShort(AVAIL + 4 + 2L * (offered % QUEUE_SIZE), slot);
    offered++;
    ram.putShortRelease(AVAIL + 2, offered);
  }

  /** Writes down the ranges that the host was asked to take; returns how many. */
  int writeCalls(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(calls.count * Long.BYTES).order(ByteOrder.nativeOrder());
    bytes.asLongBuffer().put(calls.pairs, 0, calls.count);
    Files.write(file, bytes.array());
    return calls.count / 2;
  }

  /** The host's memory is free: nothing of the balloon is resident. */
  void requireGone() {
    long left = backend.mapping().residentBytes((long) FIRST_PAGE << PAGE_SHIFT, balloonBytes);
    if (left != 0) {
      throw new IllegalStateException(left + " bytes of the balloon are still resident");
    }
  }

  @Override
  public void close() { backend.close(); }

  /** Guest memory that remembers what was given back. */
  private final class Ranges implements MemoryReclaim {
    private long[] pairs = new long[1 << 16];
    private int count;

    @Override
    public void discard(long gpa, long lengthBytes) {
      ram.discard(gpa, lengthBytes);
      if (count == pairs.length) {
        pairs = Arrays.copyOf(pairs, count * 2);
      }
      pairs[count++] = gpa;
      pairs[count++] = lengthBytes;
    }

    @Override
    public void makePresent(long gpa, long lengthBytes) { ram.makePresent(gpa, lengthBytes); }
  }

  /** What the transport would have made of a driver that set its inflate queue up. */
  private final class Driver implements VirtioDevice.Context {
    private final Virtqueue inflate = new Virtqueue(0, ram, QUEUE_SIZE, DESCRIPTORS, AVAIL, USED, features());

    @Override
    public long features() { return VirtioDevice.VERSION_1 | MUST_TELL_HOST; }

    @Override
    public GuestMemory memory() { return ram; }

    @Override
    public Virtqueue queue(int queue) { return inflate; }

    @Override
    public void interrupt(int queue) {
      // Nobody waits: the used ring says how far the device is.
    }

    @Override
    public void resumeLater(int queue) { chainsLeft = true; }
  }
}
