package org.ballastvm.kvm;

import org.ballastvm.kvm.generated.Host;

/**
 * A time of a {@link HostNode}.
 *
 * @param seconds since 1970
 * @param nanos 0 to 999,999,999, or what makes it {@link #NOW} or {@link #OMIT}
 */
public record NodeTime(long seconds, long nanos) {
  /** When it is set: the host's own time. */
  public static final NodeTime NOW = new NodeTime(0, Host.UTIME_NOW());
  /** Not set: it stays as it is. */
  public static final NodeTime OMIT = new NodeTime(0, Host.UTIME_OMIT());

  /**
   * A time that somebody else chose.
   *
   * @param seconds since 1970, any value
   * @param nanos any value
   * @return the time
   * @throws HostError EINVAL for nanoseconds that are none: some of them mean something else
   */
  public static NodeTime of(long seconds, long nanos) {
    if (nanos < 0 || nanos > 999_999_999) {
      throw new HostError("a time of " + nanos + " ns", Errno.EINVAL);
    }
    return new NodeTime(seconds, nanos);
  }
}
