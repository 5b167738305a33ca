package org.ballastvm.vmm.block;

import java.util.Optional;
import org.ballastvm.kvm.HostError;
import org.ballastvm.vmm.config.ImageConfig;
import org.ballastvm.vmm.config.UserError;

/** A node that disks are made of: a file of the host, or what gives one as it is. Confined to the event loop. */
public final class BlockNode {
  private final String name;
  private final String driver;
  private final boolean readOnly;
  private final boolean named;
  private final BlockFile file;
  private final Optional<BlockNode> below;
  /** A disk, or the node above it, for people; empty if there is none. */
  private String user = "";

  BlockNode(String name, boolean named, String driver, boolean readOnly, BlockFile file, Optional<BlockNode> below) {
    this.name = name;
    this.named = named;
    this.driver = driver;
    this.readOnly = readOnly;
    this.file = file;
    this.below = below;
  }

  /** {@return its name} */
  public String name() { return name; }

  /** {@return whether a user gave it that name} */
  public boolean isNamed() { return named; }

  /** {@return its driver, by QEMU's name} */
  public String driver() { return driver; }

  /** {@return whether it is only read} */
  public boolean isReadOnly() { return readOnly; }

  /** {@return the host's file, and how that is used} */
  public ImageConfig image() { return file.config(); }

  /** {@return its size in bytes} */
  public long sizeBytes() { return file.storage().sizeBytes(); }

  /** {@return the bytes that the host holds for it on disk} */
  public long allocatedBytes() {
    return file.allocatedBytes();
  }

  BlockFile file() { return file; }

  Optional<BlockNode> below() { return below; }

  String user() { return user; }

  /**
   * Takes it into use.
   *
   * @param who for people
   * @throws UserError if it is in use
   */
  void use(String who) {
    if (!user.isEmpty()) {
      throw new UserError("Node '" + name + "' is in use: " + user + " has it");
    }
    user = who;
  }

  void useNoMore() { user = ""; }

  /**
   * Gives it another size.
   *
   * @param bytes a multiple of 512
   * @throws UserError if it cannot have it
   * @throws HostError if the host refuses
   */
  void resize(long bytes) {
    if (readOnly) {
      throw new UserError("Node '" + name + "' is read-only: it cannot be resized");
    }
    file.resize(bytes);
  }
}
