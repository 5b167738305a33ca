package org.ballastvm.vmm.chardev;

import java.util.function.Consumer;
import org.ballastvm.kvm.HostSocket;

/** Gives whole connections to somebody who sends more than bytes over them; a chardev that is a socket. On the event loop. */
public interface Connections {
  /**
   * Takes the connection that stands, if one does, and each that comes.
   *
   * @param taker has them from then on, one after the other: {@link #ended} before the next
   */
  void take(Consumer<HostSocket> taker);

  /** The last connection is no more; whoever connects next is let in. */
  void ended();

  /** {@return whether the other end connects; otherwise {@link #connect} does} */
  boolean isServer();

  /**
   * Connects anew. Any thread.
   *
   * @return the connection
   * @throws org.ballastvm.kvm.HostError if nobody listens
   */
  HostSocket connect();
}
