package org.ballastvm.vmm.chardev;

import java.util.function.Consumer;
import org.ballastvm.kvm.Epoll;
import org.ballastvm.kvm.HostError;
import org.ballastvm.kvm.HostSocket;
import org.ballastvm.vmm.loop.EventLoop;
import org.ballastvm.vmm.loop.LoopTimer;
import org.ballastvm.vmm.state.Log;

/**
 * Accepts the clients of a listening socket while it is open.
 *
 * <p>
 * A client that the host refuses, most likely as there are no more descriptors, stays in the queue: it is logged once,
 * and tried again each second, since the kernel would report it at every turn of the event loop.
 */
public final class Acceptor implements AutoCloseable {
  private static final long PAUSE_NANOS = 1_000_000_000;

  private final HostSocket socket;
  private final String where;
  private final Consumer<HostSocket> taker;
  private final EventLoop.Registration registration;
  private final LoopTimer again;
  private boolean open = true;
  private boolean refused;

  /**
   * One that is open.
   *
   * @param loop accepts
   * @param socket listens, and is this one's own from now on
   * @param where whose clients they are, for the log
   * @param taker has each client from then on; if it throws, the client is closed
   */
  public Acceptor(EventLoop loop, HostSocket socket, String where, Consumer<HostSocket> taker) {
    this.socket = socket;
    this.where = where;
    this.taker = taker;
    registration = loop.register(socket, Epoll.IN, events -> tryToLetIn());
    again = new LoopTimer(loop, () -> set(open));
  }

  /**
   * Opens or closes it. Clients that come while it is closed wait.
   *
   * @param toBeOpen whether clients are accepted from now on
   */
  public void set(boolean toBeOpen) {
    open = toBeOpen;
    registration.interest(open ? Epoll.IN : 0);
  }

  /** Waits for the first client; before the event loop runs. */
  void await() {
    try (Epoll epoll = Epoll.create()) {
      epoll.add(socket, Epoll.IN, 0);
      do {
        epoll.await(-1);
      } while (!letIn());
    }
  }

  private void tryToLetIn() {
    try {
      letIn();
      refused = false;
    } catch (HostError e) {
      if (!refused) {
        Log.of(Acceptor.class).warn("{}: a client cannot be accepted, and is tried again each second: {}", where,
            e.getMessage());
      }
      refused = true;
      registration.interest(0);
      again.once(PAUSE_NANOS);
    }
  }

  /** Whether there was one; it may have gone again. */
  private boolean letIn() {
    HostSocket client = socket.accept();
    if (client == null) {
      return false;
    }
    try {
      taker.accept(client);
    } catch (HostError e) {
      client.close();
      throw e;
    }
    return true;
  }

  @Override
  public void close() {
    again.close();
    registration.close();
    socket.close();
  }
}
