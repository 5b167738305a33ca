package org.ballastvm.testkit.bench;

import java.util.Optional;
import java.util.function.IntUnaryOperator;
import org.ballastvm.virtio.DeviceClock;
import org.ballastvm.virtio.DeviceEvent;
import org.ballastvm.virtio.MemoryReclaim;
import org.ballastvm.virtio.VirtioDevice;
import org.ballastvm.virtio.balloon.BalloonConfig;
import org.ballastvm.virtio.balloon.BalloonDevice;
import org.ballastvm.virtio.balloon.BalloonTrace;
import org.ballastvm.virtio.queue.GuestMemory;
import org.ballastvm.virtio.queue.Virtqueue;
import org.ballastvm.vmm.config.BackendConfig;
import org.ballastvm.vmm.config.MemoryConfig;
import org.ballastvm.vmm.memory.GuestLayout;
import org.ballastvm.vmm.memory.GuestRam;
import org.ballastvm.vmm.memory.MemoryBackend;

/** A guest with a driver that inflates a balloon as Linux does: 256 pages in a chain. */
final class BalloonGuest implements AutoCloseable {
  /** The driver says which pages it takes back before it uses them, as Linux does. Virtio 1.3, 5.5.3. */
  private static final long MUST_TELL_HOST = 1;
  /** Where the driver writes how large the balloon is. Virtio 1.3, 5.5.4. */
  private static final int ACTUAL = 4;
  private static final int INFLATE = 0;
  private static final int DEFLATE = 1;

  private final MemoryBackend backend;
  private final GuestRam ram;
  private final BalloonDevice balloon;
  private final Driver driver;
  private final long balloonBytes;
  private Runnable interrupt = () -> {
    // Nobody waits: the used ring says how far the device is.
  };
  /** The device has more to do and wants another turn, which its event loop would give it. */
  private boolean chainsLeft;

  /**
   * A guest with nothing in its memory.
   *
   * @param config what its memory is made of, {@link BalloonPages#guestBytes} of it
   * @param reclaim takes what the device gives back; empty to give it back to the host
   */
  BalloonGuest(BackendConfig config, Optional<MemoryReclaim> reclaim) {
    balloonBytes = config.sizeBytes() - ((long) BalloonPages.FIRST << BalloonPages.SHIFT);
    backend = MemoryBackend.open(config);
    ram = new GuestRam(GuestLayout.of(MemoryConfig.of(config.sizeBytes())), backend);
    balloon = new BalloonDevice(BalloonConfig.DEFAULTS, reclaim.orElse(ram), new NoClock(), event -> {
      if (!(event instanceof DeviceEvent.BalloonChanged)) {
        throw new IllegalStateException("the balloon reported " + event);
      }
    });
    driver = new Driver();
    balloon.start(driver);
  }

  /** A guest of such memory, with all of it in use. */
  static BalloonGuest full(BalloonMemory memory, int pageCount) {
    BalloonGuest guest = new BalloonGuest(memory.config(BalloonPages.guestBytes(pageCount), true), Optional.empty());
    guest.backend.populate(0, guest.backend.mapping().sizeBytes());
    guest.requireResident(guest.balloonBytes);
    return guest;
  }

  /** A guest of such memory, with none of it in use: the host has nothing to take, and need not have had it. */
  static BalloonGuest untouched(BalloonMemory memory, int pageCount) {
    return new BalloonGuest(memory.config(BalloonPages.guestBytes(pageCount), false), Optional.empty());
  }

  /** Has somebody watch the balloon. */
  void watch(BalloonTrace trace) { balloon.watch(trace); }

