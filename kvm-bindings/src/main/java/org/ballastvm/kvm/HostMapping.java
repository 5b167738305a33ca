package org.ballastvm.kvm;

import static org.ballastvm.kvm.NativeProvider.CALLS;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.BitSet;
import java.util.function.LongConsumer;
import org.ballastvm.kvm.generated.Host;

/**
 * Memory that the host maps for us: mmap(2), readable and writable.
 *
 * <p>
 * It is seen through chunks of 1 GiB, because JNA can show no more than 2 GiB at once. Whoever closes it knows that
 * nobody looks at the chunks any more.
 */
public final class HostMapping implements AutoCloseable {
  /** The size of every chunk but the last, in bytes. */
  public static final long CHUNK_BYTES = 1L << 30;

  private static final long HUGE_PAGE_BYTES = 2L << 20;
  private static final VarHandle TOUCHED = ValueLayout.JAVA_INT.varHandle();

  private final long address;
  private final long sizeBytes;
  private final Arena lifetime = Arena.ofShared();
  /** Null where nobody has looked yet: of a guest of terabytes, few chunks are ever looked at. */
  private final MemorySegment[] chunks;
  private volatile boolean closed;

  private HostMapping(long address, long sizeBytes) {
    this.address = address;
    this.sizeBytes = sizeBytes;
    this.chunks = new MemorySegment[Math.toIntExact((sizeBytes + CHUNK_BYTES - 1) / CHUNK_BYTES)];
  }

  /**
   * Maps anonymous memory.
   *
   * @param sizeBytes above zero
   * @param shared others can be given the same pages; changes how they are given back
   * @param reserve the host accounts for all of it now
   * @return the memory, all zeros, nothing of it resident
   * @throws HostError ENOMEM
   */
  public static HostMapping anonymous(long sizeBytes, boolean shared, boolean reserve) {
    int flags = Host.MAP_ANONYMOUS() | (shared ? Host.MAP_SHARED() : Host.MAP_PRIVATE());
    return map(sizeBytes, flags, reserve, -1, 0, HUGE_PAGE_BYTES,
        "mmap of " + sizeBytes + " bytes of anonymous memory");
  }

  /**
   * Maps a file.
   *
   * @param file what to map; may be closed afterwards
   * @param offsetBytes from the start of the file, a multiple of its page size
   * @param sizeBytes above zero
   * @param shared changes reach the file
   * @param reserve the host accounts for all of it now
   * @return the memory
   * @throws HostError ENOMEM, EACCES, EINVAL
   */
  public static HostMapping ofFile(HostFile file, long offsetBytes, long sizeBytes, boolean shared, boolean reserve) {
    int flags = shared ? Host.MAP_SHARED() : Host.MAP_PRIVATE();
    long alignment = Math.max(HUGE_PAGE_BYTES, file.pageSizeBytes());
    return map(sizeBytes, flags, reserve, file.fd(), offsetBytes, alignment,
        "mmap of " + sizeBytes + " bytes of " + file.what());
  }

  /**
   * Maps at a multiple of a huge page. Guest memory begins at such addresses too, and only where both do can the host back
   * it, and the processor translate it, by huge pages. The kernel looks for such a place by itself only since 6.7.
   */
  private static HostMapping map(long sizeBytes, int flags, boolean reserve, int fd, long offset, long alignment,
      String what) {
    int all = flags | (reserve ? 0 : Host.MAP_NORESERVE());
    int access = Host.PROT_READ() | Host.PROT_WRITE();
    if (sizeBytes < alignment) {
      return new HostMapping(
          HostError.check(CALLS.syscall(Host.SYS_mmap(), 0, sizeBytes, access, all, fd, offset), what),
          sizeBytes);
    }
    int nothing = Host.MAP_ANONYMOUS() | Host.MAP_PRIVATE() | Host.MAP_NORESERVE();
    long room = HostError
        .check(CALLS.syscall(Host.SYS_mmap(), 0, sizeBytes + alignment, Host.PROT_NONE(), nothing, -1, 0), what);
    long roomEnd = room + sizeBytes + alignment;
    long address = (room + alignment - 1) & -alignment;
    try {
      HostError.check(CALLS.syscall(Host.SYS_mmap(), address, sizeBytes, access, all | Host.MAP_FIXED(), fd, offset),
          what);
    } catch (HostError e) {
      unmap(room, roomEnd);
      throw e;
    }
    long page = HostProcess.pageSizeBytes();
    unmap(room, address);
    unmap((address + sizeBytes + page - 1) & -page, roomEnd);
    return new HostMapping(address, sizeBytes);
  }

