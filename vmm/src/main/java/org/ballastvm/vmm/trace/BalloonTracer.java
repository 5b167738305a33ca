package org.ballastvm.vmm.trace;

import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import jdk.jfr.FlightRecorder;
import org.ballastvm.virtio.balloon.BalloonStat;
import org.ballastvm.virtio.balloon.BalloonStats;
import org.ballastvm.virtio.balloon.BalloonTrace;
import org.ballastvm.vmm.config.PageSize;

/** Records what a balloon does in a flight recording, if one runs, and as text, if that was asked for. */
public final class BalloonTracer implements BalloonTrace {
  private final String device;
  /** Of the event loop alone. */
  private BalloonBatchEvent batch;
  private long begunNanos;

  /**
   * An event of each class that nobody commits: asked whether it is enabled, it says whether a recording wants its kind,
   * with nothing allocated. To load one of them starts the flight recorder's machinery, for a fifth of a start, so that
   * must run already.
   */
  private static final class Recording {
    static final BalloonBatchEvent BATCH = new BalloonBatchEvent();
    static final BalloonStatsEvent STATS = new BalloonStatsEvent();
    static final BalloonTargetEvent TARGET = new BalloonTargetEvent();
  }

  /**
   * Watches nothing yet.
   *
   * @param id of the device, if it has one
   */
  public BalloonTracer(Optional<String> id) { this.device = id.orElse("balloon"); }

  @Override
  public boolean batchBegins() {
    boolean isRecorded = FlightRecorder.isInitialized() && Recording.BATCH.isEnabled();
    boolean isOn = isRecorded || TraceEvent.BALLOON_BATCH.isOn();
    if (isOn) {
      batch = null;
      if (isRecorded) {
        batch = new BalloonBatchEvent();
        batch.begin();
      }
      begunNanos = System.nanoTime();
    }
    return isOn;
  }

  @Override
  public void batchEnds(String queue, int chains, long ranges, long bytes) {
    long nanos = System.nanoTime() - begunNanos;
    if (chains == 0) {
      return; // The loop only had a look.
    }
    if (batch != null) {
      batch.device = device;
      batch.queue = queue;
      batch.chains = chains;
      batch.ranges = ranges;
      batch.bytes = bytes;
      batch.commit();
    }
    TraceEvent.BALLOON_BATCH.print("device=%s queue=%s chains=%d ranges=%d bytes=%d us=%d", device, queue, chains,
        ranges, bytes, nanos / 1000);
  }

  @Override
  public void statsCame(Supplier<BalloonStats> stats) {
    if (FlightRecorder.isInitialized() && Recording.STATS.isEnabled()) {
      record(stats.get().values());
    }
    if (TraceEvent.BALLOON_STATS.isOn()) {
      print(stats.get().values());
    }
  }

  private void record(Map<BalloonStat, Long> stats) {
    BalloonStatsEvent event = new BalloonStatsEvent();
    event.device = device;
    event.known = (int) stats.values().stream().filter(value -> value != BalloonStat.UNSET).count();
    event.totalMemory = stats.get(BalloonStat.TOTAL_MEMORY);
    event.freeMemory = stats.get(BalloonStat.FREE_MEMORY);
    event.availableMemory = stats.get(BalloonStat.AVAILABLE_MEMORY);
    event.diskCaches = stats.get(BalloonStat.DISK_CACHES);
    event.swapIn = stats.get(BalloonStat.SWAP_IN);
    event.swapOut = stats.get(BalloonStat.SWAP_OUT);
    event.majorFaults = stats.get(BalloonStat.MAJOR_FAULTS);
    event.minorFaults = stats.get(BalloonStat.MINOR_FAULTS);
    event.oomKills = stats.get(BalloonStat.OOM_KILLS);
    event.commit();
  }

  private void print(Map<BalloonStat, Long> stats) {
    StringBuilder text = new StringBuilder("device=").append(device);
    stats.forEach((stat, value) -> {
      if (value != BalloonStat.UNSET) {
        text.append(' ').append(stat.key()).append('=').append(value);
      }
    });
    TraceEvent.BALLOON_STATS.print("%s", text);
  }

  @Override
  public void targetSet(long targetPages, long actualPages) {
    if (FlightRecorder.isInitialized() && Recording.TARGET.isEnabled()) {
      BalloonTargetEvent event = new BalloonTargetEvent();
      event.device = device;
      event.target = targetPages << PageSize.SHIFT;
      event.actual = actualPages << PageSize.SHIFT;
      event.commit();
    }
    TraceEvent.BALLOON_TARGET.print("device=%s target=%d actual=%d", device, targetPages << PageSize.SHIFT,
        actualPages << PageSize.SHIFT);
  }
}
