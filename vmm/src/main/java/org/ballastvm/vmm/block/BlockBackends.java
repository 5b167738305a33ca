package org.ballastvm.vmm.block;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ballastvm.kvm.HostError;
import org.ballastvm.virtio.blk.BlkConfig;
import org.ballastvm.vmm.config.BlockdevConfig;
import org.ballastvm.vmm.config.DriveConfig;
import org.ballastvm.vmm.config.ImageConfig;
import org.ballastvm.vmm.config.UserError;

/**
 * The disks that users have made for a machine: drives by id, nodes by name. Each has at most one device. Confined to the
 * event loop once the machine runs.
 */
public final class BlockBackends implements AutoCloseable {
  private static final long MOST_BYTES = Long.MAX_VALUE & -BlkConfig.SECTOR_BYTES;

  private final Map<String, BlockNode> nodes = new LinkedHashMap<>();
  private final Map<String, BlockBackend> drives = new LinkedHashMap<>();
  /** Nodes that devices name, while they do. */
  private final List<BlockBackend> named = new ArrayList<>();
  private int nameless;

  /** None yet. */
  public BlockBackends() {
    // Drives and nodes come one by one.
  }

  /**
   * Makes a drive.
   *
   * @param config what was asked for
   * @throws UserError if its id or its node's name is taken, or it cannot be
   * @throws HostError if the host refuses
   */
  public void addDrive(DriveConfig config) {
    if (drives.containsKey(config.id())) {
      throw new UserError("Duplicate ID '" + config.id() + "' for drive");
    }
    config.nodeName().ifPresent(this::requireNewName);
    BlockFile file = open(config.image());
    BlockNode node = new BlockNode(config.nodeName().orElseGet(this::madeUpName), config.nodeName().isPresent(),
        BlockdevConfig.RAW, config.image().readOnly(), file, Optional.empty());
    nodes.put(node.name(), node);
    node.use("drive '" + config.id() + "'");
    drives.put(config.id(), new BlockBackend(Optional.of(config.id()), node, config.use()));
  }

  /**
   * Makes a node, and the one below it if that comes with it.
   *
   * @param config what was asked for
   * @throws UserError if its name is taken, or it cannot be
   * @throws HostError if the host refuses
   */
  public void addNode(BlockdevConfig config) { add(config); }

  private BlockNode add(BlockdevConfig config) {
    config.nodeName().ifPresent(this::requireNewName);
    String name = config.nodeName().orElseGet(this::madeUpName);
    BlockNode made;
    if (config.image().isPresent()) {
      made = new BlockNode(name, config.nodeName().isPresent(), config.driver(), config.readOnly(),
          open(config.image().get()), Optional.empty());
    } else {
      BlockNode below = config.child().isPresent() ? add(config.child().get()) : node(config.reference().orElseThrow());
      if (below.isReadOnly() && !config.readOnly()) {
        throw new UserError(
            "Block node '" + name + "': '" + below.name() + "' is read-only, so it must have read-only=on");
      }
      below.use("node '" + name + "'");
      made = new BlockNode(name, config.nodeName().isPresent(), config.driver(), config.readOnly(), below.file(),
          Optional.of(below));
    }
    nodes.put(name, made);
    return made;
  }

  private static BlockFile open(ImageConfig image) {
    try {
      return BlockFile.open(image);
    } catch (HostError e) {
      throw new UserError("Could not open '" + image.file() + "': " + e.errno().text() + " (" + e.errno().name() + ")",
          e);
    }
  }

  private String madeUpName() { return "#block" + ++nameless; }

  private void requireNewName(String name) {
    if (nodes.containsKey(name) || drives.containsKey(name)) {
      throw new UserError("Duplicate nodes with node-name='" + name + "'");
    }
  }

  private BlockNode node(String name) {
    BlockNode node = nodes.get(name);
    if (node == null) {
      throw new UserError("Failed to find node with node-name='" + name + "'");
    }
    return node;
  }

  /**
   * Deletes a node that a user has named.
   *
   * @param name which
   * @throws UserError if there is none of that name, or it is in use
   */
  public void deleteNode(String name) {
    BlockNode node = node(name);
    if (!node.user().isEmpty()) {
      throw new UserError("Node " + name + " is in use: " + node.user() + " has it");
    }
    drop(node);
  }

  private void drop(BlockNode node) {
    nodes.remove(node.name());
    node.below().ifPresent(BlockNode::useNoMore);
    if (node.below().isEmpty()) {
      node.file().close();
    } else if (!node.below().get().isNamed()) {
      drop(node.below().get());
    }
  }

  /**
   * Takes a disk for a device.
   *
   * @param name id of a drive, or name of a node
   * @param shareRw whether others may write to its file
   * @return the disk, which others are kept from
   * @throws UserError if there is none, or somebody has it
   */
  public BlockBackend claim(String name, boolean shareRw) {
    BlockBackend backend = drives.get(name);
    if (backend == null) {
      if (!nodes.containsKey(name)) {
        throw new UserError(UserError.Kind.DEVICE_NOT_FOUND,
            "Property 'virtio-blk-device.drive' can't find value '" + name
                + "': it must be the id of a -drive, or the node-name of a -blockdev");
      }
      BlockNode node = nodes.get(name);
      node.use("a device");
      backend = new BlockBackend(Optional.empty(), node, DriveConfig.Use.DEFAULTS);
    } else if (backend.device().isPresent()) {
      throw new UserError("Drive '" + name + "' is already in use by another device: " + backend.device().get());
    }
    try {
      backend.node().file().lock(backend.node().isReadOnly(), shareRw);
    } catch (RuntimeException e) {
      if (backend.id().isEmpty()) {
        backend.node().useNoMore();
      }
      throw e;
    }
    if (backend.id().isEmpty()) {
      named.add(backend);
    }
    return backend;
  }

  /**
   * Takes a disk back from a device. A drive goes with its device, as in QEMU; a node stays.
   *
   * @param backend which
   */
  public void release(BlockBackend backend) {
    backend.detached();
    backend.node().file().unlock();
    backend.node().useNoMore();
    named.remove(backend);
    if (backend.id().isPresent()) {
      drives.remove(backend.id().get());
      drop(backend.node());
    }
  }

  /**
   * Gives a disk another size; its device notifies the guest.
   *
   * @param name id of a drive, or name of a node
   * @param bytes a multiple of 512
   * @throws UserError if there is none, or it cannot have that size
   * @throws HostError if the host refuses
   */
  public void resize(String name, long bytes) {
    if (bytes <= 0 || bytes > MOST_BYTES || bytes % BlkConfig.SECTOR_BYTES != 0) {
      throw new UserError("Parameter 'size' expects a size above zero that is a multiple of 512, not " + bytes);
    }
    for (BlockBackend backend : all()) {
      if (backend.id().equals(Optional.of(name)) || backend.node().name().equals(name)
          || backend.device().equals(Optional.of(name))) {
        backend.resize(bytes);
        return;
      }
    }
    node(name).resize(bytes);
  }

  /** {@return drives, then the disks of devices that name nodes, each in the order in which they came} */
  public List<BlockBackend> all() {
    List<BlockBackend> found = new ArrayList<>(drives.values());
    found.addAll(named);
    return found;
  }

  /** {@return the nodes that users have named} */
  public List<BlockNode> nodes() {
    return nodes.values().stream().filter(BlockNode::isNamed).toList();
  }

  /** Closes all files. */
  @Override
  public void close() {
    nodes.values().stream().filter(node -> node.below().isEmpty()).forEach(node -> node.file().close());
    nodes.clear();
    drives.clear();
    named.clear();
  }
}
