package org.ballastvm.vmm.memory;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.ballastvm.kvm.HostError;
import org.ballastvm.kvm.HostMapping;
import org.ballastvm.kvm.KvmVm;
import org.ballastvm.virtio.GuestError;
import org.ballastvm.virtio.GuestMemory;
import org.ballastvm.virtio.MemoryReclaim;

/**
 * A guest's memory, by guest physical address.
 *
 * <p>
 * In base memory an address finds its chunk in constant time: it and its mappings are cut at the same GiB, because memory
 * above the hole begins at a multiple of a GiB in both. Memory of devices is where the device has plugged it.
 */
public final class GuestRam implements GuestMemory, MemoryReclaim {
  private static final int CHUNK_SHIFT = 30;
  private static final long CHUNK_MASK = HostMapping.CHUNK_BYTES - 1;
  private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
  private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
  private static final VarHandle ORDERED_SHORT = ValueLayout.JAVA_SHORT.varHandle();

  private final List<Region> regions = new ArrayList<>();
  /** By address divided by the size of a chunk; null where there is no memory. */
  private final MemorySegment[] chunks;
  private final MemorySlots slots = new MemorySlots();
  private final WriteWatch watch = slots.watch();
  private final DeviceMemory devices;

  /** Memory from one address on, with its place in a backend. */
  private record Region(long base, long sizeBytes, MemoryBackend backend, long offsetBytes) implements Place {
    boolean contains(long gpa) { return gpa >= base && gpa < base + sizeBytes; }

    /** Whether guest memory and its mapping are cut into chunks at the same addresses. */
    boolean isCutAlike() {
      return (base - offsetBytes & CHUNK_MASK) == 0 && (base & CHUNK_MASK) == 0;
    }

    @Override
    public MemorySegment chunk(long gpa) {
      return backend.mapping().chunk((int) (offsetBytes + gpa - base >>> CHUNK_SHIFT));
    }

    @Override
    public long offset(long gpa) { return offsetBytes + gpa - base & CHUNK_MASK; }

    @Override
    public long withinChunk(long gpa, long lengthBytes) {
      return Math.min(lengthBytes, Math.min(HostMapping.CHUNK_BYTES - offset(gpa), base + sizeBytes - gpa));
    }

    @Override
    public long offsetInBackend(long gpa) { return offsetBytes + gpa - base; }
  }

  /**
   * Base memory on one backend.
   *
   * @param layout where it lies
   * @param backend as large as base memory
   */
  public GuestRam(GuestLayout layout, MemoryBackend backend) { this(layout, List.of(backend)); }

  /**
   * Base memory on several backends, one behind the other.
   *
   * @param layout where it lies
   * @param backends together as large as base memory
   */
  public GuestRam(GuestLayout layout, List<MemoryBackend> backends) {
    Iterator<MemoryBackend> rest = backends.iterator();
    MemoryBackend backend = rest.next();
    long offset = 0;
    for (GuestLayout.Range range : layout.memory()) {
      for (long done = 0; done < range.sizeBytes();) {
        if (offset == backend.config().sizeBytes()) {
          backend = rest.next();
          offset = 0;
        }
        long length = Math.min(range.sizeBytes() - done, backend.config().sizeBytes() - offset);
        regions.add(new Region(range.base() + done, length, backend, offset));
        slots.add(range.base() + done, backend.mapping(), offset, length);
        offset += length;
        done += length;
      }
    }
    devices = new DeviceMemory(layout, slots);
    Region last = regions.getLast();
    chunks = new MemorySegment[(int) ((last.base + last.sizeBytes + CHUNK_MASK) >>> CHUNK_SHIFT)];
    regions.stream().filter(Region::isCutAlike).forEach(this::addChunks);
  }

  private void addChunks(Region region) {
    for (long at = region.base; at < region.base + region.sizeBytes; at += HostMapping.CHUNK_BYTES) {
      chunks[(int) (at >>> CHUNK_SHIFT)] = region.chunk(at).asSlice(0,
          region.withinChunk(at, HostMapping.CHUNK_BYTES));
    }
  }

  /**
   * Gives the memory to a VM, and from now on each change of it.
   *
   * @param vm the VM
   */
  public void attach(KvmVm vm) { slots.attach(vm); }

