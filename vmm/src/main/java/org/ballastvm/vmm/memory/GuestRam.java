package org.ballastvm.vmm.memory;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
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
  private final DeviceMemory devices;

  /** Memory from one address on, with its place in a backend. */
  private record Region(long base, long sizeBytes, MemoryBackend backend, long offsetBytes) {
    boolean contains(long gpa) { return gpa >= base && gpa < base + sizeBytes; }
  }

  /**
   * Base memory on one backend.
   *
   * @param layout where it lies
   * @param backend as large as base memory
   */
  public GuestRam(GuestLayout layout, MemoryBackend backend) {
    long offset = 0;
    for (GuestLayout.Range range : layout.memory()) {
      regions.add(new Region(range.base(), range.sizeBytes(), backend, offset));
      slots.add(range.base(), backend.mapping(), offset, range.sizeBytes());
      offset += range.sizeBytes();
    }
    devices = new DeviceMemory(layout, slots);
    Region last = regions.getLast();
    chunks = new MemorySegment[(int) ((last.base + last.sizeBytes + CHUNK_MASK) >>> CHUNK_SHIFT)];
    for (Region region : regions) {
      HostMapping mapping = region.backend.mapping();
      for (long at = 0; at < region.sizeBytes; at += HostMapping.CHUNK_BYTES) {
        MemorySegment chunk = mapping.chunk((int) ((region.offsetBytes + at) >>> CHUNK_SHIFT));
        long length = Math.min(HostMapping.CHUNK_BYTES, region.sizeBytes - at);
        chunks[(int) ((region.base + at) >>> CHUNK_SHIFT)] = chunk.asSlice(0, length);
      }
    }
  }

  /**
   * Gives the memory to a VM, and from now on each change of it.
   *
   * @param vm the VM
   */
  public void attach(KvmVm vm) { slots.attach(vm); }

  /** {@return the part that memory devices have their places in} */
  public DeviceMemory devices() { return devices; }

  /**
   * A view of a range of base memory that lies within one GiB, to load files into.
   *
   * @param gpa guest physical address
   * @param lengthBytes from there on
   * @return the memory itself
   * @throws GuestError if it is not all memory, or crosses a multiple of 1 GiB
   */
  public MemorySegment view(long gpa, long lengthBytes) {
    return chunk(gpa, lengthBytes).asSlice(gpa & CHUNK_MASK, lengthBytes);
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
    PluggableRange range = plugged(gpa, 1);
    return range.chunk(gpa).get(BYTE, range.offset(gpa)) & 0xff;
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
    MemorySegment chunk = chunkOrNull(gpa, 1);
    if (chunk != null) {
      chunk.set(BYTE, gpa & CHUNK_MASK, (byte) value);
    } else {
      PluggableRange range = plugged(gpa, 1);
      range.chunk(gpa).set(BYTE, range.offset(gpa), (byte) value);
    }
  }

  @Override
  public void putShort(long gpa, int value) {
    MemorySegment chunk = chunkOrNull(gpa, 2);
    if (chunk == null) {
      putElsewhere(gpa, 2, value);
    } else {
      chunk.set(SHORT, gpa & CHUNK_MASK, (short) value);
    }
  }

  @Override
  public void putInt(long gpa, int value) {
    MemorySegment chunk = chunkOrNull(gpa, 4);
    if (chunk == null) {
      putElsewhere(gpa, 4, value);
    } else {
      chunk.set(INT, gpa & CHUNK_MASK, value);
    }
  }

  @Override
  public void putLong(long gpa, long value) {
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
    PluggableRange range = plugged(gpa, 2);
    return (short) ORDERED_SHORT.getAcquire(range.chunk(gpa), range.offset(gpa)) & 0xffff;
  }

  @Override
  public void putShortRelease(long gpa, int value) {
    MemorySegment chunk = chunkOrNull(gpa, 2);
    if (chunk != null) {
      ORDERED_SHORT.setRelease(chunk, gpa & CHUNK_MASK, (short) value);
    } else {
      PluggableRange range = plugged(gpa, 2);
      ORDERED_SHORT.setRelease(range.chunk(gpa), range.offset(gpa), (short) value);
    }
  }

  @Override
  public void read(long gpa, MemorySegment into, long offset, long lengthBytes) {
    require(gpa, lengthBytes);
    for (long done = 0; done < lengthBytes;) {
      long at = gpa + done;
      long step;
      PluggableRange range = deviceRange(at);
      if (range == null) {
        step = stepWithinChunk(at, lengthBytes - done);
        MemorySegment.copy(chunk(at, step), at & CHUNK_MASK, into, offset + done, step);
      } else {
        step = range.withinChunk(at, lengthBytes - done);
        MemorySegment.copy(range.chunk(at), range.offset(at), into, offset + done, step);
      }
      done += step;
    }
  }

  @Override
  public void write(long gpa, MemorySegment from, long offset, long lengthBytes) {
    require(gpa, lengthBytes);
    for (long done = 0; done < lengthBytes;) {
      long at = gpa + done;
      long step;
      PluggableRange range = deviceRange(at);
      if (range == null) {
        step = stepWithinChunk(at, lengthBytes - done);
        MemorySegment.copy(from, offset + done, chunk(at, step), at & CHUNK_MASK, step);
      } else {
        step = range.withinChunk(at, lengthBytes - done);
        MemorySegment.copy(from, offset + done, range.chunk(at), range.offset(at), step);
      }
      done += step;
    }
  }

  @Override
  public void discard(long gpa, long lengthBytes) {
    require(gpa, lengthBytes);
    long at = gpa;
    long end = gpa + lengthBytes;
    while (at < end) {
      long step = Math.min(end, memoryEnd(at)) - at;
      Region region = find(at);
      try {
        if (region == null) {
          devices.rangeAt(at).discard(at, step);
        } else {
          region.backend.discard(region.offsetBytes + at - region.base, step);
        }
      } catch (HostError e) {
        throw new ReclaimFailed("guest memory at 0x" + Long.toHexString(at) + ", " + step
            + " bytes, could not be given back to the host: " + e.getMessage(), e);
      }
      at += step;
    }
  }

  @Override
  public void makePresent(long gpa, long lengthBytes) {
    // Every backend fills a page at its first touch; asking ahead would cost a call for pages the guest may not touch.
  }

  private Region find(long gpa) {
    for (int i = 0; i < regions.size(); i++) {
      if (regions.get(i).contains(gpa)) {
        return regions.get(i);
      }
    }
    return null;
  }

  private static long stepWithinChunk(long gpa, long lengthBytes) {
    return Math.min(lengthBytes, HostMapping.CHUNK_BYTES - (gpa & CHUNK_MASK));
  }

  private MemorySegment chunk(long gpa, long lengthBytes) {
    MemorySegment chunk = chunkOrNull(gpa, lengthBytes);
    if (chunk == null) {
      throw outside(gpa, lengthBytes);
    }
    return chunk;
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

  /** The device's place that an address is in; null in base memory. */
  private PluggableRange deviceRange(long gpa) {
    return find(gpa) == null ? devices.rangeAt(gpa) : null;
  }

  /** The device's place that a number is in, all of it plugged and in one chunk. */
  private PluggableRange plugged(long gpa, int lengthBytes) {
    require(gpa, lengthBytes);
    PluggableRange range = deviceRange(gpa);
    if (range == null || range.withinChunk(gpa, lengthBytes) < lengthBytes) {
      throw outside(gpa, lengthBytes);
    }
    return range;
  }

  /** A number in a device's memory; or one on both sides of a chunk's end, byte by byte, which no aligned one is. */
  private long getElsewhere(long gpa, int lengthBytes) {
    require(gpa, lengthBytes);
    PluggableRange range = deviceRange(gpa);
    if (range != null && range.withinChunk(gpa, lengthBytes) == lengthBytes) {
      MemorySegment chunk = range.chunk(gpa);
      long offset = range.offset(gpa);
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
    PluggableRange range = deviceRange(gpa);
    if (range != null && range.withinChunk(gpa, lengthBytes) == lengthBytes) {
      MemorySegment chunk = range.chunk(gpa);
      long offset = range.offset(gpa);
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
