package org.ballastvm.vmm.net;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ballastvm.kvm.Epoll;
import org.ballastvm.kvm.HostError;
import org.ballastvm.kvm.HostSocket;
import org.ballastvm.kvm.HostTap;
import org.ballastvm.kvm.IoVectors;
import org.ballastvm.kvm.Vhost;
import org.ballastvm.virtio.net.NetFeature;
import org.ballastvm.vmm.config.NetdevConfig;
import org.ballastvm.vmm.loop.EventLoop;
import org.ballastvm.vmm.state.Log;
import org.ballastvm.vmm.state.Repeats;
import org.ballastvm.vmm.vhost.Backend;
import org.ballastvm.vmm.vhost.VhostNet;

/** {@code -netdev tap}: an interface of the host, with one queue for each pair of the card's. Allocates nothing for a frame. */
final class TapWire implements Wire {
  private final EventLoop loop;
  private final NetdevConfig.Tap config;
  private final List<Queue> queues = new ArrayList<>();
  private final IoVectors vector = new IoVectors();
  private final Repeats refusals = new Repeats();
  private Optional<VhostNet> vhost = Optional.empty();
  private Card card = NoCard.INSTANCE;
  private long offloads = -1;
  private int used;
  private boolean gone;

  /** A queue of the interface, and the frame that was read from it last. */
  private final class Queue {
    private final HostTap tap;
    private final MemorySegment buffer = Arena.ofAuto().allocate(HostTap.HEADER_BYTES + MOST_FRAME);
    private final Frame frame = new Frame();
    private final EventLoop.Registration registration;
    private boolean holds;
    private boolean listening;
    private boolean attached = true;

    Queue(EventLoop loop, HostTap tap, int pair) {
      this.tap = tap;
      registration = loop.register(tap, 0, events -> ready(pair, events));
    }

    private void ready(int pair, int events) {
      if ((events & (Epoll.HUP | Epoll.ERR)) != 0) {
        interfaceGone();
      } else {
        card.frameWaits(pair);
      }
    }

    Frame next() {
      if (!holds) {
        int length = tap.read(buffer);
        if (length == HostSocket.END) {
          interfaceGone();
        }
        if (length < 0) {
          return null;
        }
        frame.set(buffer, 0, length);
        holds = true;
      }
      return frame;
    }

    void listen(boolean wanted) {
      if (wanted != listening) {
        listening = wanted;
        registration.interest(wanted ? Epoll.IN : 0);
      }
    }

    void close() {
      registration.close();
      tap.close();
    }
  }

  /**
   * Opens the interface.
   *
   * @throws HostError if the host refuses; nothing is left open then
   */
  TapWire(EventLoop loop, NetdevConfig.Tap config) {
    this.loop = loop;
    this.config = config;
    try {
      String name = null;
      for (int pair = 0; pair < config.queues(); pair++) {
        HostTap tap = config.descriptors().isEmpty()
            ? HostTap.open(name == null ? config.interfaceName() : Optional.of(name), config.queues() > 1)
            : HostTap.inherited(config.descriptors().get(pair));
        name = tap.name();
        queues.add(open(loop, tap, pair));
      }
      vhost = config.vhost().map(this::openVhost);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
    used = queues.size();
  }

  private Queue open(EventLoop loop, HostTap tap, int pair) {
    try {
      return new Queue(loop, tap, pair);
    } catch (RuntimeException e) {
      tap.close();
      throw e;
    }
  }

  private VhostNet openVhost(NetdevConfig.Vhost wanted) {
    List<Vhost> devices = VhostNet.open(queues.size(), wanted.descriptors());
    try {
      return new VhostNet(config.id(), loop, devices, queues.stream().map(queue -> queue.tap).toList());
    } catch (RuntimeException e) {
      devices.forEach(Vhost::close);
      throw e;
    }
  }

  @Override
  public Optional<Backend> backend() { return vhost.map(backend -> backend); }

  /** Somebody has deleted it. */
  private void interfaceGone() {
    if (!gone) {
      gone = true;
      queues.forEach(queue -> queue.registration.close());
      Log.of(TapWire.class).error("netdev {}: the interface {} is gone; its link stays down", config.id(), name());
      loop.post(() -> card.linkChanged(false));
    }
  }

  private String name() { return queues.getFirst().tap.name(); }

  @Override
  public boolean hasHeaders() { return queues.stream().allMatch(queue -> queue.tap.hasHeaders()); }

  @Override
  public void connect(Card to) { card = to; }

  @Override
  public boolean isUp() { return !gone; }

  @Override
  public boolean canSend(int pair) { return true; }

  @Override
  public void send(int pair, List<MemorySegment> pieces) {
    vector.clear();
    pieces.forEach(vector::add);
    queues.get(pair).tap.write(vector);
  }

  @Override
  public Frame next(int pair) { return gone ? null : queues.get(pair).next(); }

  @Override
  public void drop(int pair) { queues.get(pair).holds = false; }

  @Override
  public void listen(int pair, boolean wanted) {
    if (!gone) {
      queues.get(pair).listen(wanted);
    }
  }

  @Override
  public void offload(long features) {
    if (features == offloads || gone || !hasHeaders()) {
      return;
    }
    offloads = features;
    List<HostTap.Offload> all = new ArrayList<>();
    if (NetFeature.GUEST_CSUM.in(features)) {
      all.add(HostTap.Offload.CSUM);
      add(all, features, NetFeature.GUEST_TSO4, HostTap.Offload.TSO4);
      add(all, features, NetFeature.GUEST_TSO6, HostTap.Offload.TSO6);
      add(all, features, NetFeature.GUEST_ECN, HostTap.Offload.TSO_ECN);
    }
    try {
      queues.getFirst().tap.offload(all.toArray(HostTap.Offload[]::new));
    } catch (HostError e) {
      refused(e);
    }
  }

  private static void add(List<HostTap.Offload> all, long features, NetFeature feature, HostTap.Offload offload) {
    if (feature.in(features)) {
      all.add(offload);
    }
  }

  @Override
  public void usePairs(int count) {
    if (count == used || queues.size() == 1 || gone) {
      return;
    }
    used = count;
    for (int pair = 0; pair < queues.size(); pair++) {
      Queue queue = queues.get(pair);
      if (queue.attached != pair < count) {
        queue.attached = pair < count;
        try {
          queue.tap.attach(queue.attached);
        } catch (HostError e) {
          refused(e);
        }
      }
    }
  }

  private void refused(HostError error) {
    if (refusals.isLogged()) {
      Log.of(TapWire.class).warn("netdev {}: {}{}", config.id(), error.getMessage(), refusals.words());
    }
  }

  @Override
  public String describe() {
    return config.descriptors().isEmpty()
        ? "ifname=" + name() + ",script=no,downscript=no"
        : "fd=" + config.descriptors().getFirst() + ",ifname=" + name();
  }

  @Override
  public void close() {
    vhost.ifPresent(VhostNet::close);
    queues.forEach(Queue::close);
  }
}
