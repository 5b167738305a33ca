package org.ballastvm.vmm.net;

import java.util.Optional;
import org.ballastvm.virtio.net.NetPeer;
import org.ballastvm.vmm.config.NetdevConfig;
import org.ballastvm.vmm.vhost.Backend;
import org.ballastvm.vmm.vhost.LentBackend;

/** A netdev that is open, and the card at this end of its wire. Belongs to the event loop. */
public final class Netdev {
  private final NetdevConfig config;
  private final Wire wire;
  private final Runnable closing;
  private Optional<String> user = Optional.empty();

  /**
   * One without a card.
   *
   * @param closing closes the wire, and what it came from
   */
  Netdev(NetdevConfig config, Wire wire, Runnable closing) {
    this.config = config;
    this.wire = wire;
    this.closing = closing;
  }

  /** {@return what was asked for} */
  public NetdevConfig config() { return config; }

  /** {@return where it leads, in QEMU's labels as far as it has any} */
  public String describe() {
    return wire.describe();
  }

  /** {@return the path or id of the card on it, if there is one} */
  public Optional<String> user() { return user; }

  /** {@return the wire's other end; for the card that uses it} */
  public NetPeer peer() { return wire; }

  /** {@return who moves frames between it and the card's queues without this process, if somebody does; stays this one's} */
  public Optional<Backend> backend() {
    return wire.backend().map(LentBackend::new);
  }

  /** A card is on it. */
  void taken(String by) { user = Optional.of(by); }

  /** The card has gone, or was not made. */
  public void freed() {
    wire.connect(Wire.NoCard.INSTANCE);
    user = Optional.empty();
  }

  void close() { closing.run(); }
}
