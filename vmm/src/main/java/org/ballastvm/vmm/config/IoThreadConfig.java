package org.ballastvm.vmm.config;

/**
 * {@code -object iothread}: a thread for a device's long work. It sleeps when there is none, and never polls: what QEMU's
 * threads are told of that is taken and shown, and changes nothing.
 *
 * @param id its id
 * @param pollMaxNs {@code poll-max-ns}
 * @param pollGrow {@code poll-grow}
 * @param pollShrink {@code poll-shrink}
 * @param aioMaxBatch {@code aio-max-batch}
 */
public record IoThreadConfig(String id, long pollMaxNs, long pollGrow, long pollShrink, long aioMaxBatch)
    implements
      ObjectConfig {
  /** What {@code -object} knows it by. */
  public static final String TYPE = "iothread";

  /** Takes what was given. */
  static IoThreadConfig take(KeyValues values) {
    String id = values.requireId();
    IoThreadConfig config = new IoThreadConfig(id, number(values, "poll-max-ns"), number(values, "poll-grow"),
        number(values, "poll-shrink"), number(values, "aio-max-batch"));
    values.refuseRest("those that qom-list-properties lists");
    return config;
  }

  private static long number(KeyValues values, String key) {
    return values.take(key).map(text -> {
      try {
        long number = Long.decode(text);
        if (number >= 0) {
          return number;
        }
      } catch (NumberFormatException e) {
        throw values.error("Parameter '" + key + "' expects an int64 value, not " + text);
      }
      throw values.error(key + " value must be in range [0, " + Long.MAX_VALUE + "]");
    }).orElse(0L);
  }

  @Override
  public String qomType() { return TYPE; }
}
