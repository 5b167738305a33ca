package org.ballastvm.vmm.balloon;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.ballastvm.pci.PciHost;
import org.ballastvm.virtio.DeviceClock;
import org.ballastvm.virtio.DeviceEvent;
import org.ballastvm.virtio.UnwrittenMemory;
import org.ballastvm.virtio.balloon.BalloonConfig;
import org.ballastvm.virtio.balloon.BalloonDevice;
import org.ballastvm.virtio.pci.VirtioPciFunction;
import org.ballastvm.vmm.config.BackendConfig;
import org.ballastvm.vmm.config.MemoryConfig;
import org.ballastvm.vmm.memory.GuestLayout;
import org.ballastvm.vmm.memory.GuestRam;
import org.ballastvm.vmm.memory.MemoryBackend;
import org.ballastvm.vmm.trace.BalloonTracer;

/** A guest without processors: memory, a balloon on its PCI function, and a driver of it that knows what Linux knows. */
final class BalloonedGuest implements AutoCloseable {
  static final int PAGE = 4096;
  /** Where what the driver needs for itself ends: below are its rings and lists. */
  static final long DRIVER_END = 4 << 20;
  static final int INFLATE = 0;
  static final int DEFLATE = 1;
  static final int STATS = 2;
  static final int REPORTING = 3;
  /** Where it is asked for free pages; reporting is the queue behind it then. */
  static final int HINTS = 3;

  private static final int COMMAND = 4;
  private static final int BUS_MASTER = 4;
  private static final int BAR = 4;
  private static final int DEVICE = 0x2000;
  private static final int ACTUAL = 4;
  private static final int NEEDS_RESET = 64;
  private static final long LISTS = 2 << 20;
  private static final int PAGES_IN_A_LIST = 256;

  final MemoryBackend backend;
  final GuestRam ram;
  final BalloonDevice balloon;
  final VirtioPciFunction function;
  final List<DeviceEvent> events = new ArrayList<>();
  private final Deque<Integer> rings = new ArrayDeque<>();
  private List<BalloonQueueDriver> queues = List.of();
  private int actual;

  BalloonedGuest(BackendConfig kind) { this(kind, MemoryConfig.of(kind.sizeBytes())); }

  BalloonedGuest(BackendConfig kind, MemoryConfig memory) { this(kind, memory, ram -> Optional.empty()); }

  /** One that may be asked for its free pages. */
  BalloonedGuest(BackendConfig kind, Function<GuestRam, Optional<UnwrittenMemory>> unwritten) {
    this(kind, MemoryConfig.of(kind.sizeBytes()), unwritten);
  }

  private BalloonedGuest(BackendConfig kind, MemoryConfig memory,
      Function<GuestRam, Optional<UnwrittenMemory>> unwritten) {
    backend = MemoryBackend.open(kind);
    ram = new GuestRam(GuestLayout.of(memory), backend);
    balloon = new BalloonDevice(BalloonConfig.DEFAULTS.withFreePageReporting(true), ram, unwritten.apply(ram),
        new NoClock(),
        events::add);
    function = new VirtioPciFunction(balloon, ram, events::add);
    function.attach(new Bus());
    ram.view(0, DRIVER_END).fill((byte) 0);
    balloon.watch(new BalloonTracer(Optional.of("balloon0")));
    start();
  }

  /** Begins again, as after a reset of the guest. */
  void start() {
    function.configWrite(COMMAND, 2, BUS_MASTER);
    write(0x14, 1, 0);
    write(0x14, 1, 3); // acknowledge, driver
    write(0x08, 4, 0);
    write(0x0c, 4, balloon.features() & 0xffff_ffffL);
    write(0x08, 4, 1);
    write(0x0c, 4, 1); // VERSION_1
    write(0x14, 1, 0xb); // features ok
    List<BalloonQueueDriver> opened = new ArrayList<>();
    for (int index = 0; index < balloon.queueCount(); index++) {
      opened.add(open(index));
    }
    queues = opened;
    write(0x14, 1, 0xf); // driver ok
    actual = 0;
    settle();
  }

  private BalloonQueueDriver open(int index) {
    write(0x16, 2, index);
    BalloonQueueDriver queue = new BalloonQueueDriver(ram, index, (int) function.barRead(BAR, 0x18, 2));
    long[] parts = {queue.descriptors(), queue.avail(), queue.used()};
    for (int part = 0; part < parts.length; part++) {
      write(0x20 + 8 * part, 4, parts[part]);
      write(0x24 + 8 * part, 4, 0);
    }
    write(0x1c, 2, 1);
    return queue;
  }

  private void write(int register, int width, long value) { function.barWrite(BAR, register, width, value); }

  boolean needsReset() { return (function.barRead(BAR, 0x14, 1) & NEEDS_RESET) != 0; }

  BalloonQueueDriver queue(int index) { return queues.get(index); }

  /** Has the device look at a queue, and at all that it wants to look at again. */
  void ring(int queue) {
    rings.add(queue);
    settle();
  }

  private void settle() {
    while (!rings.isEmpty()) {
      function.doorbell(rings.remove());
    }
  }

  /** Gives pages to the host, by their numbers, as Linux would: lists of 256, and then how large the balloon is. */
  void inflate(int... pages) {
    post(INFLATE, pages);
    setActual(actual + pages.length);
  }

  /** Takes pages back. */
  void deflate(int... pages) {
    post(DEFLATE, pages);
    setActual(actual - pages.length);
  }

  private void setActual(int pages) {
    actual = pages;
    function.barWrite(BAR, DEVICE + ACTUAL, 4, actual);
    settle();
  }

  private void post(int queue, int... pages) {
    for (int at = 0; at < pages.length; at += PAGES_IN_A_LIST) {
      int count = Math.min(PAGES_IN_A_LIST, pages.length - at);
      postOne(queue, at, count, pages);
      queue(queue).requireAllReturned();
    }
  }

  private void postOne(int queue, int from, int count, int... pages) {
    for (int i = 0; i < count; i++) {
      ram.putInt(LISTS + 4L * i, pages[from + i]);
    }
    queue(queue).descriptor(0, LISTS, 4L * count, 0, 0);
    queue(queue).offer(0);
    ring(queue);
  }

  /** Names pages on a queue in one list and says nothing more. */
  void name(int queue, int... pages) {
    postOne(queue, 0, pages.length, pages);
  }

  /** Every byte of guest memory that the driver does not need gets a value. */
  void fill(int value) {
    for (int chunk = 0; chunk < backend.mapping().chunkCount(); chunk++) {
      backend.mapping().chunk(chunk).asSlice(chunk == 0 ? DRIVER_END : 0).fill((byte) value);
    }
  }

  @Override
  public void close() {
    balloon.close();
    backend.close();
  }

  private final class Bus implements PciHost {
    @Override
    public void ring(int doorbell) { rings.add(doorbell); }

    @Override
    public void barMapped(int bar, long base) {
      // The driver knows its registers without.
    }

    @Override
    public void barUnmapped(int bar, long base) {
      // See barMapped.
    }

    @Override
    public void setInterruptPin(boolean high) {
      // The driver looks without being asked to.
    }

    @Override
    public void routeVector(int vector, long address, int data) {
      // See setInterruptPin.
    }

    @Override
    public void triggerVector(int vector) {
      // See setInterruptPin.
    }
  }

  /** Statistics come unasked. */
  private static final class NoClock implements DeviceClock {
    @Override
    public long epochSeconds() { return 1; }

    @Override
    public void after(long seconds, Runnable task) { throw new IllegalStateException("the balloon set an alarm"); }

    @Override
    public void cancel() {
      // It never rings.
    }
  }
}
