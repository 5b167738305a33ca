package org.ballastvm.virtio;

import org.ballastvm.virtio.MemoryReclaim.ReclaimFailed;

/**
 * The memory balloon. Virtio 1.3, 5.5.
 *
 * <p>
 * The host sets a target; the driver takes pages from the guest and names them on the inflate queue, and they are given
 * back to the host; it names those it takes back on the deflate queue. All chains that are ready together are one batch:
 * their pages are sorted and merged, so that the host is called once for each range and the driver interrupted once.
 */
public final class BalloonDevice implements VirtioDevice {
  /** PCI class: other memory controller, as QEMU's. */
  public static final int PCI_CLASS = 0x00ff00;

  private static final int TYPE = 5;
  private static final long DEFLATE_ON_OOM = 1L << 2;
  private static final int INFLATE = 0;
  /** Inflate and deflate. Queues of features come behind them, and move down when one is not offered. */
  private static final int QUEUES = 2;
  private static final int QUEUE_SIZE = 128;
  /** A page of the balloon, whatever the pages of guest and host are. 5.5.6. */
  private static final int PAGE_SHIFT = 12;
  private static final int PAGE_BYTES = 1 << PAGE_SHIFT;
  /** Pages that are merged at once: bounds memory, and the time that one turn on the event loop takes. */
  private static final int BATCH_PAGES = 8192;
  /** Drivers name 256 to 1024 pages in a chain; this many would be 256 MiB. */
  private static final long LONGEST_CHAIN_BYTES = 256L << 10;

  private final BalloonConfig config;
  private final MemoryReclaim reclaim;
  private final EventSink events;
  private final PageRanges pages = new PageRanges(BATCH_PAGES);
  private final int[] heads = new int[QUEUE_SIZE];
  private final PageRanges.Visitor discard = this::discardRange;
  private final PageRanges.Visitor restore = this::restoreRange;
  private final BalloonConfigSpace registers = new BalloonConfigSpace();
  private Context context;
  private ConfigListener listener = () -> {
    // Nobody to tell before the device is on a bus.
  };
  private boolean mistakeReported;
  private ReclaimFailed refusal;
  private long refusals;

  /**
   * A balloon that is empty.
   *
   * @param config what the user asked
   * @param reclaim how pages are given back
   * @param events takes what there is to tell
   */
  public BalloonDevice(BalloonConfig config, MemoryReclaim reclaim, EventSink events) {
    this.config = config;
    this.reclaim = reclaim;
    this.events = events;
  }

  /**
   * Says whom to tell when the target changes.
   *
   * @param transport the device's transport
   */
  public void listen(ConfigListener transport) { this.listener = transport; }

  /**
   * Sets how large the balloon should be. The guest gets there in its own time.
   *
   * @param pageCount pages of 4 KiB, 0 to 2^32 - 1
   */
  public void setTarget(long pageCount) {
    registers.numPages((int) pageCount);
    listener.configChanged();
  }

  /** {@return how large the balloon should be, in pages of 4 KiB} */
  public long targetPages() {
    return Integer.toUnsignedLong(registers.numPages());
  }

  /** {@return how large the driver last said it is, in pages of 4 KiB} */
  public long actualPages() {
    return Integer.toUnsignedLong(registers.actual());
  }

  @Override
  public int type() { return TYPE; }

  @Override
  public String name() { return "virtio-balloon"; }

  @Override
  public long features() { return config.deflateOnOom() ? DEFLATE_ON_OOM : 0; }

  @Override
  public int queueCount() { return QUEUES; }

  @Override
  public int queueSize(int queue) { return QUEUE_SIZE; }

  @Override
  public int configBytes() { return BalloonConfigSpace.BYTES; }

  @Override
  public long configRead(int offset) { return registers.read(offset); }

  @Override
  public void configWrite(int offset, int width, long value) {
    if (registers.write(offset, width, value)) {
      events.accept(new DeviceEvent.BalloonChanged(actualPages()));
    }
  }

