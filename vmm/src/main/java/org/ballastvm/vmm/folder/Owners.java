package org.ballastvm.vmm.folder;

import org.ballastvm.kvm.HostNode;
import org.ballastvm.kvm.NodeStatus;

/** What becomes of owners and permissions that a guest sets: {@code security_model}. */
interface Owners {
  /** What the guest sees of a node. */
  NodeStatus shown(HostNode node, NodeStatus host);

  /** Permissions of a file or a directory that is going to be made for one that the guest asked for. */
  int permissions(boolean directory, int wanted);

  /** A node was made for a user: {@code mode} is the type and the permissions that were asked for. */
  void made(HostNode node, int uid, int gid, int mode, long rdev);

  /** Makes a node that is neither a file, a directory nor a link. */
  void makeNode(HostNode directory, String name, int mode, long rdev);

  /** Makes a symbolic link. */
  void makeLink(HostNode directory, String name, String target);

  /** What a symbolic link says. */
  String readLink(HostNode node);

  void changeMode(HostNode node, int mode);

  /** Sets those that are not -1. */
  void changeOwner(HostNode node, int uid, int gid);

  /** Whether the types of nodes in a directory are those that the guest sees. */
  boolean typesAreShown();

  /** Whether the guest may see and set an attribute, of the names that it may have at all. */
  boolean ownsAttribute(String name);
}
