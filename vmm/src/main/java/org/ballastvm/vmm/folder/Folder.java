package org.ballastvm.vmm.folder;

import java.nio.file.Path;
import org.ballastvm.kvm.HostError;
import org.ballastvm.kvm.HostNode;
import org.ballastvm.virtio.p9.P9Server;
import org.ballastvm.virtio.p9.P9Session;
import org.ballastvm.vmm.config.FileName;
import org.ballastvm.vmm.config.FolderConfig;
import org.ballastvm.vmm.config.UserError;

/**
 * A folder of the host, served to a guest. Each node is found from the one above it by one name, beneath it and through no
 * symbolic link, and held by a descriptor that opens nothing; only regular files and directories are ever opened.
 */
public final class Folder implements P9Server, AutoCloseable {
  private final HostNode root;
  private final boolean readOnly;
  private final Owners owners;
  private final Qids qids;
  private final Descriptors descriptors;

  private Folder(HostNode root, FolderConfig config, String tag) {
    this.root = root;
    this.readOnly = config.readOnly();
    this.owners = config.security() == FolderConfig.Security.MAPPED_XATTR ? new MappedOwners() : new HostOwners();
    this.qids = new Qids(tag, config.devices(), root.status().device());
    this.descriptors = new Descriptors(tag);
  }

  /**
   * Opens a folder.
   *
   * @param config what was asked for
   * @param tag by which the guest mounts it, for the log
   * @return the folder
   * @throws UserError if there is no such directory, or this process may not look into it
   */
  public static Folder open(FolderConfig config, String tag) {
    Path path = FileName.path("path", config.path());
    HostNode root;
    try {
      root = HostNode.directory(path);
    } catch (HostError e) {
      throw new UserError("-fsdev local,id=" + config.id() + ",path=" + config.path()
          + ": must be a directory that this process may look into; " + e.errno().text(), e);
    }
    try {
      return new Folder(root, config, tag);
    } catch (RuntimeException e) {
      root.close();
      throw e;
    }
  }

  @Override
  public P9Session open() { return new FolderSession(this::newRoot, readOnly, owners, qids, descriptors); }

  private TreeNode newRoot() {
    descriptors.take();
    try {
      return new TreeNode(root.place(), descriptors);
    } catch (RuntimeException e) {
      descriptors.giveBack();
      throw e;
    }
  }

  /** {@return how many descriptors of the host are held for the guest} */
  int held() { return descriptors.held(); }

  /** Gives the folder back; sessions have been closed. */
  @Override
  public void close() { root.close(); }
}