  /** Writes to pages of the balloon, so that the host has to have them. */
  void touch(int from, int to, int step) {
    for (int page = from; page < to; page += step) {
      ram.putByte((long) BalloonPages.pageNumber(BalloonPages.FIRST + page) << BalloonPages.SHIFT, 1);
    }
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

  /**
   * Inflates the balloon.
   *
   * @param pages by index, how far from {@link BalloonPages#FIRST} on; as many as a multiple of {@code chainsAtOnce} holds
   * @param pageCount of them
   * @param chainsAtOnce for each doorbell
   * @return how long the device took, from the first doorbell to the last used chain, in nanoseconds
   */
  long inflateNanos(IntUnaryOperator pages, int pageCount, int chainsAtOnce) {
    balloon.setTarget(pageCount);
    return fillNanos(pages, pageCount, chainsAtOnce);
  }

  /** The same for a balloon whose target is that already: what the device does for each list, and no command of a user. */
  long fillNanos(IntUnaryOperator pages, int pageCount, int chainsAtOnce) {
    long elapsed = serve(INFLATE, pages, pageCount, chainsAtOnce);
    return elapsed + setActual(pageCount); // gives back what the device still holds
  }

  /** Deflates the balloon by so many pages; as {@link #inflateNanos}. */
  long deflateNanos(IntUnaryOperator pages, int pageCount, int chainsAtOnce) {
    balloon.setTarget(0);
    long elapsed = serve(DEFLATE, pages, pageCount, chainsAtOnce);
    return elapsed + setActual(0);
  }

  /**
   * A ring full of chains at a time, so that what is measured has little of the driver in it, and of the clock: to offer
   * a chain that is written already, which is one index.
   */
  private long serve(int queue, IntUnaryOperator pages, int pageCount, int chainsAtOnce) {
    long elapsed = 0;
    BalloonRing ring = driver.rings[queue];
    int chains = pageCount / BalloonPages.PER_CHAIN;
    for (int done = 0; done < chains; done += BalloonPages.QUEUE_SIZE) {
      int count = Math.min(BalloonPages.QUEUE_SIZE, chains - done);
      for (int slot = 0; slot < count; slot++) {
        ring.put(slot, pages, (done + slot) * BalloonPages.PER_CHAIN);
      }
      long start = System.nanoTime();
      for (int offered = 0; offered < count; offered += chainsAtOnce) {
        ring.offer(chainsAtOnce);
        ready(queue);
      }
      elapsed += System.nanoTime() - start;
      ring.requireAllUsed();
    }
    return elapsed;
  }

  /** Has the device notify a driver in the guest when it has used a chain; that driver rings and writes how far it is. */
  void onInterrupt(Runnable raise) {
    interrupt = raise;
  }

  /** The driver in the guest has rung. */
  void inflateRung() { ready(INFLATE); }

  /** The driver is to take so many pages from the guest. */
  void setTarget(int pageCount) {
    balloon.setTarget(pageCount);
  }

  GuestRam ram() { return ram; }

  /** The driver says how large the balloon is. Returns the device's nanoseconds. */
  long setActual(int pageCount) {
    long start = System.nanoTime();
    balloon.configWrite(ACTUAL, Integer.BYTES, pageCount);
    ready(INFLATE);
    return System.nanoTime() - start;
  }

  private void ready(int queue) {
    do {
      chainsLeft = false;
      balloon.queueReady(queue);
    } while (chainsLeft);
  }

  /** {@return how often the host was asked to take a range} */
  long discards() { return backend.discardCalls(); }

  /** The host has so much memory for the balloon's pages. */
  void requireResident(long bytes) {
    long resident = backend.mapping().residentBytes((long) BalloonPages.FIRST << BalloonPages.SHIFT, balloonBytes);
    if (resident != bytes) {
      throw new IllegalStateException(resident + " bytes of the balloon are resident, not " + bytes);
    }
  }

  @Override
  public void close() { backend.close(); }

  /** What the transport would have made of a driver that set its queues up. */
  private final class Driver implements VirtioDevice.Context {
    private final BalloonRing[] rings = {new BalloonRing(ram, INFLATE), new BalloonRing(ram, DEFLATE)};
    private final Virtqueue[] queues = {rings[INFLATE].queue(features()), rings[DEFLATE].queue(features())};

    @Override
    public long features() { return VirtioDevice.VERSION_1 | MUST_TELL_HOST; }

    @Override
    public GuestMemory memory() { return ram; }

    @Override
    public Virtqueue queue(int queue) { return queues[queue]; }

    @Override
    public void interrupt(int queue) { interrupt.run(); }

    @Override
    public void configChanged() {
      // Nobody reads it.
    }

    @Override
    public void resumeLater(int queue) { chainsLeft = true; }
  }
}
