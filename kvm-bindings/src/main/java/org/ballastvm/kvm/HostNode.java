package org.ballastvm.kvm;

import static org.ballastvm.kvm.Fields.get32;
import static org.ballastvm.kvm.Fields.get64;
import static org.ballastvm.kvm.Fields.get8;
import static org.ballastvm.kvm.Fields.set64;
import static org.ballastvm.kvm.NativeProvider.CALLS;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import org.ballastvm.kvm.generated.Host;
import org.ballastvm.kvm.generated.Offsets.open_how;
import org.ballastvm.kvm.generated.Offsets.stat;
import org.ballastvm.kvm.generated.Offsets.statfs;
import org.ballastvm.kvm.generated.Offsets.timespec;

/**
 * A file, a directory or another node of the host's file systems, held by a descriptor: whoever renames or replaces it
 * changes nothing of which one this is.
 *
 * <p>
 * A node is found from a directory by one name, openat2(2) with RESOLVE_BENEATH and RESOLVE_NO_SYMLINKS, and without being
 * opened (O_PATH), so that a device, a FIFO or a symbolic link does nothing. Names are strings of bytes: each character is
 * one, 1 to 255. Safe for several threads.
 */
public final class HostNode implements AutoCloseable {
  private static final long BENEATH = Host.RESOLVE_BENEATH() | Host.RESOLVE_NO_SYMLINKS()
      | Host.RESOLVE_NO_MAGICLINKS();

  private final Descriptor descriptor;
  /** Whether it was opened: its descriptor reads and writes, and is no mere place. */
  private final boolean opened;

  private HostNode(long descriptor, String what, boolean opened) {
    this.descriptor = new Descriptor(descriptor, what);
    this.opened = opened;
  }

  /**
   * How a node is opened.
   *
   * @param read to read it
   * @param write to write it
   * @param truncate it is emptied
   * @param append whatever is written goes to its end
   * @param sync what is written is on disk when it has been
   */
  public record Opening(boolean read, boolean write, boolean truncate, boolean append, boolean sync) {
    private static final int O_SYNC = 04010000; // asm-generic/fcntl.h

    /** To read it, and nothing else. */
    public static final Opening READ = new Opening(true, false, false, false, false);

    private int flags() {
      int access = !write ? Host.O_RDONLY() : read ? Host.O_RDWR() : Host.O_WRONLY();
      return access | (truncate ? Host.O_TRUNC() : 0) | (append ? Host.O_APPEND() : 0) | (sync ? O_SYNC : 0)
          | Host.O_NOCTTY() | Host.O_NONBLOCK() | Host.O_CLOEXEC();
    }
  }

  /**
   * A directory by its path, from which others are found.
   *
   * @param path its name; symbolic links in it are followed
   * @return the directory
   * @throws HostError ENOENT, ENOTDIR, EACCES, ...
   */
  public static HostNode directory(Path path) {
    try (Arena arena = Arena.ofConfined()) {
      return new HostNode(check(CALLS.syscall(Host.SYS_openat(), Host.AT_FDCWD(),
          arena.allocateFrom(path.toString()).address(), Host.O_PATH() | Host.O_DIRECTORY() | Host.O_CLOEXEC()),
          "open", path.toString()), path.toString(), false);
    }
  }

  /**
   * The node of a name in this directory; a symbolic link is not followed.
   *
   * @param name one name
   * @return the node, not opened
   * @throws HostError ENOENT, ENOTDIR, EXDEV or ELOOP for a name that leads elsewhere, ...
   */
  public HostNode find(String name) { return new HostNode(openBeneath(name, Host.O_PATH(), 0), name, false); }

  /**
   * Makes a regular file in this directory, and opens it.
   *
   * @param name one name, which is not taken
   * @param how it is opened
   * @param mode its permissions, less the process's umask
   * @return the file, opened
   * @throws HostError EEXIST, ENOSPC, EACCES, ...
   */
  public HostNode create(String name, Opening how, int mode) {
    return new HostNode(openBeneath(name, how.flags() | Host.O_CREAT() | Host.O_EXCL(), mode), name, true);
  }

  private long openBeneath(String name, int flags, int mode) {
    NodeMemory memory = NodeMemory.get();
    MemorySegment how = memory.struct();
    set64(how, open_how.flags, flags | Host.O_NOFOLLOW() | Host.O_CLOEXEC());
    set64(how, open_how.mode, mode);
    set64(how, open_how.resolve, BENEATH);
    return check(CALLS.syscall(Host.SYS_openat2(), fd(), memory.name(name), how.address(), open_how.SIZE), "openat2",
        name);
  }

