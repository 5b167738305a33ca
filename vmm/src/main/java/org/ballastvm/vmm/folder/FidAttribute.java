package org.ballastvm.vmm.folder;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import org.ballastvm.virtio.p9.P9Error;

/** An attribute as a guest reads or writes it, by a fid: piece by piece, and set as a whole when the fid is gone. */
final class FidAttribute {
  private final String name;
  private final byte[] value;
  private final int flags;
  private final boolean written;

  private FidAttribute(String name, byte[] value, int flags, boolean written) {
    this.name = name;
    this.value = value;
    this.flags = flags;
    this.written = written;
  }

  /** One to read. */
  static FidAttribute of(byte[] value) { return new FidAttribute("", value, 0, false); }

  /** One to write. */
  static FidAttribute toWrite(String name, int sizeBytes, int flags) {
    return new FidAttribute(name, new byte[sizeBytes], flags, true);
  }

  boolean isWritten() { return written; }

  String name() { return name; }

  int flags() { return flags; }

  synchronized byte[] value() { return Arrays.copyOf(value, value.length); }

  /** Copies pieces to a place in it. */
  synchronized long write(List<MemorySegment> pieces, long offset, int lengthBytes) {
    if (!written || offset < 0 || offset > value.length - lengthBytes) {
      throw new P9Error(written ? P9Error.ENOSPC : P9Error.EBADF);
    }
    MemorySegment target = MemorySegment.ofArray(value);
    long at = offset;
    for (MemorySegment piece : pieces) {
      MemorySegment.copy(piece, 0, target, at, piece.byteSize());
      at += piece.byteSize();
    }
    return lengthBytes;
  }
}
