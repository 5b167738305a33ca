package org.ballastvm.vmm.device;

import java.util.Objects;
import java.util.function.Consumer;

/**
 * What a guest reads of a {@link FwCfgDevice} under one key, and may write if somebody listens.
 *
 * @param name up to {@value #LONGEST_NAME} bytes of ASCII; a path below {@code /sys/firmware/qemu_fw_cfg/by_name} in Linux
 * @param bytes its content, which a guest that may write changes
 * @param written hears of each write, on the vCPU's thread; null for one that can only be read
 */
public record FwCfgItem(String name, byte[] bytes, Consumer<byte[]> written) {
  /** The longest name: 56 bytes with the zero at its end. */
  public static final int LONGEST_NAME = 55;

  /** Keeps what it is given: it is the item. */
  public FwCfgItem {
    Objects.requireNonNull(bytes);
  }

  /** One that can only be read. */
  public static FwCfgItem readOnly(String name, byte[] bytes) {
    return new FwCfgItem(name, bytes, null);
  }

  boolean isWritable() { return written != null; }
}