  /**
   * What is where in base memory, for whoever draws it.
   *
   * @param runBytes how long a run is
   * @param looks at how much of a run is looked whether it is resident, in bytes
   * @return runs in the order of addresses
   */
  public List<MemoryRun> baseRuns(long runBytes, long looks) {
    List<MemoryRun> runs = new ArrayList<>();
    for (Region region : regions) {
      for (long at = 0; at < region.sizeBytes; at += runBytes) {
        long length = Math.min(runBytes, region.sizeBytes - at);
        runs.add(MemoryRun.of(region.backend, region.base + at, region.offsetBytes + at, length, length, looks));
      }
    }
    return runs;
  }

  /** {@return what of the address space is memory} */
  MemorySlots slots() { return slots; }

  /** {@return the part that memory devices have their places in} */
  public DeviceMemory devices() { return devices; }

  /**
   * A view of a range, to load files into at once: that it was written to is noted now.
   *
   * @param gpa guest physical address
   * @param lengthBytes from there on, at most {@link #viewable}
   * @return the memory itself
   * @throws GuestError if it is not all memory, or not in one piece
   */
  public MemorySegment view(long gpa, long lengthBytes) {
    require(gpa, lengthBytes);
    watch.wrote(gpa, lengthBytes);
    Place place = place(gpa);
    if (place.withinChunk(gpa, lengthBytes) < lengthBytes) {
      throw outside(gpa, lengthBytes);
    }
    return place.chunk(gpa).asSlice(place.offset(gpa), lengthBytes);
  }

  /**
   * How much of a range can be seen at once.
   *
   * @param gpa guest physical address
   * @param lengthBytes from there on, above zero
   * @return bytes, above zero
   * @throws GuestError if the address is not memory
   */
  public long viewable(long gpa, long lengthBytes) {
    require(gpa, 1);
    return place(gpa).withinChunk(gpa, lengthBytes);
  }

  @Override
  public boolean contains(long gpa, long lengthBytes) {
    if (gpa < 0 || lengthBytes < 0 || gpa > Long.MAX_VALUE - lengthBytes) {
      return false;
    }
    long at = gpa;
    long end = gpa + lengthBytes;
    while (at < end) {
      at = memoryEnd(at);
      if (at < 0) {
        return false;
      }
    }
    return lengthBytes > 0 || memoryEnd(gpa) >= 0;
  }

  /** Where memory that an address is in ends, or at least a part of it; -1 if it is in none. */
  private long memoryEnd(long gpa) {
    Region region = find(gpa);
    if (region != null) {
      return region.base + region.sizeBytes;
    }
    PluggableRange range = devices.rangeAt(gpa);
    return range == null ? -1 : range.pluggedEnd(gpa);
  }

  @Override
  public int getByte(long gpa) {
    MemorySegment chunk = chunkOrNull(gpa, 1);
    if (chunk != null) {
      return chunk.get(BYTE, gpa & CHUNK_MASK) & 0xff;
    }
    Place place = whole(gpa, 1);
    return place.chunk(gpa).get(BYTE, place.offset(gpa)) & 0xff;
  }

  @Override
  public int getShort(long gpa) {
    MemorySegment chunk = chunkOrNull(gpa, 2);
    return chunk == null ? (int) getElsewhere(gpa, 2) : chunk.get(SHORT, gpa & CHUNK_MASK) & 0xffff;
  }

  @Override
  public int getInt(long gpa) {
    MemorySegment chunk = chunkOrNull(gpa, 4);
    return chunk == null ? (int) getElsewhere(gpa, 4) : chunk.get(INT, gpa & CHUNK_MASK);
  }

  @Override
  public long getLong(long gpa) {
    MemorySegment chunk = chunkOrNull(gpa, 8);
    return chunk == null ? getElsewhere(gpa, 8) : chunk.get(LONG, gpa & CHUNK_MASK);
  }

  @Override
  public void putByte(long gpa, int value) {
    watch.wrote(gpa, 1);
    MemorySegment chunk = chunkOrNull(gpa, 1);
    if (chunk != null) {
      chunk.set(BYTE, gpa & CHUNK_MASK, (byte) value);
    } else {
      Place place = whole(gpa, 1);
      place.chunk(gpa).set(BYTE, place.offset(gpa), (byte) value);
    }
  }