  /**
   * Opens this very node, whatever has become of its name. Device nodes are opened as they are: ask {@link #status} first.
   *
   * @param how it is opened
   * @return it, opened
   * @throws HostError EACCES, EISDIR, ELOOP for a symbolic link, ENOENT without a /proc, ...
   */
  public HostNode open(Opening how) {
    long opened = CALLS.syscall(Host.SYS_openat(), Host.AT_FDCWD(), NodeMemory.get().descriptorName(fd()), how.flags());
    return new HostNode(check(opened, "open", what()), what(), true);
  }

  /** {@return this very node, not opened: it stays when this is closed} */
  public HostNode place() {
    return new HostNode(check(CALLS.syscall(Host.SYS_openat(), Host.AT_FDCWD(), NodeMemory.get().descriptorName(fd()),
        Host.O_PATH() | Host.O_CLOEXEC()), "open", what()), what(), false);
  }

  /** {@return what the host knows of it} */
  public NodeStatus status() {
    NodeMemory memory = NodeMemory.get();
    MemorySegment status = memory.struct();
    check(CALLS.syscall(Host.SYS_newfstatat(), fd(), memory.name(""), status.address(), Host.AT_EMPTY_PATH()),
        "fstatat", what());
    return new NodeStatus(get64(status, stat.st_dev), get64(status, stat.st_ino), get32(status, stat.st_mode),
        get64(status, stat.st_nlink), get32(status, stat.st_uid), get32(status, stat.st_gid),
        get64(status, stat.st_rdev), get64(status, stat.st_size), get64(status, stat.st_blksize),
        get64(status, stat.st_blocks), time(status, stat.st_atim), time(status, stat.st_mtim),
        time(status, stat.st_ctim));
  }

  private static NodeTime time(MemorySegment status, long offset) {
    return new NodeTime(get64(status, offset + timespec.tv_sec), get64(status, offset + timespec.tv_nsec));
  }

  /** {@return what the host knows of the file system that it is on} */
  public FileSystemStatus fileSystem() {
    MemorySegment status = NodeMemory.get().struct();
    check(CALLS.syscall(Host.SYS_fstatfs(), fd(), status.address()), "fstatfs", what());
    return new FileSystemStatus(get64(status, statfs.f_type), get64(status, statfs.f_bsize),
        get64(status, statfs.f_blocks), get64(status, statfs.f_bfree), get64(status, statfs.f_bavail),
        get64(status, statfs.f_files), get64(status, statfs.f_ffree), get64(status, statfs.f_fsid),
        get64(status, statfs.f_namelen));
  }

  /**
   * Reads from an opened file, preadv(2).
   *
   * @param into native memory, filled in order; at most 1024 pieces
   * @param offset from the start of the file, in bytes
   * @return bytes read, 0 at the end
   * @throws HostError EIO, EISDIR, ...
   */
  public long read(List<MemorySegment> into, long offset) {
    IoVectors pieces = NodeMemory.get().pieces(into);
    return check(CALLS.syscall(Host.SYS_preadv(), fd(), pieces.address(), pieces.count(), offset, 0), "preadv", what());
  }

  /**
   * Writes to an opened file, pwritev(2).
   *
   * @param from native memory, in order; at most 1024 pieces
   * @param offset from the start of the file, in bytes; of no matter for one that was opened to append
   * @return bytes written
   * @throws HostError ENOSPC, EFBIG, ...
   */
  public long write(List<MemorySegment> from, long offset) {
    IoVectors pieces = NodeMemory.get().pieces(from);
    return check(CALLS.syscall(Host.SYS_pwritev(), fd(), pieces.address(), pieces.count(), offset, 0), "pwritev",
        what());
  }

  /**
   * Has an opened node on disk.
   *
   * @param dataOnly without what nobody needs to find the content
   */
  public void sync(boolean dataOnly) {
    check(CALLS.syscall(dataOnly ? Host.SYS_fdatasync() : Host.SYS_fsync(), fd()), "fsync", what());
  }

  /**
   * Reads names of an opened directory, getdents64(2), for {@link DirectoryEntries}. By one thread at a time.
   *
   * @param into native memory
   * @param position 0, or what stood with the last entry that was taken
   * @return bytes written, 0 at the end
   */
  public long entries(MemorySegment into, long position) {
    check(CALLS.syscall(Host.SYS_lseek(), fd(), position, 0), "lseek", what());
    return check(CALLS.syscall(Host.SYS_getdents64(), fd(), Buffers.address(into), into.byteSize()), "getdents64",
        what());
  }

  /**
   * Sets the length of a regular file.
   *
   * @param sizeBytes in bytes; new bytes read as zeros
   */
  public void truncate(long sizeBytes) {
    check(opened
        ? CALLS.syscall(Host.SYS_ftruncate(), fd(), sizeBytes)
        : CALLS.syscall(Host.SYS_truncate(), NodeMemory.get().descriptorName(fd()), sizeBytes), "truncate", what());
  }

