package org.ballastvm.virtio.net;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.OptionalLong;
import java.util.function.IntConsumer;
import org.ballastvm.virtio.QueueServer;
import org.ballastvm.virtio.RequestQueue;
import org.ballastvm.virtio.VirtioDevice;
import org.ballastvm.virtio.queue.DescriptorChain;
import org.ballastvm.virtio.queue.GuestError;

/**
 * The network card. Virtio 1.3, 5.1.
 *
 * <p>
 * A pair of queues, or several, carries frames; one more carries commands. Whoever is at the other end of the wire is a
 * {@link NetPeer}; that frames wait there, or that there is room again, the transport is told as if the driver had rung.
 */
public final class NetDevice implements VirtioDevice {
  private static final int TYPE = 1;
  /** Ethernet. */
  private static final int PCI_CLASS = 0x020000;
  private static final int CONTROL_QUEUE_SIZE = 64;
  private static final int MOST_COMMANDS = 16;
  private static final int OK = 0;
  private static final int ERR = 1;

  private static final long ALWAYS = NetFeature.bits(NetFeature.MAC, NetFeature.MRG_RXBUF, NetFeature.STATUS,
      NetFeature.CTRL_VQ, NetFeature.CTRL_RX, NetFeature.CTRL_RX_EXTRA, NetFeature.GUEST_ANNOUNCE,
      NetFeature.CTRL_MAC_ADDR);
  private static final long GUEST_OFFLOADS = NetFeature.bits(NetFeature.GUEST_CSUM, NetFeature.GUEST_TSO4,
      NetFeature.GUEST_TSO6, NetFeature.GUEST_ECN);
  private static final long WITH_HEADERS = GUEST_OFFLOADS | NetFeature.bits(NetFeature.CSUM, NetFeature.HOST_TSO4,
      NetFeature.HOST_TSO6, NetFeature.HOST_ECN, NetFeature.CTRL_GUEST_OFFLOADS);

  /**
   * What a driver, and who set the link, have made of it.
   *
   * @param mac the address that the driver uses
   * @param filter which frames it wants
   * @param pairs how many pairs of queues it uses
   * @param offloads which of the offloads that it agreed on are on; all of them when empty
   * @param linkSet whether a user lets the link be up, which outlives a reset
   * @param announcing whether the driver is asked to make itself known
   */
  public record State(MacAddress mac, RxState filter, int pairs, OptionalLong offloads, boolean linkSet,
      boolean announcing) implements VirtioDevice.State {}

  private final NetConfig config;
  private final NetPeer peer;
  private final QueueServer server;
  private final NetConfigSpace space;
  private final RxFilter filter = new RxFilter();
  private final Receiver[] receivers;
  private final Sender[] senders;
  private final RequestQueue commands = new RequestQueue(MOST_COMMANDS, System::nanoTime, this::answer);
  private final Receiver.Gate gate = this::lets;
  private ConfigNotifier transport;
  private Context context;
  private MacAddress mac;
  private int pairs;
  private OptionalLong offloads;
  private boolean linkSet = true;
  private boolean paused;
  /** Whether the last ring of the peer's came to the driver. */
  private boolean served;

  /**
   * A card.
   *
   * @param config what it is made of
   * @param peer the other end of its wire
   */
  public NetDevice(NetConfig config, NetPeer peer) { this(config, peer, QueueServer.NONE); }

  /**
   * A card whose frames are moved by somebody else.
   *
   * @param config what it is made of
   * @param peer the other end of its wire
   * @param server moves frames between the peer and queues that are its, while the link is up
   */
  public NetDevice(NetConfig config, NetPeer peer, QueueServer server) {
    this.config = config;
    this.peer = peer;
    this.server = server;
    this.space = new NetConfigSpace(config);
    this.receivers = new Receiver[config.pairs()];
    this.senders = new Sender[config.pairs()];
    for (int pair = 0; pair < config.pairs(); pair++) {
      receivers[pair] = new Receiver(pair, config.rxQueueSize(), peer);
      senders[pair] = new Sender(pair, peer);
    }
    restore(powerOn());
  }

  /** {@return how it is after power-on, with the link as its user has set it} */
  public State powerOn() {
    return new State(config.mac(), RxState.POWER_ON, 1, OptionalLong.empty(), linkSet, false);
  }

  @Override
  public int type() { return TYPE; }

  @Override
  public String name() { return "virtio-net"; }

  @Override
  public int pciClass() { return PCI_CLASS; }

  @Override
  public void attached(ConfigNotifier by) { transport = by; }

