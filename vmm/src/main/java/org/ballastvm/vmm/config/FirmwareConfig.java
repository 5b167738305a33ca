package org.ballastvm.vmm.config;

/**
 * What a guest would have of a firmware.
 *
 * @param smbios the SMBIOS tables
 */
public record FirmwareConfig(SmbiosConfig smbios) {
  /** As it is without a word. */
  public static final FirmwareConfig DEFAULT = new FirmwareConfig(SmbiosConfig.DEFAULT);
}
