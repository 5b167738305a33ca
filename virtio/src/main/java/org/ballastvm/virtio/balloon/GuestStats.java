package org.ballastvm.virtio.balloon;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.ballastvm.virtio.DeviceClock;
import org.ballastvm.virtio.VirtioDevice.Context;
import org.ballastvm.virtio.queue.DescriptorChain;
import org.ballastvm.virtio.queue.GuestError;
import org.ballastvm.virtio.queue.GuestMemory;
import org.ballastvm.virtio.queue.Virtqueue;

/**
 * The statistics queue, on which the device asks and the driver answers: the driver offers a buffer with its numbers, the
 * device keeps the buffer, and gives it back when it wants new ones. Virtio 1.3, 5.5.6.3.
 *
 * <p>
 * The alarm runs while a buffer is kept, so a driver that never answers is never asked again.
 */
final class GuestStats {
  /** A 16-bit tag and a 64-bit value, without a gap. */
  private static final int ENTRY_BYTES = 10;
  /** More entries than there will ever be tags; what follows is not read. */
  private static final int MOST_ENTRIES = 256;
  private static final int NONE = BalloonState.Stats.NONE;
  private static final BalloonStat[] TAGS = BalloonStat.values();
  private static final ValueLayout.OfShort TAG = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong VALUE = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final DeviceClock clock;
  private final Runnable wake;
  private final Runnable ask = this::ask;
  private final MemorySegment entries = MemorySegment.ofArray(new byte[MOST_ENTRIES * ENTRY_BYTES]);
  /** By tag. Read by others, so this object's lock is held for it and the time of the last update. */
  private final long[] values = new long[TAGS.length];
  private long lastUpdateSeconds;
  private volatile long intervalSeconds;
  private volatile boolean asked;
  private int kept;

  /**
   * Statistics that are not known yet.
   *
   * @param wake has the event loop call {@link #ready}, if there is a driver
   */
  GuestStats(long intervalSeconds, DeviceClock clock, Runnable wake) {
    this.clock = clock;
    this.wake = wake;
    restore(BalloonState.Stats.powerOn(intervalSeconds));
  }

  long intervalSeconds() { return intervalSeconds; }

  /** Changes how often the guest is asked; the first time is now. */
  void intervalSeconds(long seconds) {
    BalloonConfig.requireInterval(seconds);
    long before;
    synchronized (this) { // A reset, on a vCPU's thread, puts back what it finds.
      before = intervalSeconds;
      intervalSeconds = seconds;
    }
    if (seconds == 0) {
      clock.cancel();
    } else if (before == 0) {
      ask();
    } else if (seconds != before) {
      clock.after(seconds, ask);
    }
  }

  private void ask() {
    asked = true;
    wake.run();
  }

  /** The queue may have an answer, or is to be asked; true if there was an answer. */
  boolean ready(Context driver, int queue) {
    Virtqueue ring = driver.queue(queue);
    boolean isAsked = asked;
    boolean answered = false;
    asked = false;
    for (int taken = 0; taken < ring.size(); taken++) {
      DescriptorChain chain = ring.next();
      if (chain == null) {
        break;
      }
      pushKept(ring); // A driver has one buffer. One that offers two had better get the older back.
      take(chain, driver.memory());
      kept = chain.head();
      isAsked = false;
      answered = true;
      if (intervalSeconds > 0) {
        clock.after(intervalSeconds, ask);
      }
    }
    if (isAsked) {
      pushKept(ring);
    }
    if (driver.finish(queue)) {
      driver.resumeLater(queue);
    }
    return answered;
  }

  /** There is no driver any more, and its numbers are of the past. */
  synchronized void reset() {
    restore(state().powerOn());
  }

  /** {@return what the guest has reported, and what it is asked} */
  synchronized BalloonState.Stats state() {
    List<Long> all = new ArrayList<>(values.length);
    for (long value : values) {
      all.add(value);
    }
    return new BalloonState.Stats(intervalSeconds, asked, kept, lastUpdateSeconds, all);
  }

  /** Makes it what it was. The alarm runs where a buffer is kept, which is asked for on the event loop alone. */
  synchronized void restore(BalloonState.Stats state) {
    intervalSeconds = state.intervalSeconds();
    asked = state.asked();
    kept = state.keptHead();
    lastUpdateSeconds = state.lastUpdateSeconds();
    for (int tag = 0; tag < values.length; tag++) {
      values[tag] = state.values().get(tag);
    }
    if (kept != NONE && intervalSeconds > 0) {
      clock.after(intervalSeconds, ask);
    }
  }

  void close() { clock.cancel(); }

  synchronized BalloonStats snapshot() {
    Map<BalloonStat, Long> named = new EnumMap<>(BalloonStat.class);
    for (int tag = 0; tag < TAGS.length; tag++) {
      named.put(TAGS[tag], values[tag]);
    }
    return new BalloonStats(lastUpdateSeconds, Collections.unmodifiableMap(named));
  }

  private void pushKept(Virtqueue ring) {
    if (kept != NONE) {
      ring.pushUsed(kept, 0);
      kept = NONE;
    }
  }

  private synchronized void take(DescriptorChain chain, GuestMemory memory) {
    if (chain.writableCount() != 0) {
      throw new GuestError("stats queue: a buffer of " + chain.writableBytes()
          + " bytes to write; the device writes no statistics");
    }
    int lengthBytes = 0;
    for (int i = 0; i < chain.readableCount(); i++) {
      int step = (int) Math.min(chain.lengthBytes(i), entries.byteSize() - lengthBytes);
      memory.read(chain.address(i), entries, lengthBytes, step);
      lengthBytes += step;
    }
    lastUpdateSeconds = clock.epochSeconds();
    Arrays.fill(values, BalloonStat.UNSET);
    for (int at = 0; at + ENTRY_BYTES <= lengthBytes; at += ENTRY_BYTES) {
      int tag = Short.toUnsignedInt(entries.get(TAG, at));
      if (tag < values.length) {
        values[tag] = entries.get(VALUE, at + Short.BYTES);
      }
    }
  }
}
