package org.ballastvm.vmm.chardev;

import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.ballastvm.kvm.HostSocket;
import org.ballastvm.kvm.PassedDescriptor;
import org.ballastvm.kvm.SocketMessage;
import org.ballastvm.vmm.loop.EventLoop;
import org.ballastvm.vmm.state.Log;
import org.ballastvm.vmm.state.MachineScope;
import org.ballastvm.vmm.terminal.AtExit;

/** A chardev whose other end is a socket: one client at a time, and the next one when it has gone, as in QEMU. */
final class SocketChardev implements Chardev, Connections {
  private final EventLoop loop;
  private final String where;
  private final Runnable cleanUp;
  /** Null where we made the connection. */
  private final Acceptor acceptor;
  private final Supplier<HostSocket> connector;
  private HostSocket client;
  private SocketMessage input;
  private StreamLine line;
  private CharFrontend frontend;
  /** Has connections in place of a frontend; null for all but a few. */
  private Consumer<HostSocket> taker;

  /** A chardev that listens. */
  SocketChardev(EventLoop loop, HostSocket listener, String where, Runnable cleanUp) {
    this.loop = loop;
    this.where = where;
    this.cleanUp = cleanUp;
    connector = () -> {
      throw new IllegalStateException(where + " is connected to");
    };
    acceptor = new Acceptor(loop, listener, where, this::open);
  }

  /** A chardev on a connection that somebody else made. */
  SocketChardev(EventLoop loop, HostSocket connection, String where) {
    this(loop, connection, () -> {
      throw new IllegalStateException(where + " is connected to");
    }, where);
  }

  /** A chardev on a connection that we make. */
  SocketChardev(EventLoop loop, Supplier<HostSocket> connector, String where) {
    this(loop, connector.get(), connector, where);
  }

  private SocketChardev(EventLoop loop, HostSocket connection, Supplier<HostSocket> connector, String where) {
    this.connector = connector;
    this.loop = loop;
    this.where = where;
    this.cleanUp = () -> {
      // The other side owns the name.
    };
    this.acceptor = null;
    open(connection);
  }

  /** Waits for the first client; before the event loop runs. */
  void awaitClient() {
    if (client != null) {
      return;
    }
    MachineScope.current().note("ballast: waiting for a client on " + where);
    // There is no machine yet that a signal would close.
    AtExit onSignal = new AtExit("socket", cleanUp);
    acceptor.await();
    onSignal.cancel();
  }

  private void open(HostSocket next) {
    if (taker != null) {
      acceptor.set(false);
      taker.accept(next);
      return;
    }
    client = next;
    input = new SocketMessage();
    line = new StreamLine(loop, new StreamLine.Way(next, into -> receive(next, into)),
        new StreamLine.Way(next, next::write),
        this::clientGone);
    if (acceptor != null) {
      acceptor.set(false);
    }
    if (frontend != null) {
      line.connect(frontend);
      frontend.opened();
      receiveMore();
    }
  }

  /** Descriptors that come take the place of those that nobody has taken. */
  private int receive(HostSocket from, MemorySegment into) {
    int before = input.received();
    int count = input.receive(from, into);
    if (input.received() > before) {
      for (int i = 0; i < before; i++) {
        input.take().close();
      }
    }
    return count;
  }

  @Override
  public Optional<PassedDescriptor> takeDescriptor() {
    return line == null || input.received() == 0 ? Optional.empty() : Optional.of(input.take());
  }

  private void clientGone() {
    client.close();
    client = null;
    input.close();
    line = null;
    if (frontend != null) {
      frontend.closed();
      frontend.drained();
    }
    if (acceptor != null) {
      acceptor.set(true);
    }
  }

  @Override
  public void connect(CharFrontend to) {
    frontend = to;
    if (line != null) {
      line.connect(to);
      to.opened();
      receiveMore();
    }
  }

  @Override
  public Optional<Connections> connections() { return Optional.of(this); }

  @Override
  public void take(Consumer<HostSocket> by) {
    taker = by;
    if (line != null) {
      HostSocket stands = client;
      line.close();
      input.close();
      line = null;
      client = null;
      by.accept(stands);
    }
  }

  @Override
  public void ended() {
    if (acceptor != null) {
      acceptor.set(true);
    }
  }

  @Override
  public boolean isServer() { return acceptor != null; }

  @Override
  public HostSocket connect() { return connector.get(); }

  @Override
  public int sendRoom() { return line == null ? Integer.MAX_VALUE : line.room(); }

  @Override
  public void send(byte[] bytes, int offset, int count) {
    if (line != null) {
      if (!line.takes(count)) {
        Log.of(SocketChardev.class).warn("{}: the client does not read; it is dropped", where);
      }
      line.send(bytes, offset, count);
    }
  }

  @Override
  public void receiveMore() {
    if (line != null) {
      line.receiveMore();
    }
  }

  @Override
  public String describe() { return (line == null && taker == null ? "disconnected:" : "") + where; }

  @Override
  public void close() {
    if (line != null) {
      line.close();
      client.close();
      input.close();
      line = null;
    }
    if (acceptor != null) {
      acceptor.close();
      cleanUp.run();
    }
  }
}