  @Override
  public void putShort(long gpa, int value) {
    watch.wrote(gpa, 2);
    MemorySegment chunk = chunkOrNull(gpa, 2);
    if (chunk == null) {
      putElsewhere(gpa, 2, value);
    } else {
      chunk.set(SHORT, gpa & CHUNK_MASK, (short) value);
    }
  }

  @Override
  public void putInt(long gpa, int value) {
    watch.wrote(gpa, 4);
    MemorySegment chunk = chunkOrNull(gpa, 4);
    if (chunk == null) {
      putElsewhere(gpa, 4, value);
    } else {
      chunk.set(INT, gpa & CHUNK_MASK, value);
    }
  }

  @Override
  public void putLong(long gpa, long value) {
    watch.wrote(gpa, 8);
    MemorySegment chunk = chunkOrNull(gpa, 8);
    if (chunk == null) {
      putElsewhere(gpa, 8, value);
    } else {
      chunk.set(LONG, gpa & CHUNK_MASK, value);
    }
  }

  @Override
  public int getShortAcquire(long gpa) {
    MemorySegment chunk = chunkOrNull(gpa, 2);
    if (chunk != null) {
      return (short) ORDERED_SHORT.getAcquire(chunk, gpa & CHUNK_MASK) & 0xffff;
    }
    Place place = whole(gpa, 2);
    return (short) ORDERED_SHORT.getAcquire(place.chunk(gpa), place.offset(gpa)) & 0xffff;
  }

  @Override
  public void putShortRelease(long gpa, int value) {
    watch.wrote(gpa, 2);
    MemorySegment chunk = chunkOrNull(gpa, 2);
    if (chunk != null) {
      ORDERED_SHORT.setRelease(chunk, gpa & CHUNK_MASK, (short) value);
    } else {
      Place place = whole(gpa, 2);
      ORDERED_SHORT.setRelease(place.chunk(gpa), place.offset(gpa), (short) value);
    }
  }

  @Override
  public void read(long gpa, MemorySegment into, long offset, long lengthBytes) {
    MemorySegment chunk = chunkOrNull(gpa, lengthBytes);
    if (chunk != null) {
      MemorySegment.copy(chunk, gpa & CHUNK_MASK, into, offset, lengthBytes);
      return;
    }
    require(gpa, lengthBytes);
    for (long done = 0; done < lengthBytes;) {
      Place place = place(gpa + done);
      long step = place.withinChunk(gpa + done, lengthBytes - done);
      MemorySegment.copy(place.chunk(gpa + done), place.offset(gpa + done), into, offset + done, step);
      done += step;
    }
  }

  @Override
  public void write(long gpa, MemorySegment from, long offset, long lengthBytes) {
    require(gpa, lengthBytes);
    watch.wrote(gpa, lengthBytes);
    for (long done = 0; done < lengthBytes;) {
      Place place = place(gpa + done);
      long step = place.withinChunk(gpa + done, lengthBytes - done);
      MemorySegment.copy(from, offset + done, place.chunk(gpa + done), place.offset(gpa + done), step);
      done += step;
    }
  }

  @Override
  public void discard(long gpa, long lengthBytes) { giveBack(gpa, lengthBytes, false); }

  @Override
  public void hold(long gpa, long lengthBytes) { giveBack(gpa, lengthBytes, true); }

  private void giveBack(long gpa, long lengthBytes, boolean hold) {
    Region region = find(gpa);
    if (region != null && lengthBytes <= region.base + region.sizeBytes - gpa) {
      giveBack(region, gpa, lengthBytes, hold);
      return;
    }
    require(gpa, lengthBytes);
    long at = gpa;
    long end = gpa + lengthBytes;
    while (at < end) {
      long step = Math.min(end, memoryEnd(at)) - at;
      giveBack(place(at), at, step, hold);
      at += step;
    }
  }

  private static void giveBack(Place place, long gpa, long lengthBytes, boolean hold) {
    try {
      if (hold) {
        place.backend().hold(place.offsetInBackend(gpa), lengthBytes);
      } else {
        place.backend().giveBack(place.offsetInBackend(gpa), lengthBytes);
      }
    } catch (HostError e) {
      throw refused(gpa, lengthBytes, e);
    }
  }

