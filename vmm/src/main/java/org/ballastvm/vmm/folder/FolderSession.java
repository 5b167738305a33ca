package org.ballastvm.vmm.folder;

import java.util.function.Supplier;
import org.ballastvm.kvm.FileSystemStatus;
import org.ballastvm.kvm.HostError;
import org.ballastvm.kvm.HostNode;
import org.ballastvm.kvm.NodeStatus;
import org.ballastvm.kvm.NodeTime;
import org.ballastvm.virtio.p9.P9Error;
import org.ballastvm.virtio.p9.P9Qid;
import org.ballastvm.virtio.p9.P9Reply;
import org.ballastvm.virtio.p9.P9Request;
import org.ballastvm.virtio.p9.P9Session;

/** What a guest does with a folder, from one mount to the next. */
final class FolderSession implements P9Session {
  private static final long BASIC_ATTRIBUTES = 0x7ff; // P9_STATS_BASIC
  private static final int LOCK_SUCCESS = 0;
  private static final int UNLOCKED = 2;

  private final Supplier<TreeNode> root;
  private final boolean readOnly;
  private final Owners owners;
  private final Qids qids;
  private final Descriptors descriptors;
  private final FolderAttributes attributes;
  private final FolderChanges changes;
  private final FolderListing listing;
  private final Fids fids = new Fids();

  /**
   * A session without fids.
   *
   * @param root makes the root, whose user its caller is
   */
  FolderSession(Supplier<TreeNode> root, boolean readOnly, Owners owners, Qids qids, Descriptors descriptors) {
    this.root = root;
    this.readOnly = readOnly;
    this.owners = owners;
    this.qids = qids;
    this.descriptors = descriptors;
    this.attributes = new FolderAttributes(owners);
    this.changes = new FolderChanges(owners, qids);
    this.listing = new FolderListing(owners, qids);
  }

  @Override
  public void serve(P9Request request, P9Reply reply) {
    try {
      if (readOnly && changesSomething(request)) {
        throw new P9Error(P9Error.EROFS);
      }
      answer(request, reply);
    } catch (HostError e) {
      throw new P9Error(e.errno().code());
    }
  }

  private void answer(P9Request request, P9Reply reply) {
    switch (request) {
      case P9Request.Attach attach -> attach(attach, reply);
      case P9Request.Walk walk -> walk(walk, reply);
      case P9Request.Clunk clunk -> clunk(fids.remove(clunk.fid()));
      case P9Request.Remove remove -> remove(fids.remove(remove.fid()));
      case P9Request.Create create -> with(create.fid(), fid -> create(fid, create, reply));
      case P9Request.Open open -> with(open.fid(), fid -> open(fid, open.flags(), reply));
      case P9Request.GetAttributes get -> with(get.fid(), fid -> put(fid.node().host(), reply));
      case P9Request.SetAttributes set -> with(set.fid(), fid -> changes.set(fid, set));
      case P9Request.ReadDirectory read -> with(read.fid(), fid -> listing.list(fid, read, reply));
      case P9Request.Read read -> with(read.fid(), fid -> read(fid, read, reply));
      case P9Request.Write write -> with(write.fid(), fid -> reply.u32((int) write(fid, write)));
      case P9Request.Sync sync -> with(sync.fid(), fid -> fid.open().sync(sync.dataOnly()));
      case P9Request.Unlink unlink ->
        with(unlink.directory(), fid -> fid.node().host().remove(unlink.name(), unlink.isDirectory()));
      case P9Request.Rename rename -> with(rename.fid(), fid -> with(rename.directory(),
          to -> rename(fid.node(), to.node().host(), rename.name())));
      case P9Request.RenameAt rename -> with(rename.directory(), from -> with(rename.newDirectory(),
          to -> from.node().host().rename(rename.name(), to.node().host(), rename.newName())));
      case P9Request.MakeDirectory make -> with(make.directory(), fid -> reply.qid(changes.directory(fid, make)));
      case P9Request.MakeNode make -> with(make.directory(), fid -> reply.qid(changes.node(fid, make)));
      case P9Request.MakeLink make -> with(make.directory(), fid -> reply.qid(changes.link(fid, make)));
      case P9Request.ReadLink link -> with(link.fid(), fid -> reply.string(owners.readLink(fid.node().host())));
      case P9Request.Link link -> with(link.directory(), to -> with(link.fid(),
          fid -> to.node().host().link(fid.node().host(), link.name())));
      case P9Request.FileSystem status -> with(status.fid(), fid -> put(fid.node().host().fileSystem(), reply));
      case P9Request.FindAttribute find -> with(find.fid(), fid -> find(fid, find, reply));
      case P9Request.SetAttribute set -> with(set.fid(), fid -> fid.becomes(attributes.toWrite(set)));
      case P9Request.Lock lock -> with(lock.fid(), fid -> lock(fid, reply));
      case P9Request.GetLock lock -> with(lock.fid(), fid -> replyLock(fid, lock, reply));
    }
  }

