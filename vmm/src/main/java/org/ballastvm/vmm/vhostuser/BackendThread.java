package org.ballastvm.vmm.vhostuser;

import java.util.function.Consumer;
import org.ballastvm.kvm.HostError;
import org.ballastvm.kvm.HostSocket;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.state.Log;
import org.ballastvm.vmm.state.Repeats;

/**
 * Looks for another back-end, once a second, and agrees with it on the protocol: whoever is silent keeps this thread waiting
 * and nobody else. Ends when there is one.
 */
final class BackendThread {
  private static final long PAUSE_MILLIS = 1000;

  private final String name;
  private final BackendSource source;
  private final Consumer<UserSession> found;
  private final Repeats failures = new Repeats();
  private final Thread thread;

  /**
   * Starts to look.
   *
   * @param name of the device
   * @param source gives connections
   * @param found has the session, and closes it if it has no use for it; on this thread
   */
  BackendThread(String name, BackendSource source, Consumer<UserSession> found) {
    this.name = name;
    this.source = source;
    this.found = found;
    this.thread = Thread.ofPlatform().daemon().name("vhost-user-" + name).start(this::look);
  }

  private void look() {
    try {
      UserSession session = attempt();
      while (session == null) {
        Thread.sleep(PAUSE_MILLIS);
        session = attempt();
      }
      found.accept(session);
    } catch (InterruptedException e) {
      // The device goes.
    }
  }

  private UserSession attempt() throws InterruptedException {
    try {
      HostSocket socket = source.next();
      return socket == null ? null : new UserSession(socket, UserConnection.PATIENCE);
    } catch (HostError nobody) {
      return null; // Nobody listens yet.
    } catch (BackendError | UserError e) {
      if (failures.isLogged()) {
        Log.of(BackendThread.class).warn("{}: a back-end has come that cannot be used: {}{}", name, e.getMessage(),
            failures.words());
      }
      return null;
    }
  }

  /** Ends it, and waits for that. */
  void end() {
    thread.interrupt();
    try {
      thread.join(UserConnection.PATIENCE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
