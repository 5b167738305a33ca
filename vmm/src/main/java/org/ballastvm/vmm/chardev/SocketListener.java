package org.ballastvm.vmm.chardev;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Function;
import org.ballastvm.kvm.HostError;
import org.ballastvm.kvm.HostSocket;
import org.ballastvm.vmm.loop.EventLoop;
import org.ballastvm.vmm.state.SocketFile;

/** A Unix socket that serves many clients at once, each with a frontend of its own; a chardev serves one at a time. */
public final class SocketListener implements AutoCloseable {
  /** The next one waits until somebody leaves. */
  static final int MOST_CLIENTS = 32;

  private final EventLoop loop;
  private final Path path;
  private final Function<Chardev, CharFrontend> frontends;
  private final Acceptor acceptor;
  private final Set<SocketChardev> clients = new HashSet<>();

  /**
   * Listens.
   *
   * @param loop where clients are served
   * @param path the socket: it belongs to its owner alone, and goes when this closes
   * @param frontends makes what a new client talks to
   * @throws HostError EADDRINUSE, EACCES, ENOSPC, ENAMETOOLONG
   */
  public SocketListener(EventLoop loop, Path path, Function<Chardev, CharFrontend> frontends) {
    this.loop = loop;
    this.path = path;
    this.frontends = frontends;
    acceptor = new Acceptor(loop, HostSocket.listenUnix(path), path.toString(), this::serve);
  }

  private void serve(HostSocket next) {
    SocketChardev client = new SocketChardev(loop, next, "unix:" + path);
    clients.add(client);
    acceptor.set(clients.size() < MOST_CLIENTS);
    client.connect(new Served(frontends.apply(client), client));
  }

  @Override
  public void close() {
    acceptor.close();
    new ArrayList<>(clients).forEach(SocketChardev::close);
    SocketFile.delete(path);
  }

  /** One client's frontend; when the client has gone, there is room for another. */
  private final class Served implements CharFrontend {
    private final CharFrontend frontend;
    private final SocketChardev client;

    Served(CharFrontend frontend, SocketChardev client) {
      this.frontend = frontend;
      this.client = client;
    }

    @Override
    public int room() { return frontend.room(); }

    @Override
    public void receive(byte[] bytes, int offset, int count) { frontend.receive(bytes, offset, count); }

    @Override
    public void opened() { frontend.opened(); }

    @Override
    public void closed() {
      frontend.closed();
      clients.remove(client);
      acceptor.set(true);
    }

    @Override
    public void drained() { frontend.drained(); }
  }
}
