package org.ballastvm.virtio.blk;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.ballastvm.virtio.VirtioDevice;
import org.ballastvm.virtio.blk.BlkRequest.Outcome;
import org.ballastvm.virtio.queue.DescriptorChain;
import org.ballastvm.virtio.queue.Virtqueue;

/**
 * The block device. Virtio 1.3, 5.2.
 *
 * <p>
 * Requests are read under the transport's lock and done without it, by the disk, on as many threads as that likes. Whoever
 * finishes one gives back all that are finished, under the lock again; who comes meanwhile leaves his to him. A reset waits
 * until no request is under way, so that none touches the memory of the next driver. Allocates nothing but requests, as many
 * as the driver has had under way at once.
 */
public final class BlkDevice implements VirtioDevice {
  private static final int TYPE = 2;
  private static final int PCI_CLASS_SCSI = 0x010000; // QEMU's, which guests' rules for device names may know

  /**
   * What a driver has made of it.
   *
   * @param writeCache whether a write may be lost until a flush
   * @param open requests that are not answered; whoever goes on does them, some for the second time
   */
  public record State(boolean writeCache, List<Open> open) implements VirtioDevice.State {
    /** Keeps a copy. */
    public State {
      open = List.copyOf(open);
    }
  }

  /**
   * A request that is not answered.
   *
   * @param queue which queue it came by
   * @param head the descriptor that it begins with
   */
  public record Open(int queue, int head) {}

  private final BlkConfig config;
  private final Disk disk;
  private final BlkConfigSpace space;
  private final RequestReader reader;
  private final Runnable giver = this::giveBackFinished;
  /** What the disk has finished, the last one first. */
  private final AtomicReference<BlkRequest> finished = new AtomicReference<>();
  /** How often somebody had something to give back since whoever does it has looked. */
  private final AtomicInteger givers = new AtomicInteger();
  private final List<BlkRequest> requests = new ArrayList<>();
  private final int[] underWay;
  private final boolean[] full;
  private final boolean[] touched;
  private BlkRequest free;
  private List<Open> again = List.of();
  private ConfigNotifier transport;
  private volatile Context context;
  private volatile boolean stopping;

  /**
   * A device.
   *
   * @param config what it offers
   * @param disk where the bytes are, which is its own from now on
   */
  public BlkDevice(BlkConfig config, Disk disk) {
    this.config = config;
    this.disk = disk;
    this.space = new BlkConfigSpace(config);
    this.reader = new RequestReader(config, disk);
    this.underWay = new int[config.queues()];
    this.full = new boolean[config.queues()];
    this.touched = new boolean[config.queues()];
    space.capacity(disk.sizeBytes());
    restore(powerOn());
    disk.start(this::deliver);
  }

  private State powerOn() { return new State(config.writeCache(), List.of()); }

  @Override
  public int type() { return TYPE; }

  @Override
  public String name() { return "virtio-blk"; }

  @Override
  public int pciClass() { return PCI_CLASS_SCSI; }

  /** {@return what it offers its driver} */
  public BlkConfig config() { return config; }

  @Override
  public void attached(ConfigNotifier notifier) { transport = notifier; }

  @Override
  public long features() { return BlkFeature.of(config); }

  @Override
  public int queueCount() { return config.queues(); }

  @Override
  public int queueSize(int queue) { return config.queueSize(); }

  @Override
  public int configBytes() { return BlkConfigSpace.BYTES; }

  @Override
  public long configRead(int offset) { return space.read(offset); }

  @Override
  public void configWrite(int offset, int width, long value) {
    if (offset == BlkConfigSpace.WRITEBACK && width == 1) {
      space.writeCache((value & 0xff) != 0);
    }
  }

  /** The disk has another size: the driver sees it, and is notified. On the event loop. */
  public void resized() {
    transport.change(() -> space.capacity(disk.sizeBytes()));
  }

  @Override
  public void start(Context driver) { context = driver; }

  @Override
  public void queueReady(int queue) {
    if (stopping) {
      return;
    }
    Context driver = context;
    Virtqueue ring = driver.queue(queue);
    takeAgain(queue, ring);
    while (underWay[queue] < ring.size()) {
      DescriptorChain chain = ring.next();
      if (chain == null) {
        break;
      }
      take(queue, chain, ring);
    }
    // A ring that is full is looked at again when a chain of it has been given back.
    full[queue] = underWay[queue] >= ring.size();
    if (driver.finish(queue) && !full[queue]) {
      driver.resumeLater(queue);
    }
  }

