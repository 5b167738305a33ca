package org.ballastvm.testkit.run;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Optional;

/** File systems that an image may hold, by the mark that each has in its first blocks. */
public enum FileSystemType {
  /** Linux, fs/ext4/ext4.h: s_magic. */
  EXT4("ext4", 0x438, "53ef", false),
  /** fs/xfs/libxfs/xfs_format.h: XFS_SB_MAGIC. */
  XFS("xfs", 0, "58465342", false),
  /** fs/btrfs: BTRFS_MAGIC of the first superblock. */
  BTRFS("btrfs", 0x10040, "5f42485266535f4d", false),
  /** fs/squashfs/squashfs_fs.h: SQUASHFS_MAGIC. */
  SQUASHFS("squashfs", 0, "68737173", true),
  /** fs/erofs/erofs_fs.h: EROFS_SUPER_MAGIC_V1. */
  EROFS("erofs", 0x400, "e2e1f5e0", true);

  private final String word;
  private final long offset;
  private final String mark;
  private final boolean readOnly;

  FileSystemType(String word, long offset, String mark, boolean readOnly) {
    this.word = word;
    this.offset = offset;
    this.mark = mark;
    this.readOnly = readOnly;
  }

  /** {@return what an image holds; nothing if it is none of these} */
  static Optional<FileSystemType> of(Path image) throws IOException {
    try (FileChannel file = FileChannel.open(image)) {
      for (FileSystemType type : values()) {
        ByteBuffer mark = ByteBuffer.wrap(HexFormat.of().parseHex(type.mark));
        ByteBuffer found = ByteBuffer.allocate(mark.capacity());
        if (file.read(found, type.offset) == mark.capacity() && found.flip().equals(mark)) {
          return Optional.of(type);
        }
      }
      return Optional.empty();
    }
  }

  /** {@return its name for mount, which is its module's, too} */
  String word() { return word; }

  /** {@return whether nobody can write to it} */
  boolean isReadOnly() { return readOnly; }
}
