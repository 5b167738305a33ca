package org.ballastvm.kvm;

/**
 * What the host knows of a {@link HostNode}, stat(2).
 *
 * @param device number of the file system that it is on
 * @param inode its number there
 * @param mode type and permissions, as stat(2) has them
 * @param links how many names it has
 * @param uid its owner
 * @param gid its group
 * @param rdev the device that it stands for, if it is a device node
 * @param sizeBytes its length
 * @param blockBytes what suits for input and output
 * @param blocks what it takes on disk, in units of 512 bytes
 * @param accessed when it was last read
 * @param modified when its content last changed
 * @param changed when anything of it last changed
 */
public record NodeStatus(long device, long inode, int mode, long links, int uid, int gid, long rdev, long sizeBytes,
    long blockBytes, long blocks, NodeTime accessed, NodeTime modified, NodeTime changed) {
  /** Which bits of a mode are the type. */
  public static final int TYPE_MASK = 0170000;
  /** A directory. */
  public static final int DIRECTORY = 0040000;
  /** A regular file. */
  public static final int REGULAR = 0100000;
  /** A symbolic link. */
  public static final int LINK = 0120000;
  /** A block device. */
  public static final int BLOCK_DEVICE = 0060000;
  /** A character device. */
  public static final int CHARACTER_DEVICE = 0020000;
  /** Which bits of a mode are permissions, with set-uid, set-gid and sticky. */
  public static final int PERMISSIONS = 07777;

  /** {@return whether it is a directory} */
  public boolean isDirectory() { return (mode & TYPE_MASK) == DIRECTORY; }

  /** {@return whether it is a regular file} */
  public boolean isRegular() { return (mode & TYPE_MASK) == REGULAR; }

  /** {@return whether it is a symbolic link} */
  public boolean isLink() { return (mode & TYPE_MASK) == LINK; }

  /**
   * Whether it is the same node, whatever has become of it.
   *
   * @param other what it may be
   * @return true if it has the other's number, on the other's file system
   */
  public boolean isSameNode(NodeStatus other) { return device == other.device && inode == other.inode; }
}
