package org.ballastvm.kvm;

import static org.ballastvm.kvm.Fields.get32;
import static org.ballastvm.kvm.Fields.get64;
import static org.ballastvm.kvm.Fields.set32;
import static org.ballastvm.kvm.Fields.set64;
import static org.ballastvm.kvm.Fields.set8;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import org.ballastvm.kvm.generated.Host;
import org.ballastvm.kvm.generated.Offsets.io_cqring_offsets;
import org.ballastvm.kvm.generated.Offsets.io_sqring_offsets;
import org.ballastvm.kvm.generated.Offsets.io_uring_cqe;
import org.ballastvm.kvm.generated.Offsets.io_uring_params;
import org.ballastvm.kvm.generated.Offsets.io_uring_sqe;

/**
 * A ring of the kernel: linux/io_uring.h. Its two queues are in one mapping, requests in another. We write at the end of the
 * queue of requests and at the beginning of that of answers, the kernel at the other two.
 */
public final class KernelRing implements IoRing {
  /**
   * From Linux 6.1 on: one thread puts in, and answers are made when that thread asks for them, not by interrupting it. The
   * queue's flags say when that is.
   */
  static final long ONE_THREAD = Integer.toUnsignedLong(Host.IORING_SETUP_R_DISABLED() | Host.IORING_SETUP_SUBMIT_ALL()
      | Host.IORING_SETUP_SINGLE_ISSUER() | Host.IORING_SETUP_DEFER_TASKRUN() | Host.IORING_SETUP_TASKRUN_FLAG());
  /** From Linux 5.10 on: the kernel makes answers as they come. */
  static final long PLAIN = Host.IORING_SETUP_R_DISABLED();

  private static final VarHandle SHARED = ValueLayout.JAVA_INT.varHandle();
  private static final int NEEDED = Host.IORING_FEAT_SINGLE_MMAP();
  private static final int SOMETHING_WAITS = Host.IORING_SQ_TASKRUN() | Host.IORING_SQ_CQ_OVERFLOW();
  private static final long NOTHING_TAKEN = -Host.EAGAIN();

  private final NativeCalls calls;
  private final Descriptor descriptor;
  private final Arena lifetime = Arena.ofShared();
  private final boolean asks;
  private final int entries;
  private final long ringsBytes;
  private final MemorySegment rings;
  private final MemorySegment requests;
  private final long requestsHead;
  private final long requestsTail;
  private final long requestsFlags;
  private final long answersHead;
  private final long answersTail;
  private final long answers;
  private final int answersMask;
  private int tail;
  private int head;
  private long token;
  private long result;
  private boolean started;

  /** Takes what io_uring_setup has said. The index that each place of the queue of requests names is its own, for good. */
  private KernelRing(NativeCalls calls, Descriptor descriptor, MemorySegment params, boolean asks) {
    this.calls = calls;
    this.descriptor = descriptor;
    this.asks = asks;
    this.entries = get32(params, io_uring_params.sq_entries);
    int answerCount = get32(params, io_uring_params.cq_entries);
    long sq = io_uring_params.sq_off;
    long cq = io_uring_params.cq_off;
    long indexes = get32(params, sq + io_sqring_offsets.array);
    this.requestsHead = get32(params, sq + io_sqring_offsets.head);
    this.requestsTail = get32(params, sq + io_sqring_offsets.tail);
    this.requestsFlags = get32(params, sq + io_sqring_offsets.flags);
    this.answersHead = get32(params, cq + io_cqring_offsets.head);
    this.answersTail = get32(params, cq + io_cqring_offsets.tail);
    this.answers = get32(params, cq + io_cqring_offsets.cqes);
    this.answersMask = answerCount - 1;
    this.ringsBytes = Math.max(indexes + (long) entries * Integer.BYTES, answers + answerCount * io_uring_cqe.SIZE);
    this.rings = map(ringsBytes, Host.IORING_OFF_SQ_RING());
    try {
      this.requests = map(entries * io_uring_sqe.SIZE, Host.IORING_OFF_SQES());
    } catch (HostError e) {
      calls.syscall(Host.SYS_munmap(), rings.address(), ringsBytes);
      throw e;
    }
    for (int i = 0; i < entries; i++) {
      set32(rings, indexes + (long) i * Integer.BYTES, i);
    }
  }

