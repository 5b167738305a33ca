package org.ballastvm.vmm.vsock;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.ballastvm.kvm.Epoll;
import org.ballastvm.kvm.HostError;
import org.ballastvm.kvm.HostSocket;
import org.ballastvm.virtio.vsock.VsockDevice;
import org.ballastvm.virtio.vsock.VsockHost;
import org.ballastvm.virtio.vsock.VsockPeer;
import org.ballastvm.vmm.chardev.Acceptor;
import org.ballastvm.vmm.loop.EventLoop;
import org.ballastvm.vmm.state.Log;

/**
 * Where a guest's sockets lead on a host whose kernel does not know them: a program connects to a Unix socket, writes
 * {@code CONNECT PORT} and reads {@code OK HOSTPORT}; a guest that connects to a port of the host reaches who listens at the
 * socket's name, an underscore and the port. These are Firecracker's words.
 */
public final class UnixSockets implements VsockHost, AutoCloseable {
  /** So many programs may be about to say which port they want; the next ones wait. */
  static final int MOST_GREETING = 64;

  private final EventLoop loop;
  private final Path path;
  private final Acceptor acceptor;
  private final Set<Client> greeting = ConcurrentHashMap.newKeySet();
  private final Set<SocketPeer> peers = ConcurrentHashMap.newKeySet();
  private VsockDevice device;
  private boolean paused;

  /**
   * Listens.
   *
   * @param loop where all of it is done
   * @param path the socket, which belongs to its owner alone, and goes when this closes
   * @throws HostError EADDRINUSE, EACCES, ENOENT, ENAMETOOLONG; nothing is left then
   */
  public UnixSockets(EventLoop loop, Path path) {
    this.loop = loop;
    this.path = path;
    this.acceptor = new Acceptor(loop, HostSocket.listenUnix(path), path.toString(), this::came);
  }

  /**
   * Has a device, before a driver is there.
   *
   * @param its the streams' other end
   */
  public void serve(VsockDevice its) { device = its; }

  /** A program that has not said yet which port it wants. */
  private final class Client {
    private final HostSocket socket;
    private final Greeting line = new Greeting();
    private final EventLoop.Registration registration;

    Client(HostSocket socket) {
      this.socket = socket;
      registration = loop.register(socket, Epoll.IN, events -> said());
    }

    private void said() {
      if (line.read(socket)) {
        registration.close();
        forget(this);
        ask(socket, line.port());
      }
    }

    private void close() {
      registration.close();
      socket.close();
    }
  }

  private void came(HostSocket socket) {
    greeting.add(new Client(socket));
    acceptor.set(greeting.size() < MOST_GREETING);
  }

  private void forget(Client client) {
    greeting.remove(client);
    acceptor.set(true);
  }

  private void ask(HostSocket socket, OptionalInt guestPort) {
    if (guestPort.isEmpty()) {
      socket.close();
      return;
    }
    SocketPeer peer = listenTo(socket, true);
    if (device.ask(peer, guestPort.getAsInt()).isEmpty()) {
      peer.close();
    }
  }

  private SocketPeer listenTo(HostSocket socket, boolean asked) {
    try {
      SocketPeer peer = new SocketPeer(loop, socket, asked, this::ready, peers::remove);
      peers.add(peer);
      return peer;
    } catch (HostError e) {
      socket.close();
      throw e;
    }
  }

  @Override
  public Optional<VsockPeer> connect(int port) {
    Path name = path.resolveSibling(path.getFileName() + "_" + Integer.toUnsignedString(port));
    try {
      return Optional.of(listenTo(HostSocket.connectUnix(name), false));
    } catch (HostError e) {
      // The guest hears that nobody is there, which it can ask for ever: no line for each.
      Log.of(UnixSockets.class).debug("{}: {}", name, e.getMessage());
      return Optional.empty();
    }
  }

  private void ready(SocketPeer peer) {
    if (!paused) {
      device.ready(peer);
    }
  }

  /**
   * The machine stands, or goes on. While it stands, nothing is written to its memory. On the event loop.
   *
   * @param stands which of both
   */
  public void pause(boolean stands) {
    paused = stands;
    if (!stands) {
      peers.forEach(device::ready);
    }
  }

  /** Streams are the device's, and end with it. */
  @Override
  public void close() {
    acceptor.close();
    greeting.forEach(Client::close);
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      Log.of(UnixSockets.class).warn("the socket {} stays behind: {}", path, e.toString());
    }
  }
}
