package org.ballastvm.vmm.memory;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.ballastvm.vmm.config.UserError;

/**
 * The part of the address space that memory devices have their places in, behind base memory. Changed on the event loop,
 * or before it has started.
 */
public final class DeviceMemory {
  private final long base;
  private final long sizeBytes;
  private final long guestBlockBytes;
  private final MemorySlots slots;
  private final MemoryTable table;
  private final MemoryUses uses = new MemoryUses();
  private final List<Claim> claims = new ArrayList<>();
  /** By address. Replaced whole: others look meanwhile. */
  private volatile PluggableRange[] ranges = {};

  private record Claim(String id, PluggableRange range) {
    long base() { return range.base(); }

    long end() { return range.base() + range.sizeBytes(); }
  }

  DeviceMemory(GuestLayout layout, MemorySlots slots, MemoryTable table) {
    this.table = table;
    this.base = layout.deviceBase();
    this.sizeBytes = layout.deviceBytes();
    this.guestBlockBytes = layout.memoryBlockBytes();
    this.slots = slots;
  }

  /**
   * Says whose thread changes what is memory, for assertions.
   *
   * @param isOwner whether the caller may
   */
  public void belongTo(BooleanSupplier isOwner) { slots.belongTo(isOwner); }

  /**
   * Gives a memory device its place. Nothing is plugged there yet.
   *
   * @param what for errors: the option or command that asked
   * @param id the device's, for errors about others
   * @param backend the memory
   * @param wanted the address that the user wants; the first that fits when empty
   * @param alignmentBytes of the address and the size, a power of two
   * @param prealloc whether the host takes memory for what is plugged when it is plugged
   * @param hold keeps vCPUs out of the guest
   * @return the place
   * @throws UserError if there is no such place, or those who are given all of memory cannot be given more
   * @throws org.ballastvm.kvm.HostError if the host refuses them more; nothing has changed
   */
  public PluggableRange claim(String what, String id, MemoryBackend backend, OptionalLong wanted, long alignmentBytes,
      boolean prealloc, VcpuHold hold) {
    assert slots.ownsCaller();
    long size = backend.config().sizeBytes();
    if (sizeBytes == 0) {
      throw new UserError(
          what + ": memory devices (e.g. for memory hotplug) are not enabled, please specify the maxmem option");
    }
    if ((size & alignmentBytes - 1) != 0) {
      throw new UserError(what + ": backend memory size must be multiple of 0x" + Long.toHexString(alignmentBytes));
    }
    long used = claims.stream().mapToLong(claim -> claim.range.sizeBytes()).sum();
    if (size > sizeBytes - used) {
      throw new UserError(what + ": not enough space, currently 0x" + Long.toHexString(used)
          + " in use of total space for memory devices 0x" + Long.toHexString(sizeBytes)
          + "; maxmem must leave room for the whole of " + backend.config().id());
    }
    long at = wanted.isPresent()
        ? check(what, wanted.getAsLong(), size, alignmentBytes)
        : bestFit(what, size, alignmentBytes);
    table.add(MemoryRegion.of(at, size, backend, 0));
    PluggableRange range = new PluggableRange(at, backend, slots, hold, prealloc);
    claims.add(new Claim(id, range));
    claims.sort((one, other) -> Long.compare(one.base(), other.base()));
    publish();
    return range;
  }

  private long check(String what, long at, long size, long alignmentBytes) {
    if ((at & alignmentBytes - 1) != 0) {
      throw new UserError(what + ": address must be aligned to 0x" + Long.toHexString(alignmentBytes) + " bytes");
    }
    if (at < base || size > base + sizeBytes - at) {
      throw new UserError(what + ": can't add memory device " + place(at, size) + ", usable range for memory devices "
          + place(base, sizeBytes));
    }
    for (Claim claim : claims) {
      if (at < claim.end() && claim.base() < at + size) {
        throw new UserError(what + ": address range conflicts with memory device id='" + claim.id + "'");
      }
    }
    return at;
  }