  private void takeAgain(int queue, Virtqueue ring) {
    if (again.isEmpty()) {
      return;
    }
    List<Open> others = new ArrayList<>();
    List<Open> all = again;
    again = others;
    for (Open open : all) {
      if (open.queue() == queue) {
        take(queue, ring.chain(open.head()), ring);
      } else {
        others.add(open);
      }
    }
  }

  private void take(int queue, DescriptorChain chain, Virtqueue ring) {
    BlkRequest request = freeRequest();
    request.begin(queue, chain.head());
    try {
      Outcome answer = reader.read(queue, chain, context.memory(), request);
      if (answer == null) {
        request.durable(!cachesWrites());
        underWay[queue]++;
        request = submit(request);
      } else {
        request.outcome = answer;
        pushUsed(request, ring);
      }
    } finally {
      if (request != null) {
        free(request);
      }
    }
  }

  /** Returns null: the request is the disk's. */
  private BlkRequest submit(BlkRequest request) {
    disk.submit(request);
    return null;
  }

  /** A driver that cannot flush is not to lose a write. 5.2.5.2 */
  private boolean cachesWrites() {
    long features = context.features();
    return (features & BlkFeature.FLUSH) != 0
        && ((features & BlkFeature.CONFIG_WCE) != 0 ? space.writeCache() : config.writeCache());
  }

  private void pushUsed(BlkRequest request, Virtqueue ring) {
    context.memory().putByte(request.statusAddress, request.outcome.status());
    ring.pushUsed(request.head, request.writtenBytes);
  }

  @Override
  public void work(int queue) {
    disk.work();
    deliver();
  }

  /** The disk has finished requests. On any thread, without the transport's lock. */
  private void deliver() {
    Context driver = context;
    if (driver == null) {
      return;
    }
    if (stopping) {
      driver.wake();
      return;
    }
    if (finished.get() == null || givers.getAndIncrement() != 0) {
      return;
    }
    int seen;
    do {
      seen = givers.get();
      driver.enter(giver);
    } while (!givers.compareAndSet(seen, 0));
  }

  private void giveBackFinished() {
    if (stopping) {
      context.wake();
      return;
    }
    Context driver = context;
    BlkRequest request = inOrder(finished.getAndSet(null));
    while (request != null) {
      BlkRequest following = request.next;
      if (request.outcome != Outcome.OK && request.kind() == BlkRequest.Kind.READ) {
        request.writtenBytes = 0;
      }
      underWay[request.queue]--;
      touched[request.queue] = true;
      pushUsed(request, driver.queue(request.queue));
      free(request);
      request = following;
    }
    for (int queue = 0; queue < touched.length; queue++) {
      if (touched[queue]) {
        touched[queue] = false;
        signal(driver, queue);
      }
    }
  }

  /** For what the driver offers meanwhile it rings: it was asked to when the queue was looked at. */
  private void signal(Context driver, int queue) {
    if (driver.queue(queue).wantsInterrupt()) {
      driver.interrupt(queue);
    }
    if (full[queue]) {
      full[queue] = false;
      driver.resumeLater(queue);
    }
  }

  private static BlkRequest inOrder(BlkRequest lastFirst) {
    BlkRequest list = null;
    for (BlkRequest at = lastFirst; at != null;) {
      BlkRequest following = at.next;
      at.next = list;
      list = at;
      at = following;
    }
    return list;
  }

  private BlkRequest freeRequest() {
    BlkRequest request = free;
    if (request == null) {
      request = new BlkRequest(finished);
      requests.add(request);
    } else {
      free = request.next;
    }
    return request;
  }

  private void free(BlkRequest request) {
    request.taken = false;
    request.next = free;
    free = request;
  }

  @Override
  public void reset() {
    Context driver = context;
    if (driver != null && !stopping) {
      stopping = true;
      disk.drop();
    }
    if (driver != null) {
      driver.await(disk::isIdle);
    }
    restore(powerOn());
  }

  @Override
  public State state() {
    List<Open> open = new ArrayList<>(again);
    for (BlkRequest request : requests) {
      if (request.taken) {
        open.add(new Open(request.queue, request.head));
      }
    }
    return new State(space.writeCache(), open);
  }

  @Override
  public void restore(VirtioDevice.State state) {
    State was = (State) state;
    space.writeCache(was.writeCache());
    again = was.open();
    context = null;
    finished.set(null);
    free = null;
    for (int i = requests.size() - 1; i >= 0; i--) {
      free(requests.get(i));
    }
    Arrays.fill(underWay, 0);
    Arrays.fill(full, false);
    Arrays.fill(touched, false);
    stopping = false;
  }
}
