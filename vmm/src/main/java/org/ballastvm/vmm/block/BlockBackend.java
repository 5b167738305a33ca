package org.ballastvm.vmm.block;

import java.util.Optional;
import org.ballastvm.vmm.config.DriveConfig;

/** A disk that is or could be in a machine: a node and how it is used. Confined to the event loop, but for its status. */
public final class BlockBackend {
  /** Whether it works, by QEMU's words. */
  public enum IoStatus {
    /** It does. */
    OK,
    /** A request failed, and the machine was stopped for it. */
    FAILED,
    /** The same, for want of room. */
    NOSPACE
  }

  private final Optional<String> id;
  private final BlockNode node;
  private final DriveConfig.Use use;
  private Optional<String> device = Optional.empty();
  private boolean writeCache;
  private volatile IoStatus status = IoStatus.OK;
  private Runnable resized = () -> {
    // There is no device.
  };

  BlockBackend(Optional<String> id, BlockNode node, DriveConfig.Use use) {
    this.id = id;
    this.node = node;
    this.use = use;
    this.writeCache = use.writeCache();
  }

  /** {@return the id of its {@code -drive}; empty for a node that a device names} */
  public Optional<String> id() {
    return id;
  }

  /** {@return what it is made of} */
  public BlockNode node() { return node; }

  /** {@return how it is used} */
  public DriveConfig.Use use() { return use; }

  /** {@return where the device is in the object tree that it is the disk of, if there is one} */
  public Optional<String> device() {
    return device;
  }

  /** {@return whether it works; any thread} */
  public IoStatus status() { return status; }

  /**
   * Says whether it works. Any thread.
   *
   * @param now since now
   */
  public void status(IoStatus now) { status = now; }

  /** {@return whether a write may be lost until a flush, after power-on} */
  public boolean writeCache() {
    return writeCache;
  }

  /** {@return its size in bytes} */
  public long sizeBytes() { return node.sizeBytes(); }

  /** {@return what its blocks must be multiples of for the host to take them, in bytes} */
  public int alignmentBytes() {
    return node.file().storage().alignmentBytes();
  }

  /** {@return what it is called in errors and events: the id of its drive, or the name of its node} */
  public String name() {
    return id.orElse(node.name());
  }

  /**
   * A device has it.
   *
   * @param path where that is in the object tree
   * @param cache whether a write may be lost until a flush
   * @param whenResized what the device does when the disk has another size
   */
  public void attached(String path, boolean cache, Runnable whenResized) {
    device = Optional.of(path);
    writeCache = cache;
    resized = whenResized;
  }

  void detached() {
    device = Optional.empty();
    resized = () -> {};
    status = IoStatus.OK;
  }

  void resize(long bytes) {
    node.resize(bytes);
    resized.run();
  }
}
