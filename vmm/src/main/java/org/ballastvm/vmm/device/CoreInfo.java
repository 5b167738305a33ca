package org.ballastvm.vmm.device;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * vmcoreinfo: a fw_cfg file into which a guest's kernel writes where the note is that tools need to read a dump of its memory.
 * Source: QEMU's docs/specs/vmcoreinfo; drivers/firmware/qemu_fw_cfg.c.
 */
public final class CoreInfo {
  private static final String NAME = "etc/vmcoreinfo";
  private static final int BYTES = 16;
  /** {@code FW_CFG_VMCOREINFO_FORMAT_ELF}. */
  private static final short ELF = 1;

  /**
   * What a guest wrote, as it is.
   *
   * @param guestFormat 0 for nothing, 1 for an ELF note
   * @param sizeBytes of the note
   * @param address of the note, guest physical
   */
  public record Note(int guestFormat, long sizeBytes, long address) {
    static final Note NONE = new Note(0, 0, 0);
  }

  private final byte[] file = new byte[BYTES];
  private volatile Note note = Note.NONE;

  /** A device to whose file nobody has written. */
  public CoreInfo() { reset(); }

  /** {@return the file of this device} */
  public FwCfgItem item() { return new FwCfgItem(NAME, file, this::written); }

  private void written(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    note = new Note(in.getShort(2) & 0xffff, Integer.toUnsignedLong(in.getInt(4)), in.getLong(8));
  }

  /** {@return what the guest wrote last; any thread} */
  public Note note() { return note; }

  /** The next guest has written nothing. No vCPU runs. */
  public final void reset() {
    Arrays.fill(file, (byte) 0);
    ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putShort(ELF);
    note = Note.NONE;
  }
}