  private static void unmap(long start, long end) {
    if (start < end) {
      HostError.check(CALLS.syscall(Host.SYS_munmap(), start, end - start), "munmap");
    }
  }

  /** {@return its size in bytes} */
  public long sizeBytes() { return sizeBytes; }

  /** {@return where it stands in this process, for the kernel's interfaces} */
  public long address() {
    checkOpen();
    return address;
  }

  /** {@return how many chunks it is seen through} */
  public int chunkCount() { return chunks.length; }

  /**
   * A part of it.
   *
   * @param index below {@link #chunkCount()}
   * @return the bytes from {@code index * CHUNK_BYTES} on, 1 GiB of them or what is left
   */
  public MemorySegment chunk(int index) {
    checkOpen();
    MemorySegment chunk = chunks[index];
    if (chunk == null) {
      long offset = index * CHUNK_BYTES;
      chunk = CALLS.view(address + offset, Math.min(CHUNK_BYTES, sizeBytes - offset), lifetime);
      chunks[index] = chunk; // By any thread: each of two that come at once makes the same.
    }
    return chunk;
  }

  /**
   * Advises the host of what will become of a range, madvise(2). Allocates nothing.
   *
   * @param offsetBytes a multiple of the page size
   * @param lengthBytes a multiple of the page size
   * @param advice what
   * @throws HostError EINVAL, ENOMEM, EBUSY, ...
   */
  public void advise(long offsetBytes, long lengthBytes, Advice advice) {
    check(offsetBytes, lengthBytes);
    long result = CALLS.syscall(Host.SYS_madvise(), address + offsetBytes, lengthBytes, advice.code);
    if (result < 0) {
      HostError.check(result, "madvise MADV_" + advice.name());
    }
  }

  /**
   * Has the host take memory for a range now, MADV_POPULATE_WRITE; before Linux 5.14, by a write of what is there to each
   * page.
   *
   * @param offsetBytes a multiple of the page size
   * @param lengthBytes a multiple of the page size
   * @param pageBytes the size of its pages, huge ones or not
   * @throws HostError ENOMEM, EFAULT where it has too little
   */
  public void populate(long offsetBytes, long lengthBytes, long pageBytes) {
    populate(CALLS, offsetBytes, lengthBytes, pageBytes);
  }

  void populate(NativeCalls calls, long offsetBytes, long lengthBytes, long pageBytes) {
    check(offsetBytes, lengthBytes);
    long result = calls.syscall(Host.SYS_madvise(), address + offsetBytes, lengthBytes, Advice.POPULATE_WRITE.code);
    if (result != -Host.EINVAL()) {
      HostError.check(result, "madvise MADV_POPULATE_WRITE");
      return;
    }
    try {
      for (long at = offsetBytes; at < offsetBytes + lengthBytes; at += pageBytes) {
        // An atomic write that changes nothing: a guest may use the memory already.
        var unused = (int) TOUCHED.getAndBitwiseOr(chunk((int) (at / CHUNK_BYTES)), at % CHUNK_BYTES, 0);
      }
    } catch (InternalError e) { // SIGBUS, as the JVM has it.
      throw new HostError("touch of " + lengthBytes + " bytes of memory", Errno.EFAULT);
    }
  }

  /**
   * Lets a range be used by nobody: not by this process, not by a guest whose memory it is, mprotect(2). Its pages stay.
   * The caller guarantees that this process does not touch the range while it is hidden: it would die of SIGSEGV. Allocates nothing.
   *
   * @param offsetBytes a multiple of the page size
   * @param lengthBytes a multiple of the page size
   * @throws HostError ENOMEM where this process has too many ranges of different kinds already (vm.max_map_count)
   */
  public void hide(long offsetBytes, long lengthBytes) { protect(offsetBytes, lengthBytes, Host.PROT_NONE()); }

