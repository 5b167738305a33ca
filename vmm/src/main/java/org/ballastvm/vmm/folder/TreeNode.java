package org.ballastvm.vmm.folder;

import java.util.concurrent.atomic.AtomicInteger;
import org.ballastvm.kvm.HostNode;
import org.ballastvm.kvm.NodeStatus;
import org.ballastvm.virtio.p9.P9Error;

/**
 * A node of a folder, as it was found: by a name in another node, up to the root. Fids share it, and it is closed when the
 * last of them, and of the nodes below it, is gone. So {@code ..} is known without asking the host, which might lead out.
 */
final class TreeNode {
  private final HostNode host;
  private final TreeNode parent;
  private final String name;
  private final Descriptors descriptors;
  private final AtomicInteger users = new AtomicInteger(1);

  /** The root, which is its own parent. */
  TreeNode(HostNode host, Descriptors descriptors) {
    this(host, null, "/", descriptors);
  }

  /** A node that has a descriptor of the budget. */
  private TreeNode(HostNode host, TreeNode parent, String name, Descriptors descriptors) {
    this.host = host;
    this.parent = parent;
    this.name = name;
    this.descriptors = descriptors;
  }

  HostNode host() { return host; }

  boolean isRoot() { return parent == null; }

  /** One more user, who has it already by somebody else. */
  TreeNode retain() {
    users.incrementAndGet();
    return this;
  }

  /** One user less. Not recursive: guests make paths as deep as they like. */
  void release() {
    TreeNode node = this;
    while (node != null && node.users.decrementAndGet() == 0) {
      node.host.close();
      node.descriptors.giveBack();
      node = node.parent;
    }
  }

  /** What a name leads to: a node whose user is the caller. */
  TreeNode find(String step) {
    if (step.equals("..")) {
      return isRoot() ? retain() : parent.retain();
    }
    descriptors.take();
    try {
      return new TreeNode(host.find(step), retain(), step, descriptors);
    } catch (RuntimeException e) {
      descriptors.giveBack();
      throw e;
    }
  }

  /** A file that was just made here, and opened. */
  TreeNode made(HostNode opened, String made) {
    descriptors.take();
    try {
      return new TreeNode(opened.place(), retain(), made, descriptors);
    } catch (RuntimeException e) {
      descriptors.giveBack();
      throw e;
    }
  }

  /** The directory that it was found in. */
  TreeNode directory() {
    if (isRoot()) {
      throw new P9Error(P9Error.EPERM);
    }
    return parent;
  }

  /** The name that it was found by, if that is still its own. */
  String ownName(NodeStatus own) {
    try (HostNode there = directory().host.find(name)) {
      if (!there.status().isSameNode(own)) {
        throw new P9Error(P9Error.ENOENT);
      }
    }
    return name;
  }
}
