package org.ballastvm.vmm.memory;

import java.util.List;
import java.util.stream.Stream;
import org.ballastvm.virtio.queue.GuestError;

/** Where memory is in a guest's address space: base memory, and what is plugged. Looks allocate nothing. */
final class Places {
  private final BaseRegion[] regions;
  private final DeviceMemory devices;

  Places(List<BaseRegion> regions, DeviceMemory devices) {
    this.regions = regions.toArray(BaseRegion[]::new);
    this.devices = devices;
  }

  /** Whether a range is memory, all of it; of any numbers. */
  boolean contain(long gpa, long lengthBytes) {
    if (gpa < 0 || lengthBytes < 0 || gpa > Long.MAX_VALUE - lengthBytes) {
      return false;
    }
    long at = gpa;
    long end = gpa + lengthBytes;
    while (at < end) {
      at = endAt(at);
      if (at < 0) {
        return false;
      }
    }
    return lengthBytes > 0 || endAt(gpa) >= 0;
  }

  /** Refuses what is not all memory. */
  void require(long gpa, long lengthBytes) {
    if (!contain(gpa, lengthBytes)) {
      throw outside(gpa, lengthBytes);
    }
  }

  /** Where memory that an address is in ends, or at least a part of it; -1 if it is in none. */
  long endAt(long gpa) {
    BaseRegion region = base(gpa);
    if (region != null) {
      return region.end();
    }
    PluggableRange range = devices.rangeAt(gpa);
    return range == null ? -1 : range.pluggedEnd(gpa);
  }

  /** The base memory that an address is in, or null. */
  BaseRegion base(long gpa) {
    for (BaseRegion region : regions) {
      if (region.contains(gpa)) {
        return region;
      }
    }
    return null;
  }

  /** Whether a range is base memory, all of it, which never goes; of any numbers. */
  boolean areBase(long gpa, long lengthBytes) {
    if (gpa < 0 || lengthBytes < 0 || gpa > Long.MAX_VALUE - lengthBytes) {
      return false;
    }
    BaseRegion region = base(gpa);
    while (region != null && region.end() < gpa + lengthBytes) {
      region = base(region.end());
    }
    return region != null;
  }

  /** Says that the guest may touch all that it was to leave alone. */
  void releaseAll() {
    for (BaseRegion region : regions) {
      region.backend().releaseAll();
    }
    devices.releaseAll();
  }

  /** All of them: base memory, and what there is for memory devices, plugged or not. */
  List<Place> all() {
    return Stream.concat(Stream.of(regions), devices.places()).toList();
  }

  /** The place that an address is in, which is memory. */
  Place at(long gpa) {
    BaseRegion region = base(gpa);
    return region == null ? devices.rangeAt(gpa) : region;
  }

  /** The place of something that is not divided. */
  Place whole(long gpa, long lengthBytes) {
    require(gpa, lengthBytes);
    Place place = at(gpa);
    if (place.withinChunk(gpa, lengthBytes) < lengthBytes) {
      throw outside(gpa, lengthBytes);
    }
    return place;
  }

  private static GuestError outside(long gpa, long lengthBytes) {
    return new GuestError(
        "the guest named " + lengthBytes + " bytes at 0x" + Long.toHexString(gpa) + ", which are not all memory");
  }
}