  @Override
  public QueueServer server() { return server; }

  @Override
  public long features() { return own() & (server.features() | ~NetFeature.MRG_RXBUF.bit()); }

  private long own() {
    return ALWAYS | (peer.hasHeaders() ? WITH_HEADERS : 0) | (config.mtu().isPresent() ? NetFeature.MTU.bit() : 0)
        | (config.pairs() > 1 ? NetFeature.MQ.bit() : 0);
  }

  @Override
  public int queueCount() { return 2 * config.pairs() + 1; }

  @Override
  public int queueSize(int queue) {
    return queue == queueCount() - 1
        ? CONTROL_QUEUE_SIZE
        : queue % 2 == 0 ? config.rxQueueSize() : config.txQueueSize();
  }

  @Override
  public int configBytes() { return NetConfigSpace.BYTES; }

  @Override
  public long configRead(int offset) { return space.read(offset); }

  @Override
  public void start(Context driver) {
    context = driver;
    follow();
  }

  @Override
  public void reset() { restore(powerOn()); }

  @Override
  public State state() { return new State(mac, filter.state(), pairs, offloads, linkSet, space.isAnnouncing()); }

  @Override
  public void restore(VirtioDevice.State state) {
    State was = (State) state;
    context = null;
    mac = was.mac();
    filter.restore(was.filter());
    pairs = was.pairs();
    offloads = was.offloads();
    linkSet = was.linkSet();
    space.mac(mac);
    space.announcing(was.announcing());
    space.linkUp(linkSet && peer.isUp());
    follow();
  }

  /** Has the peer be what the driver has asked for; while there is none, frames wait at the other end. */
  private void follow() {
    peer.offload(context == null ? 0 : offloads.orElse(context.features() & GUEST_OFFLOADS));
    peer.usePairs(pairs);
    for (int pair = context == null ? 0 : pairs; pair < config.pairs(); pair++) {
      peer.listen(pair, false);
    }
  }

  @Override
  public void queueReady(int queue) {
    if (queue == controlQueue()) {
      commands.serve(context, queue);
    } else if (isServers(queue) && space.isLinkUp()) {
      return; // While the machine stands, or its server has it no more.
    } else if (queue < 2 * usablePairs() && queue % 2 == 1) {
      senders[queue / 2].serve(context, space.isLinkUp());
    } else if (queue < 2 * pairs && !paused) {
      receivers[queue / 2].serve(context, gate);
      served = true;
    }
  }

  private boolean isServers(int queue) { return queue < server.queues() && server.serves(queue, context.features()); }

  /**
   * The card as the peer sees it.
   *
   * @param doorbell rings a queue as the driver would, under the lock of the transport
   * @return what is notified of frames, room and link
   */
  public NetPeer.Card card(IntConsumer doorbell) {
    return new NetPeer.Card() {
      @Override
      public void frameWaits(int pair) {
        served = false;
        doorbell.accept(2 * pair);
        if (!served) { // No driver that could take it: it would be notified of this for ever.
          peer.listen(pair, false);
        }
      }

      @Override
      public void roomToSend(int pair) { doorbell.accept(2 * pair + 1); }

      @Override
      public void linkChanged(boolean up) { linkMayHaveChanged(); }
    };
  }

  /**
   * The machine stands, or goes on. While it stands, nothing is written to its memory: frames wait at the other end. On the
   * event loop.
   *
   * @param stands which of both
   * @param doorbell rings a queue as the driver would, under the lock of the transport
   */
  public void pause(boolean stands, IntConsumer doorbell) {
    paused = stands;
    transport.letServe(!paused && space.isLinkUp());
    for (int pair = 0; pair < config.pairs(); pair++) {
      if (stands) {
        peer.listen(pair, false);
      } else {
        doorbell.accept(2 * pair);
      }
    }
  }

  /** Where commands come: behind all pairs that there can be, or behind the first for a driver that knows one. 5.1.2 */
  private int controlQueue() {
    return 2 * usablePairs();
  }

  private int usablePairs() { return NetFeature.MQ.in(context.features()) ? config.pairs() : 1; }

  private boolean lets(long destination) { return space.isLinkUp() && filter.accepts(destination, mac.bits()); }

  private int answer(DescriptorChain request) {
    if (request.writableBytes() < 1 || request.readableBytes() < NetCommand.HEADER_BYTES) {
      throw new GuestError("queue " + controlQueue() + ": a command of " + request.readableBytes()
          + " bytes with room for " + request.writableBytes() + " of answer; it must have "
          + NetCommand.HEADER_BYTES + " at least, and room for 1");
    }
    context.memory().putByte(request.address(request.readableCount()), done(request) ? OK : ERR);
    return 1;
  }