  /**
   * Makes a ring.
   *
   * @param entries how many requests fit in before they are handed over, a power of two from 1 to 4096. While no more are
   *        under way, no answer is lost
   * @param answered is raised when there is something to {@link #next take}, and also when there is not
   * @return a ring with nothing in it
   * @throws HostError ENOSYS, EPERM where the kernel has none or lets this process have none; EINVAL before Linux 5.10; ENOMEM,
   *         EMFILE, ENFILE
   */
  public static IoRing open(int entries, EventFd answered) { return open(NativeProvider.CALLS, entries, answered); }

  static KernelRing open(NativeCalls calls, int entries, EventFd answered) {
    try {
      return open(calls, entries, answered, ONE_THREAD);
    } catch (HostError e) {
      if (!e.errno().equals(Errno.EINVAL)) {
        throw e;
      }
      return open(calls, entries, answered, PLAIN);
    }
  }

  /** Makes one of a kind: {@link #ONE_THREAD} or {@link #PLAIN}. */
  static KernelRing open(NativeCalls calls, int entries, EventFd answered, long kind) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment params = arena.allocate(io_uring_params.SIZE, Long.BYTES);
      set32(params, io_uring_params.flags, (int) kind);
      Descriptor descriptor = new Descriptor(
          HostError.check(calls.syscall(Host.SYS_io_uring_setup(), entries, params.address()), "io_uring_setup"),
          "io_uring");
      try {
        if ((get32(params, io_uring_params.features) & NEEDED) != NEEDED) {
          throw new HostError("io_uring_setup", Errno.EINVAL);
        }
        MemorySegment event = arena.allocate(ValueLayout.JAVA_INT);
        set32(event, 0, answered.fd());
        HostError.check(calls.syscall(Host.SYS_io_uring_register(), descriptor.fd(), Host.IORING_REGISTER_EVENTFD(),
            event.address(), 1), "IORING_REGISTER_EVENTFD");
        return new KernelRing(calls, descriptor, params, kind == ONE_THREAD);
      } catch (HostError e) {
        descriptor.close();
        throw e;
      }
    }
  }

  private MemorySegment map(long bytes, long offset) {
    long address = HostError.check(calls.syscall(Host.SYS_mmap(), 0, bytes, Host.PROT_READ() | Host.PROT_WRITE(),
        Host.MAP_SHARED(), descriptor.fd(), offset), "mmap of io_uring");
    return calls.view(address, bytes, lifetime);
  }

  @Override
  public void start() {
    if (!started) {
      HostError.check(
          calls.syscall(Host.SYS_io_uring_register(), descriptor.fd(), Host.IORING_REGISTER_ENABLE_RINGS(), 0, 0),
          "IORING_REGISTER_ENABLE_RINGS");
      started = true;
    }
  }

  /** How many were put in and not handed over. */
  private int queued() {
    return tail - (int) SHARED.getAcquire(rings, requestsHead);
  }

  @Override
  public boolean hasRoom() {
    requireOpen();
    return queued() < entries;
  }

  @Override
  public void read(DiskFile file, IoVectors into, long offsetBytes, long its) {
    put(Host.IORING_OP_READV(), file, offsetBytes, into.address(), into.count(), 0, its);
  }

  @Override
  public void write(DiskFile file, IoVectors from, long offsetBytes, boolean durable, long its) {
    put(Host.IORING_OP_WRITEV(), file, offsetBytes, from.address(), from.count(), durable ? Host.RWF_DSYNC() : 0, its);
  }

  @Override
  public void sync(DiskFile file, long its) {
    put(Host.IORING_OP_FSYNC(), file, 0, 0, 0, Host.IORING_FSYNC_DATASYNC(), its);
  }

  @Override
  public void punchHole(DiskFile file, long offsetBytes, long lengthBytes, long its) {
    put(Host.IORING_OP_FALLOCATE(), file, offsetBytes, lengthBytes,
        Host.FALLOC_FL_PUNCH_HOLE() | Host.FALLOC_FL_KEEP_SIZE(), 0, its);
  }

  @Override
  public void zeroRange(DiskFile file, long offsetBytes, long lengthBytes, long its) {
    put(Host.IORING_OP_FALLOCATE(), file, offsetBytes, lengthBytes,
        Host.FALLOC_FL_ZERO_RANGE() | Host.FALLOC_FL_KEEP_SIZE(), 0, its);
  }

  private void put(int operation, DiskFile file, long offset, long address, int length, int flags, long its) {
    if (!hasRoom()) {
      throw new IllegalStateException("more than " + entries + " requests in a ring");
    }
    long at = (tail & entries - 1) * io_uring_sqe.SIZE;
    for (long field = 0; field < io_uring_sqe.SIZE; field += Long.BYTES) {
      set64(requests, at + field, 0);
    }
    set8(requests, at + io_uring_sqe.opcode, (byte) operation);
    set32(requests, at + io_uring_sqe.fd, file.fd());
    set64(requests, at + io_uring_sqe.off, offset);
    set64(requests, at + io_uring_sqe.addr, address);
    set32(requests, at + io_uring_sqe.len, length);
    set32(requests, at + io_uring_sqe.rw_flags, flags);
    set64(requests, at + io_uring_sqe.user_data, its);
    tail++;
  }

  @Override
  public long submit(boolean wait) {
    requireOpen();
    SHARED.setRelease(rings, requestsTail, tail);
    int left = queued();
    boolean waits = wait && isUnanswered();
    if (left == 0 && !waits && ((int) SHARED.getAcquire(rings, requestsFlags) & SOMETHING_WAITS) == 0) {
      return 0;
    }
    long taken;
    do {
      long flags = asks || waits || left == 0 ? Host.IORING_ENTER_GETEVENTS() : 0;
      taken = calls.syscall(Host.SYS_io_uring_enter(), descriptor.fd(), left, waits ? 1 : 0, flags, 0, 0);
      left = queued();
      waits = wait && isUnanswered();
    } while (left > 0 && taken > 0);
    if (left > 0) {
      return taken < 0 ? taken : NOTHING_TAKEN;
    }
    return 0;
  }

  private boolean isUnanswered() { return head == (int) SHARED.getAcquire(rings, answersTail); }

  @Override
  public long takeBack() {
    requireOpen();
    if (queued() == 0) {
      return -1;
    }
    tail--;
    SHARED.setRelease(rings, requestsTail, tail);
    return get64(requests, (tail & entries - 1) * io_uring_sqe.SIZE + io_uring_sqe.user_data);
  }

  @Override
  public boolean next() {
    requireOpen();
    if (isUnanswered()) {
      return false;
    }
    long at = answers + (head & answersMask) * io_uring_cqe.SIZE;
    token = get64(rings, at + io_uring_cqe.user_data);
    result = get32(rings, at + io_uring_cqe.res);
    head++;
    SHARED.setRelease(rings, answersHead, head);
    return true;
  }

  @Override
  public long token() { return token; }

  @Override
  public long result() { return result; }

  /** A view outlives its mapping where JNA makes it. */
  private void requireOpen() {
    if (!descriptor.isOpen()) {
      throw new IllegalStateException("the ring is closed");
    }
  }

  @Override
  public void close() {
    if (descriptor.isOpen()) {
      descriptor.close();
      lifetime.close();
      calls.syscall(Host.SYS_munmap(), rings.address(), ringsBytes);
      calls.syscall(Host.SYS_munmap(), requests.address(), entries * io_uring_sqe.SIZE);
    }
  }
}
