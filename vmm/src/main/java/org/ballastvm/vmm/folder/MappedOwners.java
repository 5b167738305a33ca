package org.ballastvm.vmm.folder;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.ballastvm.kvm.HostNode;
import org.ballastvm.kvm.NodeAttributes;
import org.ballastvm.kvm.NodeStatus;

/**
 * {@code security_model=mapped-xattr}: what the guest sets stands in attributes of the file, as QEMU writes them, and the
 * file itself is this process's alone. Links and device nodes of the guest are regular files on the host.
 */
final class MappedOwners implements Owners {
  private static final String PREFIX = "user.virtfs.";
  private static final String UID = PREFIX + "uid";
  private static final String GID = PREFIX + "gid";
  private static final String MODE = PREFIX + "mode";
  private static final String RDEV = PREFIX + "rdev";
  private static final int FILE_PERMISSIONS = 0600;
  private static final int DIRECTORY_PERMISSIONS = 0700;

  @Override
  public NodeStatus shown(HostNode node, NodeStatus host) {
    if (!host.isRegular() && !host.isDirectory()) {
      return host; // Nothing else has attributes of users.
    }
    NodeAttributes attributes = new NodeAttributes(node);
    int mode = (int) attributes.number(MODE, Integer.BYTES, host.mode());
    return new NodeStatus(host.device(), host.inode(), mode, host.links(),
        (int) attributes.number(UID, Integer.BYTES, host.uid()),
        (int) attributes.number(GID, Integer.BYTES, host.gid()),
        attributes.number(RDEV, Long.BYTES, host.rdev()), host.sizeBytes(), host.blockBytes(), host.blocks(),
        host.accessed(), host.modified(), host.changed());
  }

  @Override
  public int permissions(boolean directory, int wanted) { return directory ? DIRECTORY_PERMISSIONS : FILE_PERMISSIONS; }

  @Override
  public void made(HostNode node, int uid, int gid, int mode, long rdev) {
    NodeAttributes attributes = new NodeAttributes(node);
    setOwner(attributes, uid, gid);
    attributes.setNumber(MODE, Integer.BYTES, mode);
    if (rdev != 0) {
      attributes.setNumber(RDEV, Long.BYTES, rdev);
    }
  }

  private static void setOwner(NodeAttributes attributes, int uid, int gid) {
    if (uid != -1) {
      attributes.setNumber(UID, Integer.BYTES, uid);
    }
    if (gid != -1) {
      attributes.setNumber(GID, Integer.BYTES, gid);
    }
  }

  @Override
  public void makeNode(HostNode directory, String name, int mode, long rdev) {
    directory.create(name, HostNode.Opening.READ, FILE_PERMISSIONS).close();
  }

  @Override
  public void makeLink(HostNode directory, String name, String target) {
    try (HostNode file = directory.create(name, new HostNode.Opening(false, true, false, false, false),
        FILE_PERMISSIONS); Arena arena = Arena.ofConfined()) {
      byte[] bytes = target.getBytes(StandardCharsets.ISO_8859_1);
      MemorySegment content = arena.allocate(bytes.length + 1L).asSlice(0, bytes.length).copyFrom(
          MemorySegment.ofArray(bytes));
      file.write(List.of(content), 0);
    }
  }

  /** One that somebody made on the host is a link of the host's. */
  @Override
  public String readLink(HostNode node) {
    if (!node.status().isRegular()) {
      return node.readLink();
    }
    try (HostNode file = node.open(HostNode.Opening.READ); Arena arena = Arena.ofConfined()) {
      MemorySegment content = arena.allocate(4095);
      long length = file.read(List.of(content), 0);
      return new String(content.asSlice(0, length).toArray(JAVA_BYTE),
          StandardCharsets.ISO_8859_1);
    }
  }

  @Override
  public void changeMode(HostNode node, int mode) {
    NodeStatus now = shown(node, node.status());
    new NodeAttributes(node).setNumber(MODE, Integer.BYTES,
        now.mode() & NodeStatus.TYPE_MASK | mode & NodeStatus.PERMISSIONS);
  }

  @Override
  public void changeOwner(HostNode node, int uid, int gid) { setOwner(new NodeAttributes(node), uid, gid); }

  @Override
  public boolean typesAreShown() { return false; }

  @Override
  public boolean ownsAttribute(String name) { return !name.startsWith(PREFIX); }
}
