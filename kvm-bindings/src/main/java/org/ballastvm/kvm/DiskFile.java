package org.ballastvm.kvm;

import static org.ballastvm.kvm.Fields.get32;
import static org.ballastvm.kvm.Fields.set16;
import static org.ballastvm.kvm.Fields.set64;
import static org.ballastvm.kvm.NativeProvider.CALLS;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.ballastvm.kvm.generated.Host;
import org.ballastvm.kvm.generated.Offsets.flock;
import org.ballastvm.kvm.generated.Offsets.stat;

/**
 * A file or a block device that a guest's disk is on. What is done all the time answers as the kernel does, with a result or
 * a negated errno, and allocates nothing; any number of threads may do it.
 */
public final class DiskFile implements AutoCloseable {
  private static final int SEEK_SET = 0;
  private static final int SEEK_END = 2;
  private static final int OWNER_ONLY = 0600;

  private final Descriptor descriptor;
  private final boolean blockDevice;

  private DiskFile(long descriptor, String what) {
    this.descriptor = new Descriptor(descriptor, what);
    try {
      this.blockDevice = kind(what) == Host.S_IFBLK();
      waitForReads(what);
    } catch (RuntimeException e) {
      this.descriptor.close();
      throw e;
    }
  }

  /**
   * Opens a file or a block device.
   *
   * @param path its name
   * @param readOnly whether it is only to be read
   * @param direct whether the host's page cache is passed by, O_DIRECT
   * @return the file
   * @throws HostError ENOENT, EACCES, EISDIR, EROFS; EINVAL where a file system has no O_DIRECT
   */
  public static DiskFile open(Path path, boolean readOnly, boolean direct) {
    return open(path, (readOnly ? Host.O_RDONLY() : Host.O_RDWR()) | (direct ? Host.O_DIRECT() : 0));
  }

  /**
   * Makes a file without a name in a directory; it is gone when it is closed.
   *
   * @param directory where
   * @return an empty file
   * @throws HostError ENOTDIR, EACCES, EOPNOTSUPP, ...
   */
  public static DiskFile unnamedIn(Path directory) { return open(directory, Host.O_RDWR() | Host.O_TMPFILE()); }

  private static DiskFile open(Path path, int flags) {
    return new DiskFile(HostError.check(FdSets.open(path, flags | Host.O_NONBLOCK(), OWNER_ONLY), "open " + path),
        path.toString());
  }

