package org.ballastvm.virtio.p9;

/** What is behind a 9P device: a tree of files. */
@FunctionalInterface
public interface P9Server {
  /** {@return a session for a driver that has just introduced itself: it has no fids} */
  P9Session open();
}