  private static boolean changesSomething(P9Request request) {
    return switch (request) {
      case P9Request.Create _,P9Request.SetAttributes _,P9Request.Write _,P9Request.Unlink _,P9Request.Rename _,P9Request.RenameAt _,P9Request.MakeDirectory _,P9Request.MakeNode _,P9Request.MakeLink _,P9Request.Link _,P9Request.SetAttribute _ ->
        true;
      case P9Request.Attach _,P9Request.Walk _,P9Request.Clunk _,P9Request.Remove _,P9Request.Open _,P9Request.GetAttributes _,P9Request.ReadDirectory _,P9Request.Read _,P9Request.Sync _,P9Request.ReadLink _,P9Request.FileSystem _,P9Request.FindAttribute _,P9Request.Lock _,P9Request.GetLock _ ->
        false; // A fid is forgotten by Remove in any case, and Open looks at its flags.
    };
  }

  /** What is done with a fid. */
  @FunctionalInterface
  private interface Deed {
    void with(Fid fid);
  }

  /** The fid is there until the deed is done, whoever forgets it meanwhile. */
  private void with(int number, Deed deed) {
    Fid fid = fids.use(number);
    try {
      deed.with(fid);
    } finally {
      fid.release();
    }
  }

  private void attach(P9Request.Attach attach, P9Reply reply) {
    if (attach.authFid() != P9Request.NO_FID) {
      throw new P9Error(P9Error.EOPNOTSUPP);
    }
    Fid fid = new Fid(root.get(), attach.uid(), descriptors);
    P9Qid qid;
    try {
      qid = changes.qid(fid.node().host());
    } catch (RuntimeException e) {
      fid.release();
      throw e;
    }
    fids.add(attach.fid(), fid);
    reply.qid(qid);
  }

  private void walk(P9Request.Walk walk, P9Reply reply) {
    with(walk.fid(), from -> {
      int count = reply.position();
      reply.u16(0);
      TreeNode node = from.node().retain();
      int steps = 0;
      try {
        for (String name : walk.names()) {
          TreeNode next = step(node, name, steps);
          if (next == null) {
            break;
          }
          node.release();
          node = next;
          reply.qid(changes.qid(node.host()));
          steps++;
        }
      } catch (RuntimeException e) {
        node.release();
        throw e;
      }
      if (steps < walk.names().size()) {
        node.release(); // As far as it led; newfid means nothing then.
      } else {
        Fid fid = new Fid(node, from.uid(), descriptors);
        if (walk.newFid() == walk.fid()) {
          fids.replace(walk.fid(), from, fid);
        } else {
          fids.add(walk.newFid(), fid);
        }
      }
      reply.u16At(count, steps);
    });
  }

  /** One step; null if it leads nowhere and others led somewhere, which the driver hears of. */
  private static TreeNode step(TreeNode node, String name, int stepsBefore) {
    try {
      return node.find(name);
    } catch (HostError e) {
      if (stepsBefore == 0) {
        throw e;
      }
      return null;
    }
  }

  private void clunk(Fid fid) {
    try {
      fid.attribute().ifPresent(value -> attributes.set(fid.node().host(), value));
    } finally {
      fid.release();
    }
  }

  private void remove(Fid fid) {
    try {
      if (readOnly) {
        throw new P9Error(P9Error.EROFS);
      }
      NodeStatus status = fid.node().host().status();
      fid.node().directory().host().remove(fid.node().ownName(status), status.isDirectory());
    } finally {
      fid.release();
    }
  }

  private static void rename(TreeNode node, HostNode into, String name) {
    node.directory().host().rename(node.ownName(node.host().status()), into, name);
  }

  private void create(Fid fid, P9Request.Create create, P9Reply reply) {
    if (fid.isOpen()) {
      throw new P9Error(P9Error.EBADF);
    }
    HostNode.Opening how = OpenFlags.opening(create.flags());
    descriptors.take();
    HostNode file;
    try {
      file = fid.node().host().create(create.name(), how, owners.permissions(false, create.mode()));
    } catch (RuntimeException e) {
      descriptors.giveBack();
      throw e;
    }
    Fid made;
    try {
      owners.made(file, fid.uid(), create.gid(), NodeStatus.REGULAR | create.mode() & NodeStatus.PERMISSIONS, 0);
      made = new Fid(fid.node().made(file, create.name()), fid.uid(), descriptors);
    } catch (RuntimeException e) {
      file.close();
      descriptors.giveBack();
      fid.node().host().remove(create.name(), false);
      throw e;
    }
    made.opened(file, how.write());
    P9Qid qid = changes.qid(file);
    fids.replace(create.fid(), fid, made);
    reply.qid(qid);
    reply.u32(0); // iounit: as much as a message holds
  }