  /**
   * Sets permissions.
   *
   * @param mode as chmod(2) has it
   */
  public void changeMode(int mode) {
    check(CALLS.syscall(Host.SYS_fchmodat(), Host.AT_FDCWD(), NodeMemory.get().descriptorName(fd()), mode), "fchmodat",
        what());
  }

  /**
   * Sets owner and group.
   *
   * @param uid the owner, -1 to leave it
   * @param gid the group, -1 to leave it
   */
  public void changeOwner(int uid, int gid) {
    check(CALLS.syscall(Host.SYS_fchownat(), fd(), NodeMemory.get().name(""), Integer.toUnsignedLong(uid),
        Integer.toUnsignedLong(gid), Host.AT_EMPTY_PATH()), "fchownat", what());
  }

  /**
   * Sets times.
   *
   * @param accessed when it was last read
   * @param modified when its content last changed
   */
  public void changeTimes(NodeTime accessed, NodeTime modified) {
    NodeMemory memory = NodeMemory.get();
    MemorySegment times = memory.struct();
    set64(times, timespec.tv_sec, accessed.seconds());
    set64(times, timespec.tv_nsec, accessed.nanos());
    set64(times, timespec.SIZE + timespec.tv_sec, modified.seconds());
    set64(times, timespec.SIZE + timespec.tv_nsec, modified.nanos());
    check(CALLS.syscall(Host.SYS_utimensat(), Host.AT_FDCWD(), memory.descriptorName(fd()), times.address(), 0),
        "utimensat", what());
  }

  /**
   * Makes a directory in this one.
   *
   * @param name one name, which is not taken
   * @param mode its permissions, less the process's umask
   */
  public void makeDirectory(String name, int mode) {
    check(CALLS.syscall(Host.SYS_mkdirat(), fd(), NodeMemory.get().name(name), mode), "mkdirat", name);
  }

  /**
   * Makes a node in this directory.
   *
   * @param name one name, which is not taken
   * @param mode type and permissions, less the process's umask
   * @param device what it stands for, if it is a device node
   */
  public void makeNode(String name, int mode, long device) {
    check(CALLS.syscall(Host.SYS_mknodat(), fd(), NodeMemory.get().name(name), Integer.toUnsignedLong(mode), device),
        "mknodat", name);
  }

  /**
   * Makes a symbolic link in this directory.
   *
   * @param name one name, which is not taken
   * @param target what it says; nobody looks there
   */
  public void makeLink(String name, String target) {
    NodeMemory memory = NodeMemory.get();
    check(CALLS.syscall(Host.SYS_symlinkat(), memory.otherName(target), fd(), memory.name(name)), "symlinkat", name);
  }

  /** {@return what this symbolic link says} */
  public String readLink() {
    NodeMemory memory = NodeMemory.get();
    MemorySegment target = memory.path();
    long length = check(CALLS.syscall(Host.SYS_readlinkat(), fd(), memory.otherName(""), target.address(),
        target.byteSize()), "readlinkat", what());
    StringBuilder text = new StringBuilder();
    for (long i = 0; i < length; i++) {
      text.append((char) (get8(target, i) & 0xff));
    }
    return text.toString();
  }

  /**
   * Gives a node another name, in this directory.
   *
   * @param node which
   * @param name one name, which is not taken
   */
  public void link(HostNode node, String name) {
    NodeMemory memory = NodeMemory.get();
    check(CALLS.syscall(Host.SYS_linkat(), Host.AT_FDCWD(), memory.descriptorName(node.fd()), fd(),
        memory.otherName(name), Host.AT_SYMLINK_FOLLOW()), "linkat", name);
  }

  /**
   * Takes a name out of this directory.
   *
   * @param name one name
   * @param directory whether it is that of an empty directory, or of anything else
   */
  public void remove(String name, boolean directory) {
    check(CALLS.syscall(Host.SYS_unlinkat(), fd(), NodeMemory.get().name(name), directory ? Host.AT_REMOVEDIR() : 0),
        "unlinkat", name);
  }

  /**
   * Gives what has a name in this directory another one; what had that is gone.
   *
   * @param name one name
   * @param into the directory of the new name
   * @param newName one name
   */
  public void rename(String name, HostNode into, String newName) {
    NodeMemory memory = NodeMemory.get();
    check(CALLS.syscall(Host.SYS_renameat2(), fd(), memory.name(name), into.fd(), memory.otherName(newName), 0),
        "renameat2", name);
  }

  int fd() { return descriptor.fd(); }

  String what() { return descriptor.what(); }

  static long check(long result, String call, String what) {
    return result < 0 ? HostError.check(result, call + " " + what) : result;
  }

  @Override
  public void close() { descriptor.close(); }
}