  private static String place(long at, long size) {
    return "[0x" + Long.toHexString(at) + ":0x" + Long.toHexString(size) + "]";
  }

  /** Linux turns down a DIMM that does not begin with a block of its own, and loses part of a virtio-mem device. */
  private long bestFit(String what, long size, long alignmentBytes) {
    long whole = Math.max(alignmentBytes, guestBlockBytes);
    OptionalLong best = size < whole ? OptionalLong.empty() : firstFit(size, whole);
    if (best.isEmpty()) {
      best = firstFit(size, alignmentBytes);
    }
    return best.orElseThrow(() -> new UserError(what
        + ": could not find position in guest address space for memory device - memory fragmented due to alignments"));
  }

  private OptionalLong firstFit(long size, long alignmentBytes) {
    for (Gap gap : gaps(alignmentBytes)) {
      if (gap.sizeBytes >= size) {
        return OptionalLong.of(gap.at);
      }
    }
    return OptionalLong.empty();
  }

  private record Gap(long at, long sizeBytes) {}

  private List<Gap> gaps(long alignmentBytes) {
    List<Gap> gaps = new ArrayList<>();
    long at = alignUp(base, alignmentBytes);
    for (Claim claim : claims) {
      gaps.add(new Gap(at, claim.base() - at));
      at = Math.max(at, alignUp(claim.end(), alignmentBytes));
    }
    gaps.add(new Gap(at, base + sizeBytes - at));
    return gaps;
  }

  /** {@return how large the places are that are free, in bytes, by address: such as Linux takes a DIMM in} */
  public List<Long> freeBytes() {
    return gaps(guestBlockBytes).stream().map(gap -> gap.sizeBytes & -guestBlockBytes).filter(bytes -> bytes > 0)
        .toList();
  }

  /** {@return what the address and the size of a DIMM must be multiples of for Linux to take it, in bytes} */
  public long guestBlockBytes() {
    return guestBlockBytes;
  }

  private static long alignUp(long value, long alignment) { return value + alignment - 1 & -alignment; }

  /**
   * Takes a place back, with all that is plugged in it.
   *
   * @param range the place
   */
  public void release(PluggableRange range) {
    assert slots.ownsCaller();
    range.close(); // First, so that each slot there is belongs to a place.
    table.remove(range.base());
    claims.removeIf(claim -> claim.range == range);
    publish();
    uses.awaitEarlier(); // Whoever has the memory may unmap it now.
  }

  /**
   * A guest came to memory that this process cannot use: brings slots in line with what is plugged, so that it finds either
   * memory or nothing there.
   *
   * @return how often what a guest can reach has changed; the same as before if the fault has another cause
   */
  public long follow() {
    assert slots.ownsCaller();
    for (PluggableRange range : ranges) {
      range.followIfHidden();
    }
    return slots.changes();
  }

  /** What is plugged, in the order of addresses. */
  Stream<PhysicalRange> plugged() {
    return Arrays.stream(ranges).flatMap(PluggableRange::plugged);
  }

  /** All places, in the order of addresses. */
  Stream<Place> places() { return Arrays.stream(ranges); }

  private void publish() { ranges = claims.stream().map(Claim::range).toArray(PluggableRange[]::new); }

  /** {@return who works with guest memory by the host's addresses} */
  MemoryUses uses() { return uses; }

  /** {@return the first address of this part} */
  public long base() { return base; }

  /** {@return how many addresses it has} */
  public long sizeBytes() { return sizeBytes; }

  /** The place that an address is in, plugged or not, or null. Allocates nothing. */
  PluggableRange rangeAt(long gpa) {
    for (PluggableRange range : ranges) {
      if (range.covers(gpa)) {
        return range;
      }
    }
    return null;
  }

  /** Says that what was held in any of them may be touched again. */
  void releaseAll() {
    for (PluggableRange range : ranges) {
      range.backend().releaseAll();
    }
  }
}
