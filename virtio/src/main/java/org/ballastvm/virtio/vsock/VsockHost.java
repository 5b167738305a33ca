package org.ballastvm.virtio.vsock;

import java.util.Optional;

/** Where a guest's streams to the host lead. */
@FunctionalInterface
public interface VsockHost {
  /**
   * The guest asks for a stream. On the event loop, under the transport's lock; does not wait.
   *
   * @param port which, unsigned
   * @return who is there; empty if nobody is
   */
  Optional<VsockPeer> connect(int port);
}