  private boolean done(DescriptorChain request) {
    if (request.readableBytes() > NetCommand.MOST_BYTES) {
      return false;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocate(request.readableBytes());
      long at = 0;
      for (int i = 0; i < request.readableCount(); i++) {
        context.memory().read(request.address(i), bytes, at, request.lengthBytes(i));
        at += request.lengthBytes(i);
      }
      return carryOut(NetCommand.parse(bytes));
    }
  }

  /** Does what a command asks for; false for one that it refuses. */
  private boolean carryOut(NetCommand command) {
    return switch (command) {
      case NetCommand.SetMode(RxMode mode, boolean on) -> {
        filter.restore(filter.state().with(mode, on));
        yield true;
      }
      case NetCommand.SetTable table -> {
        filter.restore(new RxState(filter.state().modes(), table.unicast(), table.multicast(),
            table.unicastOverflow(), table.multicastOverflow()));
        yield true;
      }
      case NetCommand.SetMac(MacAddress address) -> {
        mac = address;
        space.mac(address);
        context.configChanged();
        yield true;
      }
      case NetCommand.Announced() -> {
        boolean asked = space.isAnnouncing();
        space.announcing(false);
        context.configChanged();
        yield asked;
      }
      case NetCommand.SetPairs(int count) -> setPairs(count);
      case NetCommand.SetOffloads(long wanted) -> setOffloads(wanted);
      case NetCommand.Malformed() -> false;
    };
  }

  private boolean setPairs(int count) {
    if (!NetFeature.MQ.in(context.features()) || count < 1 || count > config.pairs()) {
      return false;
    }
    pairs = count;
    follow();
    for (int pair = 0; pair < pairs; pair++) {
      ring(2 * pair);
    }
    return true;
  }

  private boolean setOffloads(long wanted) {
    if (!NetFeature.CTRL_GUEST_OFFLOADS.in(context.features())
        || (wanted & ~(context.features() & GUEST_OFFLOADS)) != 0) {
      return false;
    }
    offloads = OptionalLong.of(wanted);
    follow();
    return true;
  }

  private void ring(int queue) {
    if (context.queue(queue) != null) {
      context.resumeLater(queue);
    }
  }

  /** {@return its address, as the driver has set it} */
  public MacAddress mac() { return mac; }

  /** {@return whether the driver sees its link up} */
  public boolean isLinkUp() { return space.isLinkUp(); }

  /** {@return frames that were lost, since no buffers of the driver could hold them, or they were longer than any can be} */
  public long droppedFrames() {
    long all = 0;
    for (int pair = 0; pair < config.pairs(); pair++) {
      all += receivers[pair].dropped() + senders[pair].dropped();
    }
    return all;
  }

  /**
   * Pulls the plug, or puts it in again: {@code set_link}. On the event loop, under no lock of the device.
   *
   * @param up whether the link may be up; it is if somebody is at the other end
   */
  public void setLink(boolean up) {
    linkSet = up;
    linkMayHaveChanged();
  }

  /** Somebody has come to the other end, or gone from it. On the event loop, under no lock of the device. */
  public void linkMayHaveChanged() {
    boolean up = linkSet && peer.isUp();
    if (up != space.isLinkUp()) {
      transport.change(() -> {
        space.linkUp(up);
        // Whoever is there now knows nothing of this station.
        space.announcing(up && context != null && NetFeature.GUEST_ANNOUNCE.in(context.features()));
        ringAll();
      });
      transport.letServe(!paused && up);
    }
  }

  /**
   * Asks the driver to make itself known to the network: {@code announce_self}. On the event loop, under no lock of the
   * device.
   *
   * @return false if there is no driver that can
   */
  public boolean announce() {
    boolean[] asked = new boolean[1];
    transport.change(() -> {
      asked[0] = context != null && space.isLinkUp() && NetFeature.GUEST_ANNOUNCE.in(context.features());
      space.announcing(asked[0]);
    });
    return asked[0];
  }

  /** What waits is looked at anew: it goes on, or is lost. */
  private void ringAll() {
    for (int queue = 0; context != null && queue < 2 * pairs; queue++) {
      ring(queue);
    }
  }

  /** {@return which frames the driver wants} */
  public RxState filter() { return filter.state(); }

  @Override
  public void close() { restore(powerOn()); }
}
