package org.ballastvm.vmm.config;

/**
 * What a guest would have of a firmware.
 *
 * @param smbios the SMBIOS tables
 * @param rtc the clock
 */
public record FirmwareConfig(SmbiosConfig smbios, RtcConfig rtc) {
  /** As it is without a word. */
  public static final FirmwareConfig DEFAULT = new FirmwareConfig(SmbiosConfig.DEFAULT, RtcConfig.DEFAULT);
}
