package org.ballastvm.vmm.folder;

import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.ballastvm.kvm.HostNode;
import org.ballastvm.virtio.p9.P9Error;

/** What a guest knows by a fid: a node, perhaps opened, or an attribute of one. Closed when the last request is through. */
final class Fid {
  private final TreeNode node;
  private final int uid;
  private final Descriptors descriptors;
  private final AtomicInteger users = new AtomicInteger(1);
  private HostNode opened;
  private boolean writable;
  private FidAttribute attribute;

  /**
   * A fid of a node, of which it is a user.
   *
   * @param uid whose requests come by it
   */
  Fid(TreeNode node, int uid, Descriptors descriptors) {
    this.node = node;
    this.uid = uid;
    this.descriptors = descriptors;
  }

  TreeNode node() { return node; }

  int uid() { return uid; }

  /** One more user; false if there is none any more. */
  boolean retain() {
    int now = users.get();
    while (now > 0 && !users.compareAndSet(now, now + 1)) {
      now = users.get();
    }
    return now > 0;
  }

  void release() {
    if (users.decrementAndGet() == 0) {
      node.release();
      synchronized (this) {
        if (opened != null) {
          opened.close();
          descriptors.giveBack();
        }
      }
    }
  }

  /** It is opened; the budget has a descriptor for it. */
  synchronized void opened(HostNode host, boolean forWriting) {
    if (opened != null || attribute != null) {
      host.close();
      descriptors.giveBack();
      throw new P9Error(P9Error.EBADF);
    }
    opened = host;
    writable = forWriting;
  }

  /** It is an attribute from now on. */
  synchronized void becomes(FidAttribute value) {
    if (opened != null || attribute != null) {
      throw new P9Error(P9Error.EBADF);
    }
    attribute = value;
  }

  synchronized boolean isOpen() { return opened != null; }

  synchronized Optional<FidAttribute> attribute() { return Optional.ofNullable(attribute); }

  /** What it was opened as. */
  synchronized HostNode open() {
    if (opened == null) {
      throw new P9Error(P9Error.EBADF);
    }
    return opened;
  }

  /** What a change of its length goes to: what was opened to be written may be of whom may not open it any more. */
  synchronized HostNode forLength() {
    return opened != null && writable ? opened : node.host();
  }

  /** Entries of an opened directory, one request at a time: they share its position. */
  synchronized long entries(MemorySegment into, long position) {
    return open().entries(into, position);
  }
}
