package org.ballastvm.kvm;

import static org.ballastvm.kvm.Fields.get64;
import static org.ballastvm.kvm.NativeProvider.CALLS;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.OptionalLong;
import org.ballastvm.kvm.generated.Host;
import org.ballastvm.kvm.generated.Offsets.stat;
import org.ballastvm.kvm.generated.Offsets.statfs;

/** A file that memory can be mapped from: an anonymous one (memfd), or one with a name. */
public final class HostFile implements AutoCloseable {
  private static final long BLOCK_BYTES = 512; // of st_blocks, whatever the file system's own are
  private static final int OWNER_ONLY = 0600;

  private final Descriptor descriptor;

  private HostFile(long descriptor, String what) { this.descriptor = new Descriptor(descriptor, what); }

  /** A file that came over a socket. */
  static HostFile received(int descriptor, String what) {
    return new HostFile(descriptor, what);
  }

  /**
   * Creates an anonymous file, memfd_create(2).
   *
   * @param name for /proc
   * @param hugePageBytes empty for normal pages; else the size of its huge pages in bytes, 0 for the host's default
   * @return an empty file
   * @throws HostError ENODEV or EINVAL where the host has no huge pages of that size
   */
  public static HostFile memfd(String name, OptionalLong hugePageBytes) {
    long flags = Host.MFD_CLOEXEC() | Host.MFD_ALLOW_SEALING();
    if (hugePageBytes.isPresent()) {
      long bytes = hugePageBytes.getAsLong();
      flags |= Integer.toUnsignedLong(Host.MFD_HUGETLB());
      flags |= bytes == 0 ? 0 : (long) Long.numberOfTrailingZeros(bytes) << Host.MFD_HUGE_SHIFT();
    }
    try (Arena arena = Arena.ofConfined()) {
      return new HostFile(
          HostError.check(CALLS.syscall(Host.SYS_memfd_create(), arena.allocateFrom(name).address(), flags),
              "memfd_create " + name),
          "memfd " + name);
    }
  }

  /**
   * Opens a file to read and write.
   *
   * @param path its name
   * @param create make it, readable by its owner alone, if it is not there
   * @return the file
   * @throws HostError ENOENT, EACCES, EISDIR, ...
   */
  public static HostFile open(Path path, boolean create) {
    return open(path, Host.O_RDWR() | (create ? Host.O_CREAT() : 0));
  }

  /**
   * Opens a file without a name in a directory; it is gone when it is closed.
   *
   * @param directory where
   * @return the file
   * @throws HostError ENOTDIR, EACCES, EOPNOTSUPP, ...
   */
  public static HostFile unnamedIn(Path directory) { return open(directory, Host.O_RDWR() | Host.O_TMPFILE()); }

  private static HostFile open(Path path, int flags) {
    return new HostFile(HostError.check(FdSets.open(path, flags, OWNER_ONLY), "open " + path), path.toString());
  }

  /** {@return its length in bytes} */
  public long sizeBytes() { return status(Status.SIZE); }

  /** {@return the bytes that the host holds for it, in memory or on disk} */
  public long allocatedBytes() {
    return status(Status.ALLOCATED);
  }

  /** {@return the size of the pages it is mapped in, in bytes: of its huge pages on hugetlbfs} */
  public long pageSizeBytes() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment status = fileSystem(arena);
      return isHuge(status) ? get64(status, statfs.f_bsize) : HostProcess.pageSizeBytes();
    }
  }

  /**
   * {@return the bytes that its file system has left for it; empty on one that has no limit of its own} hugetlbfs, and a
   * tmpfs with size=0, count no blocks.
   */
  public OptionalLong freeBytes() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment status = fileSystem(arena);
      return isHuge(status) || get64(status, statfs.f_blocks) == 0
          ? OptionalLong.empty()
          : OptionalLong.of(get64(status, statfs.f_bavail) * get64(status, statfs.f_bsize));
    }
  }

  private MemorySegment fileSystem(Arena arena) {
    MemorySegment status = arena.allocate(statfs.SIZE, 8);
    HostError.check(CALLS.syscall(Host.SYS_fstatfs(), fd(), status.address()), "fstatfs " + what());
    return status;
  }

  private static boolean isHuge(MemorySegment status) {
    return get64(status, statfs.f_type) == 0x958458f6L; // HUGETLBFS_MAGIC, linux/magic.h
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
   * Gives a range back to the host, with every mapping of it; the next read is zeros. Allocates nothing.
   *
   * @param offsetBytes from the start of the file
   * @param lengthBytes above zero
   * @throws HostError EOPNOTSUPP, EPERM (sealed), ...
   */
  public void punchHole(long offsetBytes, long lengthBytes) {
    long result = CALLS.syscall(Host.SYS_fallocate(), fd(), Host.FALLOC_FL_PUNCH_HOLE() | Host.FALLOC_FL_KEEP_SIZE(),
        offsetBytes, lengthBytes);
    if (result < 0) {
      HostError.check(result, "fallocate PUNCH_HOLE " + what());
    }
  }

  /**
   * Forbids every change of the content, F_SEAL_WRITE, holes too; for anonymous files.
   *
   * @throws HostError EBUSY while a shared mapping can write to it, EINVAL for a file that is not anonymous
   */
  public void sealAgainstWrites() {
    HostError.check(CALLS.syscall(Host.SYS_fcntl(), fd(), Host.F_ADD_SEALS(), Host.F_SEAL_WRITE()),
        "F_SEAL_WRITE " + what());
  }

  int fd() { return descriptor.fd(); }

  String what() { return descriptor.what(); }

  @Override
  public void close() { descriptor.close(); }

  private enum Status {
    SIZE, ALLOCATED
  }

  private long status(Status wanted) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment status = arena.allocate(stat.SIZE, 8);
      HostError.check(CALLS.syscall(Host.SYS_fstat(), fd(), status.address()), "fstat " + what());
      return switch (wanted) {
        case SIZE -> get64(status, stat.st_size);
        case ALLOCATED -> get64(status, stat.st_blocks) * BLOCK_BYTES;
      };
    }
  }
}
