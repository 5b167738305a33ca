package org.ballastvm.kvm;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.ballastvm.kvm.NativeProvider.CALLS;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Queue;
import org.ballastvm.kvm.generated.Host;
import org.ballastvm.kvm.generated.Offsets.cmsghdr;
import org.ballastvm.kvm.generated.Offsets.iovec;
import org.ballastvm.kvm.generated.Offsets.msghdr;

/**
 * Bytes that go over a Unix socket together with open descriptors: sendmsg(2) and recvmsg(2) with SCM_RIGHTS, unix(7). For
 * one thread at a time.
 *
 * <p>
 * Descriptors that are sent stay open here, and are the caller's until the message has gone. Those that come are closed with
 * this, unless somebody takes them.
 */
public final class SocketMessage implements AutoCloseable {
  /** More than any protocol of ours sends or takes in one message. */
  public static final int MOST_DESCRIPTORS = 16;

  private final Arena arena = Arena.ofShared();
  private final MemorySegment header = arena.allocate(msghdr.SIZE, 8);
  private final MemorySegment piece = arena.allocate(iovec.SIZE, 8);
  private final MemorySegment control = arena.allocate(cmsghdr.SIZE + MOST_DESCRIPTORS * 4L, 8);
  private final Queue<Descriptor> received = new ArrayDeque<>();
  private int sending;

  /** Nothing to send, and nothing that came. */
  public SocketMessage() {}

  /**
   * Sends a file along with the next bytes.
   *
   * @param file what is mapped at the other end
   * @return this
   */
  public SocketMessage with(HostFile file) { return add(file.fd()); }

  /**
   * Sends a counter, a socket or the like along with the next bytes.
   *
   * @param descriptor what the other end uses too from then on
   * @return this
   */
  public SocketMessage with(Pollable descriptor) { return add(descriptor.fd()); }

  private SocketMessage add(int fd) {
    if (sending == MOST_DESCRIPTORS) {
      throw new IllegalStateException("a message takes " + MOST_DESCRIPTORS + " descriptors");
    }
    control.set(JAVA_INT, cmsghdr.SIZE + sending * 4L, fd);
    sending++;
    return this;
  }

  /**
   * Sends bytes, and with the first of them the descriptors that were added; none are left then.
   *
   * @param socket a Unix socket
   * @param from native memory, not empty
   * @return bytes sent, {@link HostSocket#END} or {@link HostSocket#WOULD_BLOCK}; with the last, the descriptors wait for
   *         another call
   */
  public int send(HostSocket socket, MemorySegment from) {
    describe(from);
    if (sending > 0) {
      long length = cmsghdr.SIZE + sending * 4L;
      control.set(JAVA_LONG, cmsghdr.cmsg_len, length);
      control.set(JAVA_INT, cmsghdr.cmsg_level, Host.SOL_SOCKET());
      control.set(JAVA_INT, cmsghdr.cmsg_type, Host.SCM_RIGHTS());
      setControl(length);
    }
    long result = CALLS.syscall(Host.SYS_sendmsg(), socket.fd(), header.address(), Host.MSG_NOSIGNAL());
    if (result > 0) {
      sending = 0;
      return (int) result;
    }
    return result == -Host.EAGAIN() || result == -Host.EINTR() ? HostSocket.WOULD_BLOCK : HostSocket.END;
  }

  /**
   * Receives bytes, and keeps descriptors that come with them. Those that are more than {@link #MOST_DESCRIPTORS} are lost.
   *
   * @param socket a Unix socket
   * @param into native memory, not empty
   * @return bytes read, {@link HostSocket#END} or {@link HostSocket#WOULD_BLOCK}
   */
  public int receive(HostSocket socket, MemorySegment into) {
    describe(into);
    setControl(control.byteSize());
    long result = CALLS.syscall(Host.SYS_recvmsg(), socket.fd(), header.address(), Host.MSG_CMSG_CLOEXEC());
    if (result < 0) {
      return result == -Host.EAGAIN() || result == -Host.EINTR() ? HostSocket.WOULD_BLOCK : HostSocket.END;
    }
    keep(header.get(JAVA_LONG, msghdr.msg_controllen));
    return result == 0 ? HostSocket.END : (int) result;
  }

  /** The kernel is who writes what lies here; still, nothing behind its own length is read. */
  private void keep(long controlBytes) {
    boolean rights = controlBytes >= cmsghdr.SIZE
        && control.get(JAVA_INT, cmsghdr.cmsg_level) == Host.SOL_SOCKET()
        && control.get(JAVA_INT, cmsghdr.cmsg_type) == Host.SCM_RIGHTS();
    long end = rights ? Math.min(control.get(JAVA_LONG, cmsghdr.cmsg_len), control.byteSize()) : 0;
    for (long at = cmsghdr.SIZE; at + 4 <= end; at += 4) {
      received.add(new Descriptor(control.get(JAVA_INT, at), "a descriptor that came over a socket"));
    }
  }

  /** {@return how many descriptors have come and were not taken} */
  public int received() { return received.size(); }

  /**
   * Takes the first descriptor that came, as a file that memory can be mapped from. What it is, nobody has checked.
   *
   * @param what its name for people
   * @return the file, the caller's from now on
   * @throws java.util.NoSuchElementException if none is left
   */
  public HostFile takeFile(String what) {
    Descriptor first = received.remove();
    HostFile file = HostFile.received(first.fd(), what);
    first.release();
    return file;
  }

  /**
   * Takes the first descriptor that came, whatever it is.
   *
   * @return the descriptor, the caller's from now on
   * @throws java.util.NoSuchElementException if none is left
   */
  public PassedDescriptor take() {
    Descriptor first = received.remove();
    PassedDescriptor passed = new PassedDescriptor(first.fd(), first.what());
    first.release();
    return passed;
  }

  /** Closes what came and was not taken. */
  public void closeReceived() {
    received.forEach(Descriptor::close);
    received.clear();
  }

  private void describe(MemorySegment bytes) {
    piece.set(JAVA_LONG, iovec.iov_base, Buffers.address(bytes));
    piece.set(JAVA_LONG, iovec.iov_len, bytes.byteSize());
    header.fill((byte) 0);
    header.set(JAVA_LONG, msghdr.msg_iov, piece.address());
    header.set(JAVA_LONG, msghdr.msg_iovlen, 1);
  }

  private void setControl(long lengthBytes) {
    header.set(JAVA_LONG, msghdr.msg_control, control.address());
    header.set(JAVA_LONG, msghdr.msg_controllen, lengthBytes);
  }

  @Override
  public void close() {
    closeReceived();
    arena.close();
  }
}
