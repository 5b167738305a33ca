package org.ballastvm.vmm.config;

/** {@code -object}: what users make for devices to use. */
public sealed interface ObjectConfig permits BackendConfig, IoThreadConfig {
  /** {@return the id that others name it by} */
  String id();

  /** {@return its type's name, such as {@code memory-backend-ram}} */
  String qomType();
}
