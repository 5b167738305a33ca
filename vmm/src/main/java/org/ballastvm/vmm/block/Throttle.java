package org.ballastvm.vmm.block;

/**
 * Limits of a disk: two buckets that leak at their rates, and let in what finds them no fuller than a tenth of a second fills
 * them. Not for two threads.
 */
final class Throttle {
  private static final double NANOS_PER_SECOND = 1e9;
  private static final double BURST_SECONDS = 0.1;

  private final double bytesPerSecond;
  private final double requestsPerSecond;
  private double bytes;
  private double requests;
  private long lastNanos;

  /**
   * Limits.
   *
   * @param bytesPerSecond 0 for none
   * @param requestsPerSecond 0 for none
   * @param nowNanos System.nanoTime
   */
  Throttle(long bytesPerSecond, long requestsPerSecond, long nowNanos) {
    this.bytesPerSecond = bytesPerSecond;
    this.requestsPerSecond = requestsPerSecond;
    this.lastNanos = nowNanos;
  }

  /** {@return whether anything is limited} */
  boolean limits() { return bytesPerSecond > 0 || requestsPerSecond > 0; }

  /**
   * How long the next request has to wait.
   *
   * @param nowNanos System.nanoTime
   * @return nanoseconds, 0 if it need not
   */
  long waitNanos(long nowNanos) {
    double seconds = Math.max(0, nowNanos - lastNanos) / NANOS_PER_SECOND;
    lastNanos = nowNanos;
    bytes = Math.max(0, bytes - seconds * bytesPerSecond);
    requests = Math.max(0, requests - seconds * requestsPerSecond);
    return (long) (NANOS_PER_SECOND * Math.max(wait(bytes, bytesPerSecond), wait(requests, requestsPerSecond)));
  }

  private static double wait(double level, double rate) {
    return rate == 0 ? 0 : Math.max(0, level - rate * BURST_SECONDS) / rate;
  }

  /** A request is let in. */
  void letIn(long lengthBytes) {
    bytes += lengthBytes;
    requests++;
  }
}
