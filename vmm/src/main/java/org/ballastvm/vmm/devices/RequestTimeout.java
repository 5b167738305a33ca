package org.ballastvm.vmm.devices;

import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.qom.PropertyType;

/** {@code request-timeout}, which all memory devices have. */
final class RequestTimeout {
  /** Seconds, 0 for never. */
  static final PropertyType TYPE = new PropertyType.Whole("uint32", 0, DeviceConfig.MOST_OVERDUE_SECONDS);

  private RequestTimeout() {}
}
