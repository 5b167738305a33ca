package org.ballastvm.vmm.net;

import java.net.InetAddress;
import java.nio.file.Path;
import org.ballastvm.kvm.Epoll;
import org.ballastvm.kvm.HostError;
import org.ballastvm.kvm.HostSocket;
import org.ballastvm.vmm.chardev.Acceptor;
import org.ballastvm.vmm.config.NetdevConfig;
import org.ballastvm.vmm.config.NetdevConfig.Address;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.loop.EventLoop;
import org.ballastvm.vmm.loop.LoopTimer;
import org.ballastvm.vmm.state.Log;
import org.ballastvm.vmm.state.Repeats;
import org.ballastvm.vmm.state.SocketFile;

/**
 * {@code -netdev stream} and {@code socket}: brings connections to a wire, as a server or a client, and another one when one
 * is lost. One at a time: whoever comes meanwhile waits.
 */
final class StreamNetdev implements AutoCloseable {
  private static final long NANOS = 1_000_000_000L;

  private final EventLoop loop;
  private final NetdevConfig.Stream config;
  private final StreamWire wire;
  private final LoopTimer again;
  private final Repeats troubles = new Repeats();
  /** A server's; null for a client. */
  private Acceptor acceptor;
  /** A connection that does not stand yet. */
  private HostSocket pending;
  private EventLoop.Registration pendingWatch;
  private InetAddress host;
  private boolean logged;
  private boolean closed;

  /**
   * Opens it: a server listens when this returns, a client is connected, or tries.
   *
   * @throws HostError if the host refuses; with a time to reconnect, only a server's
   * @throws UserError if there is no host of that name
   */
  StreamNetdev(EventLoop loop, NetdevConfig.Stream config) {
    this.loop = loop;
    this.config = config;
    this.again = new LoopTimer(loop, this::beginToConnect);
    this.wire = new StreamWire(loop, config.server() ? "listening on " + config.address() : "disconnected");
    wire.whenEnded(this::lost);
    try {
      if (config.address() instanceof Address.Inet inet) {
        host = HostNames.find(config, inet.host());
      }
      begin();
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private void begin() {
    if (config.server()) {
      acceptor = new Acceptor(loop, listen(), "netdev " + config.id(), this::letIn);
    } else if (config.reconnectSeconds().isEmpty()) {
      opened(connect());
    } else {
      beginToConnect();
    }
  }

  private HostSocket listen() {
    return config.address() instanceof Address.Inet inet
        ? HostSocket.listenTcp(host, inet.port())
        : HostSocket.listenUnix(path());
  }

  /** At the start, when waiting harms nobody. */
  private HostSocket connect() {
    return switch (config.address()) {
      case Address.Inet inet -> HostSocket.connectTcp(host, inet.port());
      case Address.Unix unix -> HostSocket.connectUnix(unix.path());
      case Address.Given given -> HostSocket.inherited(given.number());
    };
  }

  Wire wire() { return wire; }

  private Path path() { return ((Address.Unix) config.address()).path(); }

  private void opened(HostSocket socket) {
    logged = false;
    wire.open(socket, (config.server() ? "client of " : "connected to ") + config.address());
  }

  private void letIn(HostSocket client) {
    acceptor.set(false);
    try {
      opened(client);
    } catch (HostError e) {
      acceptor.set(true); // after its pause
      throw e;
    }
  }

  private void lost(String why) {
    if (closed) {
      return;
    }
    log(why + (config.server()
        ? "; it waits for another"
        : config.reconnectSeconds().isPresent() ? "; it is tried anew" : "; its link stays down"));
    if (config.server()) {
      acceptor.set(true);
    } else {
      later();
    }
  }

  private void later() { config.reconnectSeconds().ifPresent(seconds -> again.once(seconds * NANOS)); }

  private void beginToConnect() {
    try {
      if (config.address() instanceof Address.Inet inet) {
        pending = HostSocket.beginToConnectTcp(host, inet.port());
        pendingWatch = loop.register(pending, Epoll.OUT, events -> connected());
      } else {
        opened(HostSocket.connectUnix(path()));
      }
    } catch (HostError e) {
      failed(e);
    }
  }

  private void connected() {
    HostSocket socket = pending;
    pendingWatch.close();
    pending = null;
    socket.connectionFailure().ifPresentOrElse(why -> {
      socket.close();
      failed(why);
    }, () -> opened(socket));
  }

  private void failed(HostError why) {
    if (!logged) {
      log(why.getMessage() + "; it is tried anew every " + config.reconnectSeconds().orElse(0) + " seconds");
    }
    logged = true;
    later();
  }

  private void log(String sentence) {
    if (troubles.isLogged()) {
      Log.of(StreamNetdev.class).warn("netdev {}: {}{}", config.id(), sentence, troubles.words());
    }
  }

  @Override
  public void close() {
    closed = true;
    again.close();
    if (pending != null) {
      pendingWatch.close();
      pending.close();
    }
    if (acceptor != null) {
      acceptor.close();
      if (config.address() instanceof Address.Unix unix) {
        SocketFile.delete(unix.path());
      }
    }
    wire.close();
  }
}
