package org.ballastvm.virtio.mem;

import java.util.Arrays;
import java.util.function.LongSupplier;

/**
 * Keeps what passes between a memory device and its driver since the last request of the host. Changed and read on the
 * event loop, except that the driver reads registers on any vCPU. Allocates nothing.
 */
final class MemHistory {
  private final MemBlocks blocks;
  private final LongSupplier nanos;
  private final long[] answers = new long[4];
  private long startBytes;
  private long openedNanos;
  private long requestNanos;
  private long progressNanos;
  private long returnedBytes;
  private MemRequest.Kind lastKind;
  private MemAnswer lastAnswer;
  private volatile boolean noticed;

  /** @param nanos the time, as System.nanoTime */
  MemHistory(MemBlocks blocks, LongSupplier nanos) {
    this.blocks = blocks;
    this.nanos = nanos;
    begin();
  }

  /** The host asks, or what the guest had is gone: all begins again. */
  void begin() {
    Arrays.fill(answers, 0);
    startBytes = blocks.pluggedBytes();
    openedNanos = nanos.getAsLong();
    requestNanos = openedNanos;
    progressNanos = openedNanos;
    returnedBytes = 0;
    lastKind = null;
    lastAnswer = null;
    noticed = false;
  }

  /** The driver reads how much is wanted. */
  void notice() {
    if (!noticed) {
      noticed = true;
    }
  }

  /**
   * The driver was answered.
   *
   * @param before what was plugged before it
   * @param after what is plugged now
   */
  void answered(MemRequest.Kind kind, MemAnswer answer, long before, long after) {
    long wanted = blocks.requestedBytes();
    if (before == wanted && after != wanted) {
      begin(); // It was there, and has left by itself: a driver that starts again unplugs all first.
    }
    // Neither what a driver that starts again gives back, nor what one had begun to when more was asked for.
    boolean returned = lastKind == MemRequest.Kind.PLUG && kind == MemRequest.Kind.UNPLUG && before < wanted;
    answers[answer.type]++;
    lastKind = kind;
    lastAnswer = answer;
    requestNanos = nanos.getAsLong();
    if (Math.abs(wanted - after) < Math.abs(wanted - before)) {
      progressNanos = requestNanos;
    } else if (returned) {
      returnedBytes += before - after;
    }
  }

  MemTrace trace() {
    long now = nanos.getAsLong();
    long wanted = blocks.requestedBytes();
    long plugged = blocks.pluggedBytes();
    return new MemTrace(wanted, plugged, startBytes, (wanted == plugged ? progressNanos : now) - openedNanos, noticed,
        new MemTrace.Answers(answers[MemAnswer.ACK.type], answers[MemAnswer.NACK.type], answers[MemAnswer.BUSY.type],
            answers[MemAnswer.ERROR.type]),
        lastKind == null ? "" : lastKind + " " + lastAnswer, now - requestNanos, now - progressNanos, returnedBytes);
  }
}
