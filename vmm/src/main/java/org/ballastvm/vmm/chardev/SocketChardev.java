package org.ballastvm.vmm.chardev;

import org.ballastvm.kvm.Epoll;
import org.ballastvm.kvm.HostError;
import org.ballastvm.kvm.HostSocket;
import org.ballastvm.vmm.Log;
import org.ballastvm.vmm.event.EventLoop;

/** A chardev whose other end is a socket: one client at a time, and the next one when it has gone, as in QEMU. */
final class SocketChardev implements Chardev {

  private final EventLoop loop;
  private final HostSocket listener;
  private final String where;
  private final Runnable cleanUp;
  private EventLoop.Registration listening;
  private HostSocket client;
  private StreamLine line;
  private CharFrontend frontend;

  /** A chardev that listens. */
  SocketChardev(EventLoop loop, HostSocket listener, String where, Runnable cleanUp) {
    this.loop = loop;
    this.listener = listener;
    this.where = where;
    this.cleanUp = cleanUp;
    listening = loop.register(listener, Epoll.IN, events -> accept());
  }

  /** A chardev on a connection that we made. */
  SocketChardev(EventLoop loop, HostSocket connection, String where) {
    this.loop = loop;
    this.listener = null;
    this.where = where;
    this.cleanUp = () -> {
      // The other side owns the name.
    };
    open(connection);
  }

  /** Waits for the first client; before the event loop runs. */
  void awaitClient() {
    if (client != null) {
      return;
    }
    System.err.println("ballast: waiting for a client on " + where);
    // There is no machine yet that a signal would close.
    Thread onSignal = new Thread(cleanUp, "socket");
    Runtime.getRuntime().addShutdownHook(onSignal);
    try (Epoll epoll = Epoll.create()) {
      epoll.add(listener, Epoll.IN, 0);
      while (client == null) {
        epoll.await(-1);
        accept();
      }
    }
    Runtime.getRuntime().removeShutdownHook(onSignal);
  }

  private void accept() {
    try {
      HostSocket next = listener.accept();
      if (next != null) {
        open(next);
      }
    } catch (HostError e) {
      Log.of(SocketChardev.class).warn("{}: a client could not be accepted: {}", where, e.getMessage());
    }
  }

  private void open(HostSocket next) {
    client = next;
    line = new StreamLine(loop, new StreamLine.Way(next, next::read), new StreamLine.Way(next, next::write),
        this::clientGone);
    if (listening != null) {
      listening.interest(0);
    }
    if (frontend != null) {
      line.connect(frontend);
      frontend.opened();
      receiveMore();
    }
  }

  private void clientGone() {
    client.close();
    client = null;
    line = null;
    if (frontend != null) {
      frontend.closed();
      frontend.drained();
    }
    if (listening != null) {
      listening.interest(Epoll.IN);
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
  public String describe() { return (line == null ? "disconnected:" : "") + where; }

  @Override
  public void close() {
    if (line != null) {
      line.close();
      client.close();
      line = null;
    }
    if (listening != null) {
      listening.close();
      listener.close();
      cleanUp.run();
    }
  }
}
