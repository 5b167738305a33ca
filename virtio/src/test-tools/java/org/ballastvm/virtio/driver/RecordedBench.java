package org.ballastvm.virtio.driver;

import java.io.StringWriter;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.ballastvm.record.Recorder;
import org.ballastvm.record.Recording;
import org.ballastvm.record.RecordingLimits;

/** Records what passes on a bench, in memory. */
public final class RecordedBench {
  private final Bench<?> bench;
  private final StringWriter text = new StringWriter();
  private final AtomicLong time = new AtomicLong();
  private final Recorder recorder;

  /** Records from now on. */
  public RecordedBench(Bench<?> bench, RecordingLimits limits) {
    this.bench = bench;
    this.recorder = new Recorder(text, limits, time::incrementAndGet, why -> {
      throw new IllegalStateException(why);
    });
    bench.function.record(Optional.of(recorder));
  }

  /** Records from now on, as much as usual. */
  public RecordedBench(Bench<?> bench) {
    this(bench, RecordingLimits.USUAL);
  }

  /** How far it is. */
  public Recorder recorder() { return recorder; }

  /** Ends it; what was recorded. */
  public Recording end() {
    bench.function.record(Optional.empty());
    return Recording.parse(text.toString());
  }
}
