package org.ballastvm.vmm.config;

import java.util.List;

/**
 * What a guest would have of a firmware.
 *
 * @param smbios the SMBIOS tables
 * @param rtc the clock
 * @param files for the guest, by fw_cfg
 */
public record FirmwareConfig(SmbiosConfig smbios, RtcConfig rtc, List<FirmwareFile> files) {
  /** As it is without a word. */
  public static final FirmwareConfig DEFAULT = new FirmwareConfig(SmbiosConfig.DEFAULT, RtcConfig.DEFAULT, List.of());

  /** Keeps the list as it is now. */
  public FirmwareConfig {
    files = List.copyOf(files);
  }
}