  /** Only what is a file or a directory on the host is opened there; the guest may see something else in it. */
  private void open(Fid fid, int flags, P9Reply reply) {
    NodeStatus host = fid.node().host().status();
    if (!host.isRegular() && !host.isDirectory()) {
      throw new P9Error(host.isLink() ? P9Error.ELOOP : P9Error.EPERM);
    }
    HostNode.Opening how = host.isDirectory() ? OpenFlags.directory(flags) : OpenFlags.opening(flags);
    if (readOnly && (how.write() || how.truncate())) {
      throw new P9Error(P9Error.EROFS);
    }
    P9Qid qid = qids.of(owners.shown(fid.node().host(), host));
    descriptors.take();
    HostNode opened;
    try {
      opened = fid.node().host().open(how);
    } catch (RuntimeException e) {
      descriptors.giveBack();
      throw e;
    }
    fid.opened(opened, how.write());
    reply.qid(qid);
    reply.u32(0); // iounit: as much as a message holds
  }

  private static void read(Fid fid, P9Request.Read read, P9Reply reply) {
    if (fid.attribute().isPresent()) {
      FolderAttributes.read(fid.attribute().get(), read, reply);
    } else {
      HostNode file = fid.open();
      reply.fill(read.count(), pieces -> file.read(pieces, read.offset()));
    }
  }

  private static long write(Fid fid, P9Request.Write write) {
    if (fid.attribute().isPresent()) {
      FidAttribute value = fid.attribute().get();
      return write.payload().take(pieces -> value.write(pieces, write.offset(), write.payload().lengthBytes()));
    }
    HostNode file = fid.open();
    return write.payload().lengthBytes() == 0 ? 0 : write.payload().take(pieces -> file.write(pieces, write.offset()));
  }

  private void find(Fid fid, P9Request.FindAttribute find, P9Reply reply) {
    byte[] value = attributes.get(fid.node().host(), find.name());
    Fid found = new Fid(fid.node().retain(), fid.uid(), descriptors);
    found.becomes(FidAttribute.of(value));
    if (find.newFid() == find.fid()) {
      fids.replace(find.fid(), fid, found);
    } else {
      fids.add(find.newFid(), found);
    }
    reply.u64(value.length);
  }

  /** Locks hold among the guest's own processes, which its kernel sees to; the host's do not hear of them. As QEMU has it. */
  private static void lock(Fid fid, P9Reply reply) {
    fid.open();
    reply.u8(LOCK_SUCCESS);
  }

  private static void replyLock(Fid fid, P9Request.GetLock lock, P9Reply reply) {
    fid.open();
    reply.u8(UNLOCKED);
    reply.u64(lock.start());
    reply.u64(lock.length());
    reply.u32(lock.process());
    reply.string(lock.client());
  }

  private void put(HostNode node, P9Reply reply) {
    NodeStatus shown = owners.shown(node, node.status());
    reply.u64(BASIC_ATTRIBUTES);
    reply.qid(qids.of(shown));
    reply.u32(shown.mode());
    reply.u32(shown.uid());
    reply.u32(shown.gid());
    reply.u64(shown.links());
    reply.u64(shown.rdev());
    reply.u64(shown.sizeBytes());
    reply.u64(shown.blockBytes());
    reply.u64(shown.blocks());
    put(shown.accessed(), reply);
    put(shown.modified(), reply);
    put(shown.changed(), reply);
    put(new NodeTime(0, 0), reply); // When it was born, which is not among the basic ones.
    reply.u64(0);
    reply.u64(0);
  }

  private static void put(NodeTime time, P9Reply reply) {
    reply.u64(time.seconds());
    reply.u64(time.nanos());
  }

  private static void put(FileSystemStatus status, P9Reply reply) {
    reply.u32((int) status.type());
    reply.u32((int) status.blockBytes());
    reply.u64(status.blocks());
    reply.u64(status.freeBlocks());
    reply.u64(status.availableBlocks());
    reply.u64(status.files());
    reply.u64(status.freeFiles());
    reply.u64(status.id());
    reply.u32((int) status.longestName());
  }

  @Override
  public void close() { fids.close(); }
}
