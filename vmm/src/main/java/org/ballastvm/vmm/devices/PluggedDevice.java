package org.ballastvm.vmm.devices;

import java.util.Optional;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.qom.QomNode;

/** A device that is in a machine. */
public interface PluggedDevice {
  /** {@return what was asked for} */
  DeviceConfig config();

  /** {@return where it is in the object tree: {@code /machine/peripheral/ID}, or below {@code peripheral-anon}} */
  String path();

  /** {@return it as an object, with its properties as they are now} */
  QomNode node();

  /** {@return the id that the user gave, if any} */
  default Optional<String> id() { return config().id(); }

  /** {@return the last part of its path} */
  default String nodeName() {
    return path().substring(path().lastIndexOf('/') + 1);
  }
}
