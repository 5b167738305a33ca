package org.ballastvm.vmm.memory;

import org.ballastvm.kvm.HostError;
import org.ballastvm.virtio.MemoryReclaim;
import org.ballastvm.virtio.mem.MemConfig;

/** Gives guest memory back to the host, wherever it is: each place is on a backend, which knows how. Allocates nothing. */
final class PlacedReclaim implements MemoryReclaim {
  /** Memory of devices comes and goes in multiples of this. */
  private static final long BLOCK_BYTES = MemConfig.LEAST_BLOCK_BYTES;

  private final Places places;

  PlacedReclaim(Places places) { this.places = places; }

  /** {@return where it gives memory back} */
  Places places() { return places; }

  @Override
  public void discard(long gpa, long lengthBytes) { var unused = discardOrHold(gpa, lengthBytes, false); }

  @Override
  public boolean hold(long gpa, long lengthBytes) { return discardOrHold(gpa, lengthBytes, true); }

  @Override
  public boolean countsParts(long gpa) { return places.at(gpa).backend().isHuge(); }

  private boolean discardOrHold(long gpa, long lengthBytes, boolean hold) {
    BaseRegion region = places.base(gpa);
    if (region != null && lengthBytes <= region.end() - gpa) {
      return discardOrHold(region, gpa, lengthBytes, hold);
    }
    places.require(gpa, lengthBytes);
    boolean any = false;
    long at = gpa;
    long end = gpa + lengthBytes;
    while (at < end) {
      long step = Math.min(end, places.endAt(at)) - at;
      any |= discardOrHold(places.at(at), at, step, hold);
      at += step;
    }
    return any;
  }

  private static boolean discardOrHold(Place place, long gpa, long lengthBytes, boolean hold) {
    try {
      return hold
          ? place.backend().hold(place.offsetInBackend(gpa), lengthBytes)
          : place.backend().discardForBalloon(place.offsetInBackend(gpa), lengthBytes) > 0;
    } catch (HostError e) {
      throw refused(gpa, lengthBytes, e);
    }
  }

  /**
   * Gives back what may be cut out of a range, where it is known that nobody writes to it.
   *
   * @param gpa any address; of what is no memory there is nothing to give back
   * @param limitBytes from there on, above zero; more than is in one place is left
   * @return how far it came, and how much of that was given back
   * @throws ReclaimFailed if the host refuses
   */
  Cut discardFirst(long gpa, long limitBytes) {
    long end = places.endAt(gpa);
    if (end < 0) {
      return new Cut(Math.min(limitBytes, BLOCK_BYTES - (gpa & BLOCK_BYTES - 1)), 0);
    }
    Place place = places.at(gpa);
    long length = Math.min(limitBytes, end - gpa);
    try {
      return new Cut(length, place.backend().discardForBalloon(place.offsetInBackend(gpa), length));
    } catch (HostError e) {
      throw refused(gpa, length, e);
    }
  }

  private static ReclaimFailed refused(long gpa, long lengthBytes, HostError e) {
    return new ReclaimFailed("guest memory at 0x" + Long.toHexString(gpa) + ", " + lengthBytes
        + " bytes, could not be given back to the host: " + e.getMessage(), e);
  }

  /** The size of the host's pages behind an address in memory, in bytes. */
  long hostPageBytes(long gpa) {
    return places.at(gpa).backend().pageSizeBytes();
  }

  /**
   * What was given back of a range.
   *
   * @param lengthBytes how much of the range was dealt with, above zero
   * @param discardedBytes how much of that the host has
   */
  record Cut(long lengthBytes, long discardedBytes) {}

  /** Every backend fills a page at its first touch; asking ahead would cost a call for pages the guest may not touch. */
  @Override
  public void makePresent(long gpa, long lengthBytes) {
    places.require(gpa, lengthBytes);
    long at = gpa;
    long end = gpa + lengthBytes;
    while (at < end) {
      long step = Math.min(end, places.endAt(at)) - at;
      Place place = places.at(at);
      place.backend().release(place.offsetInBackend(at), step);
      at += step;
    }
  }

  @Override
  public void release() { places.releaseAll(); }
}
