package org.ballastvm.virtio.p9;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Optional;
import org.ballastvm.virtio.VirtioDevice;
import org.ballastvm.virtio.queue.DescriptorChain;
import org.ballastvm.virtio.queue.GuestError;
import org.ballastvm.virtio.queue.Virtqueue;

/**
 * The 9P transport device: a queue of requests, and the name that the driver mounts it by. The specification has no more
 * than its number (virtio 1.3, 5); what it does is what Linux's net/9p/trans_virtio.c expects.
 *
 * <p>
 * Requests are served by {@link P9Workers}, and answered in whatever order they are done. A {@code Tversion} waits for all
 * before it, a {@code Tflush} for the one that it names.
 */
public final class P9Device implements VirtioDevice {
  /** The longest tag in bytes, as QEMU has it: Linux shows it as a file of one page. */
  public static final int MOST_TAG_BYTES = 255;

  private static final int TYPE = 9;
  private static final long FEATURE_MOUNT_TAG = 1;
  private static final int QUEUE_SIZE = 128; // VIRTQUEUE_NUM of Linux's driver

  private final byte[] tag;
  private final P9Server server;
  private final P9Workers workers;
  private final P9Job[] underWay = new P9Job[QUEUE_SIZE];
  private final ArrayDeque<P9Job> idle = new ArrayDeque<>(QUEUE_SIZE);
  private Context context;
  private Optional<P9Conversation> conversation = Optional.empty();
  private P9State state = P9State.POWER_ON;

  /**
   * A device.
   *
   * @param tag by which the driver mounts it, 1 to {@link #MOST_TAG_BYTES} bytes of UTF-8
   * @param server its files
   * @param workers serve requests; closed with the device
   */
  public P9Device(String tag, P9Server server, P9Workers workers) {
    this.tag = tag.getBytes(StandardCharsets.UTF_8);
    if (this.tag.length == 0 || this.tag.length > MOST_TAG_BYTES) {
      throw new IllegalArgumentException(
          "a tag of " + this.tag.length + " bytes; it must have 1 to " + MOST_TAG_BYTES);
    }
    this.server = server;
    this.workers = workers;
    forgetRequests();
  }

  @Override
  public int type() { return TYPE; }

  @Override
  public String name() { return "virtio-9p"; }

  /** Unclassified, 0002, as QEMU has it. */
  @Override
  public int pciClass() { return 0x000200; }

  @Override
  public long features() { return FEATURE_MOUNT_TAG; }

  @Override
  public int queueCount() { return 1; }

  @Override
  public int queueSize(int queue) { return QUEUE_SIZE; }

  /** {@code le16 tag_len; u8 tag[tag_len]}. */
  @Override
  public int configBytes() { return 2 + tag.length; }

  @Override
  public long configRead(int offset) {
    long value = 0;
    for (int i = Math.min(offset + Long.BYTES, configBytes()) - 1; i >= offset; i--) {
      value = value << 8 | configByte(i);
    }
    return value;
  }

  private int configByte(int at) {
    return switch (at) {
      case 0 -> tag.length & 0xff;
      case 1 -> tag.length >> 8;
      default -> tag[at - 2] & 0xff;
    };
  }

  @Override
  public void start(Context driver) {
    context = driver;
    conversation = Optional.of(new P9Conversation(server, () -> driver.resumeLater(0), state.messageBytes()));
  }

  @Override
  public void reset() { restore(P9State.POWER_ON); }

  @Override
  public State state() { return conversation.map(now -> new P9State(now.messageBytes())).orElse(state); }

  @Override
  public void restore(VirtioDevice.State was) {
    conversation.ifPresent(P9Conversation::close);
    conversation = Optional.empty();
    context = null;
    state = (P9State) was;
    forgetRequests();
  }

  private void forgetRequests() {
    idle.clear();
    for (int i = 0; i < QUEUE_SIZE; i++) {
      underWay[i] = null;
      idle.add(new P9Job(i)); // Those of before may still be in the hands of a worker.
    }
  }

  @Override
  public int unfinished(int queue) { return conversation.isEmpty() ? 0 : underWayCount(); }

  private int underWayCount() { return QUEUE_SIZE - idle.size(); }

  @Override
  public void queueReady(int queue) {
    P9Conversation now = conversation.orElseThrow();
    Virtqueue ring = context.queue(queue);
    for (P9Job job = now.next(); job != null; job = now.next()) {
      giveBack(ring, now, job);
    }
    if (take(ring, now)) {
      if (context.finish(queue)) {
        context.resumeLater(queue);
      }
    } else if (ring.wantsInterrupt()) {
      context.interrupt(queue); // Whatever waits is looked at when a request is done.
    }
  }

  /** Takes what is ready; false if more waits, for requests that are under way. */
  private boolean take(Virtqueue ring, P9Conversation now) {
    while (!idle.isEmpty()) {
      DescriptorChain chain = ring.next();
      if (chain == null) {
        return true;
      }
      P9Job job = idle.peek();
      job.begin(chain, context.memory());
      if (job.type == P9Type.VERSION && underWayCount() > 0) {
        ring.putBack();
        return false;
      }
      idle.remove();
      underWay[job.place] = job;
      if (job.type == P9Type.FLUSH) {
        flush(ring, now, job);
      } else {
        workers.work(() -> now.serve(job));
      }
    }
    return false;
  }

  /** Answers a {@code Tflush} when the request that it names is answered; that is done anyway, and changes what it changes. */
  private void flush(Virtqueue ring, P9Conversation now, P9Job flush) {
    int named = flush.flushedTag;
    for (P9Job other : underWay) {
      if (other != null && other != flush && other.tag == named && other.type != P9Type.FLUSH) {
        flush.nextFlush = other.nextFlush;
        other.nextFlush = flush;
        return;
      }
    }
    flush.writtenBytes = now.confirm(flush);
    giveBack(ring, now, flush);
  }

  private void giveBack(Virtqueue ring, P9Conversation now, P9Job job) {
    for (P9Job done = job; done != null;) {
      if (done.mistake.isPresent()) {
        throw done.mistake.get();
      }
      ring.pushUsed(done.head, done.writtenBytes);
      P9Job flush = done.nextFlush;
      done.nextFlush = null;
      underWay[done.place] = null;
      idle.add(done);
      if (flush != null) {
        flush.writtenBytes = now.confirm(flush);
      }
      done = flush;
    }
  }

  @Override
  public void close() {
    restore(P9State.POWER_ON);
    workers.close();
  }
}