  private int kind(String what) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment status = arena.allocate(stat.SIZE, 8);
      HostError.check(CALLS.syscall(Host.SYS_fstat(), fd(), status.address()), "fstat " + what);
      int kind = get32(status, stat.st_mode) & Host.S_IFMT();
      if (kind != Host.S_IFREG() && kind != Host.S_IFBLK()) {
        throw new HostError("open " + what + " as a disk, which must be a file or a block device", Errno.ENOTBLK);
      }
      return kind;
    }
  }

  /** It was opened without waiting, for a pipe would have no end; its reads do wait. */
  private void waitForReads(String what) {
    long flags = HostError.check(CALLS.syscall(Host.SYS_fcntl(), fd(), Host.F_GETFL()), "F_GETFL " + what);
    HostError.check(CALLS.syscall(Host.SYS_fcntl(), fd(), Host.F_SETFL(), flags & ~Host.O_NONBLOCK()),
        "F_SETFL " + what);
  }

  int fd() { return descriptor.fd(); }

  /** {@return its name} */
  public String what() { return descriptor.what(); }

  /** {@return whether it is a block device} */
  public boolean isBlockDevice() { return blockDevice; }

  /** {@return its length in bytes} */
  public long sizeBytes() {
    return HostError.check(CALLS.syscall(Host.SYS_lseek(), fd(), 0, SEEK_END), "lseek " + what());
  }

  /** {@return the bytes that the host holds for it on disk} */
  public long allocatedBytes() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment status = arena.allocate(stat.SIZE, 8);
      HostError.check(CALLS.syscall(Host.SYS_fstat(), fd(), status.address()), "fstat " + what());
      return Fields.get64(status, stat.st_blocks) * 512; // of st_blocks, whatever the file system's own are
    }
  }

  /**
   * Sets its length.
   *
   * @param sizeBytes in bytes; new bytes read as zeros
   */
  public void truncate(long sizeBytes) {
    HostError.check(CALLS.syscall(Host.SYS_ftruncate(), fd(), sizeBytes), "ftruncate " + what());
  }

  /**
   * Reads, preadv2(2).
   *
   * @param into where to
   * @param offsetBytes from the start of the file
   * @param onlyCached whether to read nothing that would have to be waited for
   * @return how many bytes were read, perhaps fewer than asked for, 0 at the end; or a negated errno, EAGAIN if it would
   *         have to be waited for
   */
  public long read(IoVectors into, long offsetBytes, boolean onlyCached) {
    return CALLS.syscall(Host.SYS_preadv2(), fd(), into.address(), into.count(), offsetBytes, 0,
        onlyCached ? Host.RWF_NOWAIT() : 0);
  }

  /**
   * Writes, pwritev2(2).
   *
   * @param from where from
   * @param offsetBytes from the start of the file
   * @param durable whether it is to be safe from a loss of power when this returns
   * @return how many bytes were written, perhaps fewer than asked for; or a negated errno
   */
  public long write(IoVectors from, long offsetBytes, boolean durable) {
    return CALLS.syscall(Host.SYS_pwritev2(), fd(), from.address(), from.count(), offsetBytes, 0,
        durable ? Host.RWF_DSYNC() : 0);
  }

  /**
   * Makes all that was written safe from a loss of power, fdatasync(2).
   *
   * @return 0, or a negated errno
   */
  public long sync() { return CALLS.syscall(Host.SYS_fdatasync(), fd()); }

  /**
   * Gives a range back to the host; it reads as zeros.
   *
   * @param offsetBytes from the start of the file
   * @param lengthBytes above zero
   * @return 0, or a negated errno, EOPNOTSUPP where the file system has no holes
   */
  public long punchHole(long offsetBytes, long lengthBytes) {
    return CALLS.syscall(Host.SYS_fallocate(), fd(), Host.FALLOC_FL_PUNCH_HOLE() | Host.FALLOC_FL_KEEP_SIZE(),
        offsetBytes, lengthBytes);
  }

  /**
   * Has a range read as zeros; its room stays its own.
   *
   * @param offsetBytes from the start of the file
   * @param lengthBytes above zero
   * @return 0, or a negated errno, EOPNOTSUPP where the file system cannot
   */
  public long zeroRange(long offsetBytes, long lengthBytes) {
    return CALLS.syscall(Host.SYS_fallocate(), fd(), Host.FALLOC_FL_ZERO_RANGE() | Host.FALLOC_FL_KEEP_SIZE(),
        offsetBytes, lengthBytes);
  }

  /**
   * Locks a byte of the file against other open files, of this process too: F_OFD_SETLK, fcntl(2). The lock goes when this is
   * closed.
   *
   * @param offsetBytes which byte; the file need not be as long
   * @return whether it is locked; false if another has it for writing
   * @throws HostError where the file system has no locks
   */
  public boolean lockShared(long offsetBytes) {
    try (Arena arena = Arena.ofConfined()) {
      long result = lock(arena, Host.F_OFD_SETLK(), Host.F_RDLCK(), offsetBytes);
      if (result == -Host.EAGAIN() || result == -Host.EACCES()) {
        return false;
      }
      HostError.check(result, "F_OFD_SETLK " + what());
      return true;
    }
  }

  /**
   * Unlocks a byte.
   *
   * @param offsetBytes which
   */
  public void unlock(long offsetBytes) {
    try (Arena arena = Arena.ofConfined()) {
      HostError.check(lock(arena, Host.F_OFD_SETLK(), Host.F_UNLCK(), offsetBytes), "F_OFD_SETLK " + what());
    }
  }

  /**
   * Whether another open file has a byte locked: F_OFD_GETLK.
   *
   * @param offsetBytes which
   * @return true if one has
   */
  public boolean isLockedByOther(long offsetBytes) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment found = arena.allocate(flock.SIZE, Long.BYTES);
      fill(found, Host.F_WRLCK(), offsetBytes);
      HostError.check(CALLS.syscall(Host.SYS_fcntl(), fd(), Host.F_OFD_GETLK(), found.address()),
          "F_OFD_GETLK " + what());
      return Fields.get16(found, flock.l_type) != Host.F_UNLCK();
    }
  }

  private long lock(Arena arena, int command, int type, long offsetBytes) {
    MemorySegment wanted = arena.allocate(flock.SIZE, Long.BYTES);
    fill(wanted, type, offsetBytes);
    return CALLS.syscall(Host.SYS_fcntl(), fd(), command, wanted.address());
  }

  private static void fill(MemorySegment lock, int type, long offsetBytes) {
    set16(lock, flock.l_type, (short) type);
    set16(lock, flock.l_whence, (short) SEEK_SET);
    set64(lock, flock.l_start, offsetBytes);
    set64(lock, flock.l_len, 1);
  }

  @Override
  public void close() { descriptor.close(); }
}
