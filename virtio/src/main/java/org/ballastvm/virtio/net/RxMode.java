package org.ballastvm.virtio.net;

import java.util.List;

/** A driver's switch for received frames, by the number of its command. Virtio 1.3, 5.1.6.5.1. */
public enum RxMode {
  /** All frames. */
  PROMISC(0),
  /** All frames to groups. */
  ALLMULTI(1),
  /** All frames to single stations. */
  ALLUNI(2),
  /** No frames to groups. */
  NOMULTI(3),
  /** No frames to single stations. */
  NOUNI(4),
  /** No frames to all. */
  NOBCAST(5);

  static final List<RxMode> ALL = List.of(values());

  private final int number;

  RxMode(int number) { this.number = number; }

  int bit() { return 1 << number; }
}
