package org.ballastvm.vmm.vhostuser;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.ballastvm.kvm.HostSocket;
import org.ballastvm.vmm.chardev.Chardev;
import org.ballastvm.vmm.chardev.Connections;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.loop.EventLoop;

/** A back-end at the other end of a chardev, whichever of both listens. */
public final class ChardevSource implements BackendSource {
  private static final long WAIT_MILLIS = 1000;

  private final EventLoop loop;
  private final Connections connections;
  private final Runnable released;
  private final LinkedBlockingQueue<HostSocket> came = new LinkedBlockingQueue<>();
  private boolean closed;

  /**
   * Takes a chardev's connections. On the event loop.
   *
   * @param loop where that is
   * @param id of the chardev
   * @param chardev the chardev
   * @param released runs when this is closed
   * @throws UserError if it is no socket
   */
  public ChardevSource(EventLoop loop, String id, Chardev chardev, Runnable released) {
    this.loop = loop;
    this.connections = chardev.connections().orElseThrow(
        () -> new UserError("chardev=" + id + ": must be a plain socket, with a back-end at the other end"));
    this.released = released;
    connections.take(this::take);
  }

  private synchronized void take(HostSocket next) {
    if (closed) {
      next.close();
    } else {
      came.add(next);
    }
  }

  @Override
  public HostSocket first() {
    HostSocket there = came.poll();
    if (there == null && connections.isServer()) {
      throw new UserError("no back-end has connected to the chardev yet; give it wait=on, or start the back-end first");
    }
    return there == null ? connections.connect() : there;
  }

  @Override
  public HostSocket next() throws InterruptedException {
    if (!connections.isServer()) {
      return connections.connect();
    }
    HostSocket there = came.poll();
    if (there == null) {
      loop.post(connections::ended);
      there = came.poll(WAIT_MILLIS, TimeUnit.MILLISECONDS);
    }
    return there;
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      came.forEach(HostSocket::close);
      connections.ended();
      released.run();
    }
  }
}
