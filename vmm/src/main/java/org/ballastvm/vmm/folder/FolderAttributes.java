package org.ballastvm.vmm.folder;

import java.nio.charset.StandardCharsets;
import org.ballastvm.kvm.HostNode;
import org.ballastvm.kvm.NodeAttributes;
import org.ballastvm.virtio.p9.P9Error;
import org.ballastvm.virtio.p9.P9Reply;
import org.ballastvm.virtio.p9.P9Request;

/** The attributes that a guest may have: {@code user.*} of files and directories. Others mean something to the host. */
final class FolderAttributes {
  private static final String USERS = "user.";

  private final Owners owners;

  FolderAttributes(Owners owners) { this.owners = owners; }

  private void require(String name) {
    if (!name.startsWith(USERS)) {
      throw new P9Error(P9Error.EOPNOTSUPP);
    }
    if (!owners.ownsAttribute(name)) {
      throw new P9Error(P9Error.ENODATA);
    }
  }

  /** A value; of no name, the names of all, with a zero behind each. */
  byte[] get(HostNode node, String name) {
    if (name.isEmpty()) {
      return names(node);
    }
    require(name);
    return new NodeAttributes(node).get(name).orElseThrow(() -> new P9Error(P9Error.ENODATA));
  }

  private byte[] names(HostNode node) {
    StringBuilder list = new StringBuilder();
    for (String name : new NodeAttributes(node).names()) {
      if (name.startsWith(USERS) && owners.ownsAttribute(name)) {
        list.append(name).append('\0');
      }
    }
    return list.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  /** What a fid becomes by which an attribute is written. */
  FidAttribute toWrite(P9Request.SetAttribute set) {
    require(set.name());
    if (set.sizeBytes() < 0 || set.sizeBytes() > NodeAttributes.MOST_BYTES) {
      throw new P9Error(P9Error.ENOSPC);
    }
    return FidAttribute.toWrite(set.name(), (int) set.sizeBytes(), set.flags());
  }

  /** The fid is gone: what was written is set. */
  void set(HostNode node, FidAttribute value) {
    if (!value.isWritten()) {
      return;
    }
    NodeAttributes attributes = new NodeAttributes(node);
    if (value.value().length == 0) {
      attributes.remove(value.name());
    } else {
      attributes.set(value.name(), value.value(), value.flags());
    }
  }

  static void read(FidAttribute attribute, P9Request.Read read, P9Reply reply) {
    byte[] value = attribute.value();
    if (attribute.isWritten() || read.offset() < 0) {
      throw new P9Error(P9Error.EINVAL);
    }
    int start = (int) Math.min(read.offset(), value.length);
    long room = Math.min(Integer.toUnsignedLong(read.count()), Math.max(0, reply.roomBytes() - 4));
    reply.data(value, start, (int) Math.min(room, value.length - start));
  }
}
