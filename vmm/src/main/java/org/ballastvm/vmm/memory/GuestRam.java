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
 * A guest's base memory, by guest physical address.
 *
 * <p>
 * An address finds its chunk in constant time: guest memory and its mappings are cut at the same GiB, because memory
 * above the hole begins at a multiple of a GiB in both.
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

  /** Memory from one address on, with its place in a backend. */
  private record Region(int slot, long base, long sizeBytes, MemoryBackend backend, long offsetBytes) {
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
      regions.add(new Region(regions.size(), range.base(), range.sizeBytes(), backend, offset));
      offset += range.sizeBytes();
    }
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
   * Gives the memory to a VM, a slot for each region.
   *
   * @param vm the VM
   * @return how many slots were used, from 0
   */
  public int attach(KvmVm vm) {
    for (Region region : regions) {
      vm.setUserMemoryRegion(region.slot, region.base, region.backend.mapping(), region.offsetBytes, region.sizeBytes);
    }
    return regions.size();
  }

  /**
   * A view of a range that lies within one GiB, to load files into.
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
      Region region = find(at);
      if (region == null) {
        return false;
      }
      at = region.base + region.sizeBytes;
    }
    return lengthBytes > 0 || find(gpa) != null;
  }

  @Override
  public int getByte(long gpa) { return chunk(gpa, 1).get(BYTE, gpa & CHUNK_MASK) & 0xff; }

  @Override
  public int getShort(long gpa) {
    MemorySegment chunk = chunkOrNull(gpa, 2);
    return chunk == null ? (int) getAcross(gpa, 2) : chunk.get(SHORT, gpa & CHUNK_MASK) & 0xffff;
  }

  @Override
  public int getInt(long gpa) {
    MemorySegment chunk = chunkOrNull(gpa, 4);
    return chunk == null ? (int) getAcross(gpa, 4) : chunk.get(INT, gpa & CHUNK_MASK);
  }

  @Override
  public long getLong(long gpa) {
    MemorySegment chunk = chunkOrNull(gpa, 8);
    return chunk == null ? getAcross(gpa, 8) : chunk.get(LONG, gpa & CHUNK_MASK);
  }

  @Override
  public void putByte(long gpa, int value) { chunk(gpa, 1).set(BYTE, gpa & CHUNK_MASK, (byte) value); }

  @Override
  public void putShort(long gpa, int value) {
    MemorySegment chunk = chunkOrNull(gpa, 2);
    if (chunk == null) {
      putAcross(gpa, 2, value);
    } else {
      chunk.set(SHORT, gpa & CHUNK_MASK, (short) value);
    }
  }

  @Override
  public void putInt(long gpa, int value) {
    MemorySegment chunk = chunkOrNull(gpa, 4);
    if (chunk == null) {
      putAcross(gpa, 4, value);
    } else {
      chunk.set(INT, gpa & CHUNK_MASK, value);
    }
  }

  @Override
  public void putLong(long gpa, long value) {
    MemorySegment chunk = chunkOrNull(gpa, 8);
    if (chunk == null) {
      putAcross(gpa, 8, value);
    } else {
      chunk.set(LONG, gpa & CHUNK_MASK, value);
    }
  }

  @Override
  public int getShortAcquire(long gpa) {
    return (short) ORDERED_SHORT.getAcquire(chunk(gpa, 2), gpa & CHUNK_MASK) & 0xffff;
  }

  @Override
  public void putShortRelease(long gpa, int value) {
    ORDERED_SHORT.setRelease(chunk(gpa, 2), gpa & CHUNK_MASK, (short) value);
  }

  @Override
  public void read(long gpa, MemorySegment into, long offset, long lengthBytes) {
    require(gpa, lengthBytes);
    for (long done = 0; done < lengthBytes;) {
      long step = stepWithinChunk(gpa + done, lengthBytes - done);
      MemorySegment.copy(chunk(gpa + done, step), (gpa + done) & CHUNK_MASK, into, offset + done, step);
      done += step;
    }
  }

  @Override
  public void write(long gpa, MemorySegment from, long offset, long lengthBytes) {
    require(gpa, lengthBytes);
    for (long done = 0; done < lengthBytes;) {
      long step = stepWithinChunk(gpa + done, lengthBytes - done);
      MemorySegment.copy(from, offset + done, chunk(gpa + done, step), (gpa + done) & CHUNK_MASK, step);
      done += step;
    }
  }

  @Override
  public void discard(long gpa, long lengthBytes) {
    require(gpa, lengthBytes);
    long at = gpa;
    long end = gpa + lengthBytes;
    while (at < end) {
      Region region = find(at);
      long step = Math.min(end, region.base + region.sizeBytes) - at;
      try {
        region.backend.discard(region.offsetBytes + at - region.base, step);
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

  /** A number that may lie on both sides of a chunk's end, byte by byte; no driver that aligns its rings comes here. */
  private long getAcross(long gpa, int lengthBytes) {
    require(gpa, lengthBytes);
    long value = 0;
    for (int i = lengthBytes - 1; i >= 0; i--) {
      value = value << 8 | getByte(gpa + i);
    }
    return value;
  }

  private void putAcross(long gpa, int lengthBytes, long value) {
    require(gpa, lengthBytes);
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
