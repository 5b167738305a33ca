package org.ballastvm.vmm.trace;

import jdk.jfr.FlightRecorder;
import org.ballastvm.vmm.config.BackendConfig;

/** One call by which the host is asked to take memory back, while it is under way. Made only where somebody looks. */
public final class DiscardTrace {
  private final TraceEvent text;
  /** Null where no recording runs. */
  private final DiscardEvent event;
  private final long begunNanos = System.nanoTime();

  /** See BalloonTracer. */
  private static final class Recording {
    static final DiscardEvent DISCARD = new DiscardEvent();
  }

  private DiscardTrace(TraceEvent text, boolean isRecorded) {
    this.text = text;
    this.event = isRecorded ? new DiscardEvent() : null;
    if (isRecorded) {
      event.begin();
    }
  }

  /**
   * The call is about to be made.
   *
   * @param forBalloon whether a balloon wants it
   * @return to be given how it went; null if nobody wants to know
   */
  public static DiscardTrace begin(boolean forBalloon) {
    TraceEvent text = forBalloon ? TraceEvent.BALLOON_DISCARD : TraceEvent.MEMORY_DISCARD;
    boolean isRecorded = FlightRecorder.isInitialized() && Recording.DISCARD.isEnabled();
    return isRecorded || text.isOn() ? new DiscardTrace(text, isRecorded) : null;
  }

  /**
   * The call has been made.
   *
   * @param backend whose memory
   * @param call what was called
   * @param offsetBytes where the range begins in the backend, or the first of them
   * @param bytes of all of them
   * @param error what the host said; empty if it did it
   */
  public void end(BackendConfig backend, String call, int ranges, long offsetBytes, long bytes, String error) {
    long nanos = System.nanoTime() - begunNanos;
    if (event != null) {
      event.cause = text == TraceEvent.BALLOON_DISCARD ? "balloon" : "memory";
      event.backend = backend.id();
      event.kind = backend.qomType();
      event.call = call;
      event.ranges = ranges;
      event.offset = offsetBytes;
      event.bytes = bytes;
      event.error = error;
      event.commit();
    }
    text.print("backend=%s kind=%s call=%s ranges=%d offset=0x%x bytes=%d us=%d%s", backend.id(), backend.qomType(),
        call, ranges, offsetBytes, bytes, nanos / 1000, error.isEmpty() ? "" : " error=" + error);
  }
}