  /**
   * Lets a range be read and written again. Harmless where it can be. Allocates nothing.
   *
   * @param offsetBytes a multiple of the page size
   * @param lengthBytes a multiple of the page size
   * @throws HostError ENOMEM as above, for a part of what was hidden at once
   */
  public void show(long offsetBytes, long lengthBytes) {
    protect(offsetBytes, lengthBytes, Host.PROT_READ() | Host.PROT_WRITE());
  }

  private void protect(long offsetBytes, long lengthBytes, int access) {
    check(offsetBytes, lengthBytes);
    long result = CALLS.syscall(Host.SYS_mprotect(), address + offsetBytes, lengthBytes, access);
    if (result < 0) {
      HostError.check(result, "mprotect of " + lengthBytes + " bytes");
    }
  }

  /**
   * Says which of the host's nodes its pages come from when they are first touched, mbind(2).
   *
   * @param policy how
   * @param nodes the host's nodes, by number; at least one
   * @throws HostError EINVAL for a node that does not exist, ENOSYS on a kernel without nodes
   */
  public void bind(NodePolicy policy, BitSet nodes) {
    checkOpen();
    try (Arena arena = Arena.ofConfined()) {
      long[] words = nodes.toLongArray();
      MemorySegment mask = arena.allocateFrom(ValueLayout.JAVA_LONG, words);
      // The kernel takes one bit less than the count says (get_nodes in mm/mempolicy.c).
      HostError.check(CALLS.syscall(Host.SYS_mbind(), address, sizeBytes, policy.code, mask.address(),
          words.length * (long) Long.SIZE + 1, 0), "mbind to nodes " + nodes);
    }
  }

  /**
   * Counts the pages of a range that are resident, mincore(2). For private anonymous memory this is what this process
   * pays for; for files it is what the page cache holds.
   *
   * @param offsetBytes a multiple of the page size
   * @param lengthBytes above zero
   * @return resident bytes
   */
  public long residentBytes(long offsetBytes, long lengthBytes) {
    long[] pages = new long[1];
    forEachResident(offsetBytes, lengthBytes, page -> pages[0]++);
    return pages[0] * HostProcess.pageSizeBytes();
  }

  /**
   * Finds the pages of a range that are resident, as {@link #residentBytes(long, long)} counts them.
   *
   * @param offsetBytes a multiple of the page size
   * @param lengthBytes above zero
   * @param taker is given the offset of each, the lowest first
   */
  public void forEachResident(long offsetBytes, long lengthBytes, LongConsumer taker) {
    check(offsetBytes, lengthBytes);
    long page = HostProcess.pageSizeBytes();
    long step = CHUNK_BYTES / 8;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment vector = arena.allocate(Math.min(step, lengthBytes + page - 1) / page);
      for (long done = 0; done < lengthBytes; done += step) {
        long length = Math.min(step, lengthBytes - done);
        HostError.check(
            CALLS.syscall(Host.SYS_mincore(), address + offsetBytes + done, length, vector.address()), "mincore");
        for (long i = 0; i < (length + page - 1) / page; i++) {
          if ((vector.get(ValueLayout.JAVA_BYTE, i) & 1) != 0) {
            taker.accept(offsetBytes + done + i * page);
          }
        }
      }
    }
  }

  /** {@return resident bytes of the whole mapping, as {@link #residentBytes(long, long)} counts them} */
  public long residentBytes() {
    return residentBytes(0, sizeBytes);
  }

  /** Unmaps it; its chunks end with it. Closing twice is harmless. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      lifetime.close();
      HostError.check(CALLS.syscall(Host.SYS_munmap(), address, sizeBytes), "munmap");
    }
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("the mapping is closed");
    }
  }

  private void check(long offsetBytes, long lengthBytes) {
    checkOpen();
    if (offsetBytes < 0 || lengthBytes < 0 || offsetBytes > sizeBytes - lengthBytes) {
      throw new IndexOutOfBoundsException(
          "range of " + lengthBytes + " bytes at " + offsetBytes + " in a mapping of " + sizeBytes);
    }
  }
}
