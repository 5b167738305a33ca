package org.ballastvm.vmm.vsock;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;
import org.ballastvm.kvm.Epoll;
import org.ballastvm.kvm.HostError;
import org.ballastvm.kvm.HostSocket;
import org.ballastvm.virtio.vsock.VsockPeer;
import org.ballastvm.vmm.loop.EventLoop;

/** A program's Unix socket at the host's end of a stream. */
final class SocketPeer implements VsockPeer {
  private final HostSocket socket;
  private final boolean asked;
  private final Consumer<SocketPeer> gone;
  private final EventLoop.Registration registration;

  /**
   * A peer, which is heard from now on.
   *
   * @param socket connected; this one's own from now on
   * @param asked whether the program has asked for the stream, and hears by a line that it has it
   * @param ready hears when there is something to read, or room to write again
   * @param gone hears when it is closed
   */
  SocketPeer(EventLoop loop, HostSocket socket, boolean asked, Consumer<SocketPeer> ready, Consumer<SocketPeer> gone) {
    this.socket = socket;
    this.asked = asked;
    this.gone = gone;
    this.registration = loop.register(socket, Epoll.IN | Epoll.OUT | Epoll.EDGE, events -> ready.accept(this));
  }

  @Override
  public int read(MemorySegment into) { return socket.read(into); }

  @Override
  public int write(MemorySegment from) { return socket.write(from); }

  @Override
  public void endOutput() {
    try {
      socket.endOutput();
    } catch (HostError e) {
      // It is gone: the next read says so.
    }
  }

  @Override
  public void accepted(int hostPort) {
    if (asked) {
      try (Arena arena = Arena.ofConfined()) {
        // A socket that nothing was written to has room for a line; one that is gone says so at the next read.
        MemorySegment line = arena.allocateFrom("OK " + Integer.toUnsignedString(hostPort) + "\n");
        socket.write(line.asSlice(0, line.byteSize() - 1));
      }
    }
  }

  @Override
  public void close() {
    gone.accept(this);
    registration.close();
    socket.close();
  }
}
