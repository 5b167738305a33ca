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
  private static final int DEFLATE = 1;
  private static final int QUEUE_SIZE = 128;
  private static final int CONFIG_BYTES = 8;
  private static final int ACTUAL_OFFSET = 4;
  /** A page of the balloon, whatever the pages of guest and host are. 5.5.6. */
  private static final int PAGE_SHIFT = 12;
  /** Pages in a batch before it is worked on: bounds the memory and the time that one takes. */
  private static final int BATCH_PAGES = 8192;
  private static final long LONGEST_CHAIN_BYTES = 4L << 20;

  private final BalloonConfig config;
  private final MemoryReclaim reclaim;
  private final EventSink events;
  private final PageRanges pages = new PageRanges(BATCH_PAGES + 1024);
  private final int[] heads = new int[QUEUE_SIZE];
  private final PageRanges.Visitor discard = this::discardRange;
  private final PageRanges.Visitor restore = this::restoreRange;
  private volatile int targetPages;
  private volatile int actualPages;
  private Context context;
  private ConfigListener listener = () -> {
    // Nobody to tell before the device is on a bus.
  };
  private boolean mistakeReported;

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
    targetPages = (int) pageCount;
    listener.configChanged();
  }

  /** {@return how large the balloon should be, in pages of 4 KiB} */
  public long targetPages() {
    return Integer.toUnsignedLong(targetPages);
  }

  /** {@return how large the driver last said it is, in pages of 4 KiB} */
  public long actualPages() {
    return Integer.toUnsignedLong(actualPages);
  }

  @Override
  public int type() { return TYPE; }

  @Override
  public String name() { return "virtio-balloon"; }

  @Override
  public long features() { return config.deflateOnOom() ? DEFLATE_ON_OOM : 0; }

  @Override
  public int queueCount() { return 2; }

  @Override
  public int queueSize(int queue) { return QUEUE_SIZE; }

  @Override
  public int configBytes() { return CONFIG_BYTES; }

  @Override
  public int configByte(int offset) {
    int word = offset < ACTUAL_OFFSET ? targetPages : actualPages;
    return word >>> 8 * (offset % 4) & 0xff;
  }

  @Override
  public void configWrite(int offset, int width, long value) {
    if (offset == ACTUAL_OFFSET && width == 4) {
      actualPages = (int) value;
      events.accept(new DeviceEvent.BalloonChanged(actualPages()));
    }
  }

  @Override
  public void start(Context driver) {
    context = driver;
    mistakeReported = false;
    // The driver may have rung before it was ready to be heard.
    queueReady(INFLATE);
    queueReady(DEFLATE);
  }

  @Override
  public void reset() {
    context = null;
    actualPages = 0;
  }

  @Override
  public void queueReady(int queue) {
    Virtqueue ring = context == null ? null : context.queue(queue);
    if (ring == null) {
      return;
    }
    do {
      while (workOnBatch(ring, queue)) {
        // Another batch may be ready.
      }
    } while (ring.rearm());
  }

  /** Takes the chains that are ready, up to a bound, and answers them; false if there were none. */
  private boolean workOnBatch(Virtqueue ring, int queue) {
    int taken = 0;
    pages.clear();
    while (taken < heads.length && pages.count() < BATCH_PAGES) {
      DescriptorChain chain = ring.next();
      if (chain == null) {
        break;
      }
      readPages(chain, queue);
      heads[taken++] = chain.head();
    }
    if (taken == 0) {
      return false;
    }
    pages.forEach(queue == INFLATE ? discard : restore);
    for (int i = 0; i < taken; i++) {
      ring.giveBack(heads[i], 0);
    }
    if (ring.wantsInterrupt()) {
      context.interrupt(queue);
    }
    return true;
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
        int page = memory.getInt(start + at);
        if (memory.contains(Integer.toUnsignedLong(page) << PAGE_SHIFT, 1 << PAGE_SHIFT)) {
          pages.add(page);
        } else {
          reportMistake(page);
        }
      }
    }
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

  private void discardRange(long firstPage, long pageCount) {
    try {
      reclaim.discard(firstPage << PAGE_SHIFT, pageCount << PAGE_SHIFT);
    } catch (ReclaimFailed e) {
      events.accept(new DeviceEvent.HostRefusal(name(), e.getMessage()));
    }
  }

  private void restoreRange(long firstPage, long pageCount) {
    reclaim.makePresent(firstPage << PAGE_SHIFT, pageCount << PAGE_SHIFT);
  }
}
