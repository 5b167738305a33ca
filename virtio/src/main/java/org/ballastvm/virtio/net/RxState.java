package org.ballastvm.virtio.net;

import java.util.List;

/**
 * Which frames a driver has asked for. Addresses are as {@link MacAddress#bits}.
 *
 * @param modes switches that are on, a bit for each of {@link RxMode}
 * @param unicast addresses of single stations, besides its own
 * @param multicast addresses of groups
 * @param unicastOverflow there were more of the first than are kept
 * @param multicastOverflow there were more of the second
 */
public record RxState(int modes, List<Long> unicast, List<Long> multicast, boolean unicastOverflow,
    boolean multicastOverflow) {
  /** All frames come until the driver says else: it need not know these commands. */
  public static final RxState POWER_ON = new RxState(RxMode.PROMISC.bit(), List.of(), List.of(), false, false);

  /** Keeps copies. */
  public RxState {
    unicast = List.copyOf(unicast);
    multicast = List.copyOf(multicast);
  }

  /**
   * Whether a switch is on.
   *
   * @param mode which
   * @return true if it is
   */
  public boolean has(RxMode mode) { return (modes & mode.bit()) != 0; }

  RxState with(RxMode mode, boolean on) {
    return new RxState(on ? modes | mode.bit() : modes & ~mode.bit(), unicast, multicast, unicastOverflow,
        multicastOverflow);
  }
}
