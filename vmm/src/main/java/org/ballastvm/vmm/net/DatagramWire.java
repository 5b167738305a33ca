package org.ballastvm.vmm.net;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.ballastvm.kvm.Epoll;
import org.ballastvm.kvm.HostDatagrams;
import org.ballastvm.kvm.HostError;
import org.ballastvm.kvm.HostSocket;
import org.ballastvm.kvm.IoVectors;
import org.ballastvm.vmm.config.NetdevConfig;
import org.ballastvm.vmm.config.NetdevConfig.Route;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.loop.EventLoop;
import org.ballastvm.vmm.state.SocketFile;

/**
 * {@code -netdev dgram}: each frame is a message. The link is always up, as nobody can see whether somebody is there; what
 * nobody takes is lost. Allocates nothing for a frame.
 */
final class DatagramWire implements Wire {
  /** Empty messages that are passed over at once; whoever sends more of them waits for the loop's next turn. */
  private static final int MOST_EMPTY = 64;

  private final NetdevConfig.Datagrams config;
  private final HostDatagrams socket;
  private final EventLoop.Registration registration;
  private final IoVectors vector = new IoVectors();
  private final MemorySegment buffer = Arena.ofAuto().allocate(MOST_FRAME);
  private final Frame frame = new Frame();
  private Card card = NoCard.INSTANCE;
  private boolean holds;
  private boolean listening;

  /**
   * Opens it.
   *
   * @throws HostError if the host refuses; nothing is left open then
   * @throws UserError if there is no host of a name
   */
  DatagramWire(EventLoop loop, NetdevConfig.Datagrams config) {
    this.config = config;
    this.socket = open(config);
    try {
      registration = loop.register(socket, 0, events -> card.frameWaits(0));
    } catch (RuntimeException e) {
      socket.close();
      deleteSocket();
      throw e;
    }
  }

  private static HostDatagrams open(NetdevConfig.Datagrams config) {
    return switch (config.route()) {
      case Route.Udp udp -> HostDatagrams.udp(HostNames.find(config, udp.local().host()), udp.local().port(),
          HostNames.find(config, udp.remote().host()), udp.remote().port());
      case Route.Unix unix -> HostDatagrams.unix(unix.local(), unix.remote());
      case Route.Group group -> HostDatagrams.multicast(HostNames.find(config, group.group().host()),
          group.group().port(), group.interfaceAddress().map(name -> HostNames.find(config, name)));
      case Route.Given given -> HostDatagrams.inherited(given.number());
    };
  }

  @Override
  public boolean hasHeaders() { return false; }

  @Override
  public void connect(Card to) { card = to; }

  @Override
  public boolean isUp() { return true; }

  @Override
  public boolean canSend(int pair) { return true; }

  @Override
  public void send(int pair, List<MemorySegment> pieces) {
    vector.clear();
    pieces.forEach(vector::add);
    socket.write(vector);
  }

  @Override
  public Frame next(int pair) {
    for (int empty = 0; !holds && empty < MOST_EMPTY; empty++) {
      int length = socket.read(buffer);
      if (length == HostSocket.WOULD_BLOCK) {
        return null;
      }
      if (length > 0) {
        frame.set(buffer, 0, length);
        holds = true;
      }
    }
    return holds ? frame : null;
  }

  @Override
  public void drop(int pair) { holds = false; }

  @Override
  public void listen(int pair, boolean wanted) {
    if (wanted != listening) {
      listening = wanted;
      registration.interest(wanted ? Epoll.IN : 0);
    }
  }

  @Override
  public String describe() {
    return switch (config.route()) {
      case Route.Udp udp -> "udp=" + udp.local().host() + ":" + socket.localPort() + "/" + udp.remote().host() + ":"
          + udp.remote().port();
      case Route.Unix unix -> "udp=" + unix.local() + ":" + unix.remote();
      case Route.Group group -> "mcast=" + group.group().host() + ":" + group.group().port();
      case Route.Given given -> "fd=" + given.number();
    };
  }

  @Override
  public void close() {
    registration.close();
    socket.close();
    deleteSocket();
  }

  private void deleteSocket() {
    if (config.route() instanceof Route.Unix unix) {
      SocketFile.delete(unix.local());
    }
  }
}
