package org.ballastvm.vmm.config;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** {@code vmgenid}. */
public final class GenerationIdModel {
  private static final String AUTO = "auto";

  private static final ModelProperty<Optional<UUID>> GUID = ModelProperty
      .of("guid", "str", "UUID (aka GUID) or \"auto\" for random value", GenerationIdModel::read)
      .usually(Optional.empty(), AUTO);

  static final Model<DeviceConfig> MODEL = Model.of("vmgenid", "device", GenerationIdModel::parse, List.of(GUID));

  private GenerationIdModel() {}

  /**
   * A generation as users write it.
   *
   * @param where the property and its value, for the error
   * @param text its value
   * @return the generation; empty for one by chance
   * @throws UserError if it is neither a UUID nor {@code auto}
   */
  public static Optional<UUID> guid(String where, String text) {
    return text.equals(AUTO) ? Optional.empty() : Optional.of(SmbiosOptions.uuid(where, text));
  }

  private static Optional<Optional<UUID>> read(KeyValues values, String key) {
    Optional<String> text = values.take(key);
    return text.isEmpty() ? Optional.empty() : Optional.of(guid("-device vmgenid,guid=" + text.get(), text.get()));
  }

  private static DeviceConfig parse(KeyValues values) {
    return new DeviceConfig.Generation(values.takeId(), GUID.takeOrUsual(values));
  }
}
