package org.ballastvm.vmm.config;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** {@code java}: a device that a user wrote. */
final class JavaModel {
  private static final ModelProperty<Path> SOURCE = ModelProperty.of("source", "str",
      "A file of Java source with the device", (values, key) -> values.take(key).map(given -> path(key, given)));
  private static final ModelProperty<String> CLASS = ModelProperty.text("class", "str",
      "The name of its class, where its source has several devices, or it has no source");
  private static final ModelProperty<List<Path>> CLASS_PATH = ModelProperty.of("class-path", "str",
      "Directories and archives with its class, or what its source needs, with : between them",
      (values, key) -> values.take(key).map(given -> Arrays.stream(given.split(":")).map(each -> path(key, each))
          .toList()));

  static final Model<DeviceConfig> MODEL = PciModel.plain("java", JavaModel::parse, List.of(SOURCE, CLASS, CLASS_PATH))
      .described("a device that you wrote");

  private JavaModel() {}

  private static Path path(String key, String given) { return FileName.path(key, given).toAbsolutePath(); }

  private static DeviceConfig parse(Optional<String> id, OptionalInt slot, KeyValues values) {
    Optional<Path> source = SOURCE.take(values);
    Optional<String> className = CLASS.take(values);
    Optional<List<Path>> classPath = CLASS_PATH.take(values);
    if (source.isEmpty() && (classPath.isEmpty() || className.isEmpty())) {
      throw values.error("needs source=FILE, or class=NAME and class-path=PATH");
    }
    return new DeviceConfig.Java(id, slot, source, className, classPath.orElse(List.of()));
  }
}
