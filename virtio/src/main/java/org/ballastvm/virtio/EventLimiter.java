package org.ballastvm.virtio;

/**
 * Passes on what happens to a device, but of mistakes and refusals only the 1st, 2nd, 4th, 8th... of each kind: a guest
 * can make them for ever, and must not fill the host's log.
 */
public final class EventLimiter implements EventSink {
  private final EventSink sink;
  private long mistakes;
  private long refusals;

  /**
   * A limiter for one device, under the lock that keeps its calls apart.
   *
   * @param sink takes what passes
   */
  public EventLimiter(EventSink sink) { this.sink = sink; }

  /** No switch over types: what a balloon does at each list of pages comes by here. */
  @Override
  public void accept(DeviceEvent event) {
    if (event instanceof DeviceEvent.GuestMistake mistake) {
      if (isReported(++mistakes)) {
        sink.accept(new DeviceEvent.GuestMistake(mistake.device(), counted(mistake.sentence(), mistakes),
            mistake.needsReset()));
      }
    } else if (event instanceof DeviceEvent.HostRefusal refusal) {
      if (isReported(++refusals)) {
        sink.accept(new DeviceEvent.HostRefusal(refusal.device(), counted(refusal.sentence(), refusals)));
      }
    } else {
      sink.accept(event);
    }
  }

  private static boolean isReported(long count) { return Long.bitCount(count) == 1; }

  private static String counted(String sentence, long count) {
    return count == 1 ? sentence : sentence + " (number " + count + " of its kind; not all are reported)";
  }
}
