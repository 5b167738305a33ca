package org.ballastvm.vmm.folder;

import org.ballastvm.kvm.Errno;
import org.ballastvm.kvm.HostError;
import org.ballastvm.kvm.HostNode;
import org.ballastvm.kvm.NodeStatus;
import org.ballastvm.virtio.p9.P9Error;

/** {@code security_model=none}: what this process may give a file, the file has; what it may not, is left out. */
final class HostOwners implements Owners {
  @Override
  public NodeStatus shown(HostNode node, NodeStatus host) { return host; }

  @Override
  public int permissions(boolean directory, int wanted) { return wanted & NodeStatus.PERMISSIONS; }

  @Override
  public void made(HostNode node, int uid, int gid, int mode, long rdev) {
    try {
      node.changeOwner(uid, gid);
    } catch (HostError e) {
      if (!e.errno().equals(Errno.EPERM)) { // The whole point of this model, as QEMU has it.
        throw e;
      }
    }
    if ((mode & NodeStatus.TYPE_MASK) != NodeStatus.LINK) {
      node.changeMode(mode & NodeStatus.PERMISSIONS);
    }
  }

  /** A device node would be the host's own: whoever may open it there has the device. */
  @Override
  public void makeNode(HostNode directory, String name, int mode, long rdev) {
    int type = mode & NodeStatus.TYPE_MASK;
    if (type == NodeStatus.BLOCK_DEVICE || type == NodeStatus.CHARACTER_DEVICE) {
      throw new P9Error(P9Error.EPERM);
    }
    directory.makeNode(name, mode & (NodeStatus.TYPE_MASK | NodeStatus.PERMISSIONS), 0);
  }

  @Override
  public void makeLink(HostNode directory, String name, String target) { directory.makeLink(name, target); }

  @Override
  public String readLink(HostNode node) { return node.readLink(); }

  @Override
  public void changeMode(HostNode node, int mode) { node.changeMode(mode & NodeStatus.PERMISSIONS); }

  @Override
  public void changeOwner(HostNode node, int uid, int gid) { node.changeOwner(uid, gid); }

  @Override
  public boolean typesAreShown() { return true; }

  @Override
  public boolean ownsAttribute(String name) { return true; }
}
