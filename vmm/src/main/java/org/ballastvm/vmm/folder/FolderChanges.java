package org.ballastvm.vmm.folder;

import org.ballastvm.kvm.HostError;
import org.ballastvm.kvm.HostNode;
import org.ballastvm.kvm.NodeStatus;
import org.ballastvm.kvm.NodeTime;
import org.ballastvm.virtio.p9.P9Qid;
import org.ballastvm.virtio.p9.P9Request;

/** Makes nodes in a folder, and changes what is known of them. */
final class FolderChanges {
  // P9_ATTR_* of Linux
  private static final int MODE = 1 << 0;
  private static final int UID = 1 << 1;
  private static final int GID = 1 << 2;
  private static final int SIZE = 1 << 3;
  private static final int ACCESSED = 1 << 4;
  private static final int MODIFIED = 1 << 5;
  private static final int CHANGED = 1 << 6;
  private static final int ACCESSED_SET = 1 << 7;
  private static final int MODIFIED_SET = 1 << 8;

  private final Owners owners;
  private final Qids qids;

  FolderChanges(Owners owners, Qids qids) {
    this.owners = owners;
    this.qids = qids;
  }

  /** By what the guest knows a node. */
  P9Qid qid(HostNode node) { return qids.of(owners.shown(node, node.status())); }

  P9Qid directory(Fid in, P9Request.MakeDirectory make) {
    HostNode directory = in.node().host();
    directory.makeDirectory(make.name(), owners.permissions(true, make.mode()));
    return made(in, make.name(), make.gid(), NodeStatus.DIRECTORY | make.mode() & NodeStatus.PERMISSIONS, 0);
  }

  P9Qid node(Fid in, P9Request.MakeNode make) {
    long rdev = device(make.major(), make.minor());
    owners.makeNode(in.node().host(), make.name(), make.mode(), rdev);
    return made(in, make.name(), make.gid(), make.mode(), rdev);
  }

  P9Qid link(Fid in, P9Request.MakeLink make) {
    owners.makeLink(in.node().host(), make.name(), make.target());
    return made(in, make.name(), make.gid(), NodeStatus.LINK | 0777, 0);
  }

  private P9Qid made(Fid in, String name, int gid, int mode, long rdev) {
    try (HostNode node = in.node().host().find(name)) {
      owners.made(node, in.uid(), gid, mode, rdev);
      return qid(node);
    } catch (HostError e) {
      in.node().host().remove(name, (mode & NodeStatus.TYPE_MASK) == NodeStatus.DIRECTORY);
      throw e;
    }
  }

  /** makedev(3) of glibc. */
  private static long device(int major, int minor) {
    return (major & 0xfffL) << 8 | (major & 0xffff_f000L) << 32 | minor & 0xffL | (minor & 0xffff_ff00L) << 12;
  }

  void set(Fid fid, P9Request.SetAttributes set) {
    HostNode node = fid.node().host();
    int valid = set.valid();
    boolean owner = (valid & (UID | GID)) != 0;
    // The owner first: to change it takes set-uid away. With neither it is the time of the last change that is set.
    if (owner || (valid & CHANGED) != 0 && (valid & (MODE | SIZE | ACCESSED | MODIFIED)) == 0) {
      changeOwner(node, (valid & UID) != 0 ? set.uid() : -1, (valid & GID) != 0 ? set.gid() : -1, owner);
    }
    if ((valid & MODE) != 0) {
      owners.changeMode(node, set.mode());
    }
    if ((valid & SIZE) != 0) {
      fid.forLength().truncate(set.sizeBytes());
    }
    if ((valid & (ACCESSED | MODIFIED)) != 0) {
      node.changeTimes(time(valid, ACCESSED, ACCESSED_SET, set.accessedSeconds(), set.accessedNanos()),
          time(valid, MODIFIED, MODIFIED_SET, set.modifiedSeconds(), set.modifiedNanos()));
    }
  }

  private void changeOwner(HostNode node, int uid, int gid, boolean real) {
    if (real) {
      owners.changeOwner(node, uid, gid);
    } else {
      node.changeOwner(-1, -1);
    }
  }

  private static NodeTime time(int valid, int wanted, int given, long seconds, long nanos) {
    if ((valid & wanted) == 0) {
      return NodeTime.OMIT;
    }
    return (valid & given) == 0 ? NodeTime.NOW : NodeTime.of(seconds, nanos);
  }
}
