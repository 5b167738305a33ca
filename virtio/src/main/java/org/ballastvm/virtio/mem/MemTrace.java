package org.ballastvm.virtio.mem;

/**
 * What has passed between a memory device and its driver since it was last asked for a size, at one moment.
 *
 * @param requestedBytes what the guest should have plugged
 * @param pluggedBytes what it has plugged
 * @param startBytes what it had plugged when it was asked
 * @param ageNanos how long ago it was asked; or, once it is there, how long that took
 * @param noticed whether the driver has read since then how much is wanted
 * @param answers what it was answered since then
 * @param last the last request and its answer, such as {@code PLUG ACK}; empty if there was none since then
 * @param sinceRequestNanos how long ago that was; how long ago it was asked for a size, if there was none
 * @param sinceProgressNanos how long ago what is plugged came nearer to what is wanted; how long ago it was asked, if it
 *        has not
 * @param returnedBytes what it plugged and gave back at once, although more is wanted
 */
public record MemTrace(long requestedBytes, long pluggedBytes, long startBytes, long ageNanos, boolean noticed,
    Answers answers, String last, long sinceRequestNanos, long sinceProgressNanos, long returnedBytes) {
  /**
   * How often each answer was given.
   *
   * @param ack it is done
   * @param nack it would be more than is wanted
   * @param busy the host could not
   * @param error the request broke a rule
   */
  public record Answers(long ack, long nack, long busy, long error) {
    /** {@return how many there were} */
    public long total() { return ack + nack + busy + error; }
  }

  /** {@return whether the guest is not where it should be} */
  public boolean isOpen() {
    return requestedBytes != pluggedBytes;
  }

  /** {@return whether it should plug more} */
  public boolean isGrowing() { return requestedBytes > pluggedBytes; }

  /** {@return what is left to plug or unplug, in bytes} */
  public long leftBytes() {
    return Math.abs(requestedBytes - pluggedBytes);
  }

  /** {@return what was plugged or unplugged since it was asked, in bytes; negative if it went the other way} */
  public long doneBytes() {
    return Math.abs(requestedBytes - startBytes) - leftBytes();
  }
}
