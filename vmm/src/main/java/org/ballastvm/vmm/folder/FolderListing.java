package org.ballastvm.vmm.folder;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.ballastvm.kvm.DirectoryEntries;
import org.ballastvm.kvm.NodeStatus;
import org.ballastvm.virtio.p9.P9Error;
import org.ballastvm.virtio.p9.P9Qid;
import org.ballastvm.virtio.p9.P9Reply;
import org.ballastvm.virtio.p9.P9Request;

/** Lists for a guest what is in a directory. */
final class FolderListing {
  private static final int MOST_BYTES = 32 << 10;
  /** qid[13] offset[8] type[1], and the length of the name. */
  private static final int ENTRY_BYTES = 13 + 8 + 1 + 2;
  private static final ThreadLocal<MemorySegment> ENTRIES = ThreadLocal
      .withInitial(() -> Arena.ofAuto().allocate(MOST_BYTES, 8));
  // DT_* of readdir(3)
  private static final int TYPE_UNKNOWN = 0;
  private static final int TYPE_DIRECTORY = 4;
  private static final int TYPE_LINK = 10;

  private final Owners owners;
  private final Qids qids;

  FolderListing(Owners owners, Qids qids) {
    this.owners = owners;
    this.qids = qids;
  }

  /** As many entries as the answer holds: the driver asks again from behind the last. */
  void list(Fid fid, P9Request.ReadDirectory read, P9Reply reply) {
    NodeStatus directory = fid.node().host().status();
    if (!directory.isDirectory()) {
      throw new P9Error(P9Error.ENOTDIR);
    }
    long room = Math.min(Integer.toUnsignedLong(read.count()), Math.max(0, reply.roomBytes() - 4));
    MemorySegment memory = ENTRIES.get();
    DirectoryEntries entries = new DirectoryEntries(memory, fid.entries(memory, read.position()));
    int count = reply.position();
    reply.u32(0);
    int start = reply.position();
    while (entries.next()) {
      String name = entries.name();
      if (reply.position() - start + ENTRY_BYTES + name.length() > room) {
        if (reply.position() == start) {
          throw new P9Error(P9Error.EINVAL); // No entry at all would be the end.
        }
        break;
      }
      add(fid, directory, entries, name, reply);
    }
    reply.u32At(count, reply.position() - start);
  }

  private void add(Fid fid, NodeStatus directory, DirectoryEntries entries, String name, P9Reply reply) {
    boolean above = name.equals("..") && fid.node().isRoot(); // The root is its own parent.
    long inode = above ? directory.inode() : entries.inode();
    int type = owners.typesAreShown() ? entries.type() : TYPE_UNKNOWN;
    int qidType = type == TYPE_DIRECTORY ? P9Qid.DIRECTORY : type == TYPE_LINK ? P9Qid.LINK : P9Qid.FILE;
    reply.qid(new P9Qid(qidType, 0, qids.number(directory.device(), inode)));
    reply.u64(entries.position());
    reply.u8(type);
    reply.string(name);
  }
}
