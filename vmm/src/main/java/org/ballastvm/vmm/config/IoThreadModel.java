package org.ballastvm.vmm.config;

import java.util.List;
import java.util.Optional;

/** {@code iothread}. */
final class IoThreadModel {
  private static final ModelProperty<Long> POLL_MAX_NS = number("poll-max-ns");
  private static final ModelProperty<Long> POLL_GROW = number("poll-grow");
  private static final ModelProperty<Long> POLL_SHRINK = number("poll-shrink");
  private static final ModelProperty<Long> AIO_MAX_BATCH = number("aio-max-batch");

  static final Model<ObjectConfig> MODEL = Model.of(IoThreadConfig.TYPE, "object",
      values -> new IoThreadConfig(values.requireId(), given(POLL_MAX_NS, values), given(POLL_GROW, values),
          given(POLL_SHRINK, values), given(AIO_MAX_BATCH, values)),
      List.of(POLL_MAX_NS, POLL_GROW, POLL_SHRINK, AIO_MAX_BATCH));

  private IoThreadModel() {}

  private static long given(ModelProperty<Long> property, KeyValues values) { return property.take(values).orElse(0L); }

  private static ModelProperty<Long> number(String name) {
    return ModelProperty.of(name, "int", "Taken, and shown; the thread never polls", IoThreadModel::read);
  }

  private static Optional<Long> read(KeyValues values, String key) {
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
    });
  }
}
