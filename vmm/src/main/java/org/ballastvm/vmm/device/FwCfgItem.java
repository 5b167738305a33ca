package org.ballastvm.vmm.device;

import java.util.Objects;
import java.util.function.Consumer;

/** What a guest reads of a {@link FwCfgDevice} under one key, and may write if somebody listens. */
public final class FwCfgItem {
  /** The longest name: 56 bytes with the zero at its end. */
  public static final int LONGEST_NAME = 55;

  private final String name;
  private final byte[] bytes;
  private final Consumer<byte[]> written;

  /**
   * One that a guest may write.
   *
   * @param name up to {@value #LONGEST_NAME} bytes of ASCII; a path below {@code /sys/firmware/qemu_fw_cfg/by_name} in Linux
   * @param bytes its content, which the guest changes
   * @param written hears of each write, on the vCPU's thread; null for one that can only be read
   */
  public FwCfgItem(String name, byte[] bytes, Consumer<byte[]> written) {
    this.name = name;
    this.bytes = Objects.requireNonNull(bytes);
    this.written = written;
  }

  /** One that can only be read. */
  public static FwCfgItem readOnly(String name, byte[] bytes) {
    return new FwCfgItem(name, bytes, null);
  }

  /** {@return by what name a guest finds it} */
  public String name() { return name; }

  /** {@return its content, not a copy} */
  public byte[] bytes() { return bytes; }

  boolean isWritable() { return written != null; }

  /** The guest has written some of it. */
  void changed() { written.accept(bytes); }
}
