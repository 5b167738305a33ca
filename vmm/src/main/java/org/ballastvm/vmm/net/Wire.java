package org.ballastvm.vmm.net;

import java.util.Optional;
import org.ballastvm.virtio.net.NetPeer;
import org.ballastvm.vmm.vhost.Backend;

/** What a netdev is: the other end of a card's wire, with what it holds of the host. Belongs to the event loop. */
interface Wire extends NetPeer, AutoCloseable {
  /** {@return where it leads, as {@code info network} has it behind its type} */
  String describe();

  /** {@return who moves frames between the wire and the card's queues without this process, if somebody does} */
  default Optional<Backend> backend() {
    return Optional.empty();
  }

  /** Gives back what it holds of the host. On the event loop, or when that has ended. */
  @Override
  void close();

  /** A card that nobody has put in. */
  final class NoCard implements Card {
    /** The only one. */
    static final Card INSTANCE = new NoCard();

    private NoCard() {}

    @Override
    public void frameWaits(int pair) {
      // A wire whose card has gone listens no more.
    }

    @Override
    public void roomToSend(int pair) {
      // Nobody sends.
    }

    @Override
    public void linkChanged(boolean up) {
      // Nobody looks.
    }
  }
}
