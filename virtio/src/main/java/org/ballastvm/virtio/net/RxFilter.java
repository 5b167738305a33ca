package org.ballastvm.virtio.net;

import java.util.Arrays;
import java.util.List;

/** Which frames a driver wants. Virtio 1.3, 5.1.6.5.1 and 5.1.6.5.2. Looking allocates nothing. */
final class RxFilter {
  /** As many addresses are kept of a table; of a longer one all frames of its kind come, as in QEMU. */
  static final int MOST_ADDRESSES = 64;

  private RxState state = RxState.POWER_ON;
  /** Sorted. */
  private long[] stations = {};
  private long[] groups = {};

  RxState state() { return state; }

  void restore(RxState next) {
    state = next;
    stations = sorted(next.unicast());
    groups = sorted(next.multicast());
  }

  private static long[] sorted(List<Long> addresses) {
    return addresses.stream().mapToLong(Long::longValue).sorted().toArray();
  }

  /**
   * Whether the driver wants a frame.
   *
   * @param destination where it goes, as {@link MacAddress#bits}
   * @param own the driver's own address
   */
  boolean accepts(long destination, long own) {
    if (state.has(RxMode.PROMISC)) {
      return true;
    }
    if (destination == MacAddress.BROADCAST) {
      return !state.has(RxMode.NOBCAST);
    }
    if (MacAddress.isGroup(destination)) {
      return !state.has(RxMode.NOMULTI) && (state.has(RxMode.ALLMULTI) || state.multicastOverflow()
          || Arrays.binarySearch(groups, destination) >= 0);
    }
    return !state.has(RxMode.NOUNI) && (state.has(RxMode.ALLUNI) || state.unicastOverflow() || destination == own
        || Arrays.binarySearch(stations, destination) >= 0);
  }
}