  @Override
  public void start(Context driver) {
    context = driver;
    mistakeReported = false;
  }

  /** The driver's pages are its own again, so the count starts over; the target is the host's and stays. */
  @Override
  public void reset() {
    context = null;
    pages.clear();
    if (registers.actual() != 0) {
      registers.actual(0);
      events.accept(new DeviceEvent.BalloonChanged(0));
    }
  }

  /** Works on one batch, and asks for another turn if more is ready: a busy driver must not keep the event loop. */
  @Override
  public void queueReady(int queue) {
    Virtqueue ring = context.queue(queue);
    int taken = 0;
    while (taken < heads.length && pages.count() < BATCH_PAGES) {
      DescriptorChain chain = ring.next();
      if (chain == null) {
        break;
      }
      readPages(chain, queue);
      heads[taken++] = chain.head();
    }
    flush(queue);
    for (int i = 0; i < taken; i++) {
      ring.giveBack(heads[i], 0);
    }
    if (ring.wantsInterrupt()) {
      context.interrupt(queue);
    }
    if (ring.rearm()) {
      context.resumeLater(queue);
    }
  }

  private void readPages(DescriptorChain chain, int queue) {
    if (chain.writableCount() != 0 || chain.readableBytes() % 4 != 0 || chain.readableBytes() > LONGEST_CHAIN_BYTES) {
      throw new GuestError("queue " + queue + ": a chain of " + chain.readableBytes() + " bytes to read and "
          + chain.writableBytes() + " to write; page numbers come as 4 bytes each, to be read, at most "
          + LONGEST_CHAIN_BYTES + " bytes at once");
    }
    GuestMemory memory = context.memory();
    for (int i = 0; i < chain.readableCount(); i++) {
      long start = chain.address(i);
      long length = chain.lengthBytes(i);
      if (length % 4 != 0) {
        throw new GuestError("queue " + queue + ": a buffer of " + length + " bytes cuts a page number in two");
      }
      for (long at = 0; at < length; at += 4) {
        takePage(memory, memory.getInt(start + at), queue);
      }
    }
  }

  private void takePage(GuestMemory memory, int page, int queue) {
    if (!memory.contains(Integer.toUnsignedLong(page) << PAGE_SHIFT, PAGE_BYTES)) {
      reportMistake(page);
      return;
    }
    if (pages.count() == BATCH_PAGES) {
      flush(queue);
    }
    pages.add(page);
  }

  /** A page that is no memory is left out, and told of once, since a guest could name millions. */
  private void reportMistake(int page) {
    if (!mistakeReported) {
      mistakeReported = true;
      events.accept(new DeviceEvent.GuestMistake(name(),
          "the guest named page 0x" + Integer.toHexString(page) + ", which is no memory; such pages are left alone",
          false));
    }
  }

  /** Hands on the pages that were collected, as ranges. */
  private void flush(int queue) {
    pages.forEach(queue == INFLATE ? discard : restore);
    pages.clear();
    if (refusal != null) {
      reportRefusal();
    }
  }

  /** Told at the 1st, 2nd, 4th, 8th... batch: a host that refuses once refuses mostly, and a guest may go on for ever. */
  private void reportRefusal() {
    refusals++;
    if (Long.bitCount(refusals) == 1) {
      events.accept(new DeviceEvent.HostRefusal(name(), refusal.getMessage()
          + (refusals == 1 ? "" : " (this is batch " + refusals + " of which the host refused something)")));
    }
    refusal = null;
  }

  private void discardRange(long firstPage, long pageCount) {
    try {
      reclaim.discard(firstPage << PAGE_SHIFT, pageCount << PAGE_SHIFT);
    } catch (ReclaimFailed e) {
      refusal = e;
    }
  }

  private void restoreRange(long firstPage, long pageCount) {
    reclaim.makePresent(firstPage << PAGE_SHIFT, pageCount << PAGE_SHIFT);
  }
}