  /**
   * Gives back what may be cut out of a range, where it is known that nobody writes to it.
   *
   * @param gpa in memory
   * @param limitBytes from there on, above zero; more than is in one place is left
   * @return how far it came, and how much of that was given back
   * @throws ReclaimFailed if the host refuses
   */
  Cut discardFirst(long gpa, long limitBytes) {
    Place place = place(gpa);
    long length = Math.min(limitBytes, memoryEnd(gpa) - gpa);
    try {
      return new Cut(length, place.backend().giveBack(place.offsetInBackend(gpa), length));
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
    return place(gpa).backend().pageSizeBytes();
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
    require(gpa, lengthBytes);
    long at = gpa;
    long end = gpa + lengthBytes;
    while (at < end) {
      long step = Math.min(end, memoryEnd(at)) - at;
      Place place = place(at);
      place.backend().release(place.offsetInBackend(at), step);
      at += step;
    }
  }

  @Override
  public void release() {
    for (Region region : regions) {
      region.backend.releaseAll();
    }
    devices.releaseAll();
  }

  private Region find(long gpa) {
    for (int i = 0; i < regions.size(); i++) {
      if (regions.get(i).contains(gpa)) {
        return regions.get(i);
      }
    }
    return null;
  }

  private MemorySegment chunkOrNull(long gpa, long lengthBytes) {
    long index = gpa >>> CHUNK_SHIFT;
    if (index < chunks.length) {
      MemorySegment chunk = chunks[(int) index];
      if (chunk != null && (gpa & CHUNK_MASK) <= chunk.byteSize() - lengthBytes) {
        return chunk;
      }
    }
    return null;
  }

  /** The place that an address is in, which is memory. */
  private Place place(long gpa) {
    Region region = find(gpa);
    return region == null ? devices.rangeAt(gpa) : region;
  }

  /** The place that a number is in, all of it in one chunk. */
  private Place whole(long gpa, int lengthBytes) {
    require(gpa, lengthBytes);
    Place place = place(gpa);
    if (place.withinChunk(gpa, lengthBytes) < lengthBytes) {
      throw outside(gpa, lengthBytes);
    }
    return place;
  }

  /** A number where no chunk is at hand; or one on both sides of a chunk's end, byte by byte, which no aligned one is. */
  private long getElsewhere(long gpa, int lengthBytes) {
    require(gpa, lengthBytes);
    Place place = place(gpa);
    if (place.withinChunk(gpa, lengthBytes) == lengthBytes) {
      MemorySegment chunk = place.chunk(gpa);
      long offset = place.offset(gpa);
      return switch (lengthBytes) {
        case Short.BYTES -> chunk.get(SHORT, offset) & 0xffff;
        case Integer.BYTES -> chunk.get(INT, offset);
        default -> chunk.get(LONG, offset);
      };
    }
    long value = 0;
    for (int i = lengthBytes - 1; i >= 0; i--) {
      value = value << 8 | getByte(gpa + i);
    }
    return value;
  }

  private void putElsewhere(long gpa, int lengthBytes, long value) {
    require(gpa, lengthBytes);
    Place place = place(gpa);
    if (place.withinChunk(gpa, lengthBytes) == lengthBytes) {
      MemorySegment chunk = place.chunk(gpa);
      long offset = place.offset(gpa);
      switch (lengthBytes) {
        case Short.BYTES -> chunk.set(SHORT, offset, (short) value);
        case Integer.BYTES -> chunk.set(INT, offset, (int) value);
        default -> chunk.set(LONG, offset, value);
      }
      return;
    }
    for (int i = 0; i < lengthBytes; i++) {
      putByte(gpa + i, (int) (value >>> 8 * i));
    }
  }

  private void require(long gpa, long lengthBytes) {
    if (!contains(gpa, lengthBytes)) {
      throw outside(gpa, lengthBytes);
    }
  }

  private static GuestError outside(long gpa, long lengthBytes) {
    return new GuestError(
        "the guest named " + lengthBytes + " bytes at 0x" + Long.toHexString(gpa) + ", which are not all memory");
  }
}
