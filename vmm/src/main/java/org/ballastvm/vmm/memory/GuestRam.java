package org.ballastvm.vmm.memory;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.ballastvm.kvm.HostMapping;
import org.ballastvm.kvm.IoVectors;
import org.ballastvm.kvm.KvmVm;
import org.ballastvm.virtio.MemoryReclaim;
import org.ballastvm.virtio.queue.GuestError;
import org.ballastvm.virtio.queue.GuestMemory;
import org.ballastvm.vmm.state.Log;

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
  private static final long HUGE_PAGE_BYTES = 2 << 20;

  /**
   * A GiB of base memory, or what there is of it. Numbers are read and written through buffers: until a guest has named
   * hundreds of lists, and the way of a list is compiled, an access to a segment takes the JVM twice as long.
   */
  private static final class Chunk {
    private final MemorySegment segment;
    private final ByteBuffer bytes;
    /** Sees the shorts that have an address of their own, each by one access to memory, whoever runs the code. */
    private final ShortBuffer shorts;
    private final long sizeBytes;

    Chunk(MemorySegment segment) {
      this.segment = segment;
      this.bytes = segment.asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
      this.shorts = bytes.asShortBuffer();
      this.sizeBytes = segment.byteSize();
    }
  }

  private final List<BaseRegion> regions = new ArrayList<>();
  /** By address divided by the size of a chunk; null where there is no memory, and where nobody has looked yet. */
  private final Chunk[] chunks;
  private final MemorySlots slots = new MemorySlots();
  private final WriteWatch watch = slots.watch();
  private final MemoryTable table;
  private final DeviceMemory devices;
  private final Places places;
  private final PlacedAccess placed;
  private final PlacedReclaim reclaim;

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
        regions.add(new BaseRegion(range.base() + done, length, backend, offset));
        slots.reserve(MemorySlots.furtherOf(length));
        slots.add(range.base() + done, backend.mapping(), offset, length);
        offset += length;
        done += length;
      }
    }
    regionsInSmallPages().forEach(why -> Log.of(GuestRam.class).warn("{}", why));
    table = new MemoryTable(regions.stream()
        .map(region -> MemoryRegion.of(region.base(), region.sizeBytes(), region.backend(), region.offsetBytes()))
        .toList(), this::endWatch);
    devices = new DeviceMemory(layout, slots, table);
    places = new Places(regions, devices);
    placed = new PlacedAccess(places, slots);
    reclaim = new PlacedReclaim(places);
    chunks = new Chunk[(int) ((regions.getLast().end() + CHUNK_MASK) >>> CHUNK_SHIFT)];
  }

  /**
   * What of base memory the host backs by huge pages in vain, a sentence for each: KVM maps a slot by pages of 4 KiB where
   * guest and host addresses differ within a huge page (kvm_alloc_memslot_metadata in arch/x86/kvm/x86.c).
   */
  List<String> regionsInSmallPages() {
    List<String> sentences = new ArrayList<>();
    for (BaseRegion region : regions) {
      if ((region.base() - region.offsetBytes() & HUGE_PAGE_BYTES - 1) != 0) {
        sentences.add("memory backend " + region.backend().config().id() + ": its memory begins at 0x"
            + Long.toHexString(region.base()) + " in the guest, within a huge page, so KVM maps it by pages of 4 KiB;"
            + " give the nodes before it sizes that are multiples of 2 MiB");
      }
    }
    return sentences;
  }

  /** The chunk of an address that nobody has looked at; null where it is not base memory, or not cut as its mapping is. */
  private Chunk firstLook(long gpa) {
    BaseRegion region = places.base(gpa);
    if (region == null || !region.isCutAlike()) {
      return null;
    }
    long at = gpa & ~CHUNK_MASK;
    Chunk chunk = new Chunk(region.chunk(at).asSlice(0, region.withinChunk(at, HostMapping.CHUNK_BYTES)));
    chunks[(int) (gpa >>> CHUNK_SHIFT)] = chunk; // By any thread: each of two that come at once makes the same.
    return chunk;
  }

  /**
   * Gives the memory to a VM, and from now on each change of it.
   *
   * @param vm the VM
   */
  public void attach(KvmVm vm) { attach(new SlotHost.OfVm(vm)); }

  void attach(SlotHost host) { slots.attach(host); }

  /**
   * What is where in base memory, for whoever draws it.
   *
   * @param runBytes how long a run is
   * @param looks at how much of a run is looked whether it is resident, in bytes
   * @return runs in the order of addresses
   */
  public List<MemoryRun> baseRuns(long runBytes, long looks) {
    List<MemoryRun> runs = new ArrayList<>();
    for (BaseRegion region : regions) {
      for (long at = 0; at < region.sizeBytes(); at += runBytes) {
        long length = Math.min(runBytes, region.sizeBytes() - at);
        runs.add(MemoryRun.of(region.backend(), region.base() + at, region.offsetBytes() + at, length, length, looks));
      }
    }
    return runs;
  }

  /** {@return what of the address space is memory} */
  MemorySlots slots() { return slots; }

  private void endWatch() {
    synchronized (slots) {
      watch.end();
    }
  }

  /** {@return all of it, for those who reach it from outside of this process} */
  public MemoryTable table() {
    return table;
  }

  /** {@return what is memory now, by address, neighbours in one; on the event loop} */
  public List<PhysicalRange> ranges() {
    return PhysicalRange.merged(Stream.concat(
        regions.stream().map(region -> new PhysicalRange(region.base(), region.sizeBytes())), devices.plugged())
        .toList());
  }

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
    Place place = places.whole(gpa, lengthBytes);
    watch.wrote(gpa, lengthBytes);
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
    places.require(gpa, 1);
    return places.at(gpa).withinChunk(gpa, lengthBytes);
  }

  @Override
  public boolean contains(long gpa, long lengthBytes) {
    return lengthBytes > 0 && chunkOrNull(gpa, lengthBytes) != null || places.contain(gpa, lengthBytes);
  }

  @Override
  public int getByte(long gpa) {
    Chunk chunk = chunkOrNull(gpa, 1);
    return chunk == null ? (int) placed.get(gpa, 1) : chunk.bytes.get((int) (gpa & CHUNK_MASK)) & 0xff;
  }

  @Override
  public int getShort(long gpa) {
    Chunk chunk = chunkOrNull(gpa, 2);
    return chunk == null ? (int) placed.get(gpa, 2) : chunk.bytes.getShort((int) (gpa & CHUNK_MASK)) & 0xffff;
  }

  @Override
  public int getInt(long gpa) {
    Chunk chunk = chunkOrNull(gpa, 4);
    return chunk == null ? (int) placed.get(gpa, 4) : chunk.bytes.getInt((int) (gpa & CHUNK_MASK));
  }

  @Override
  public long getLong(long gpa) {
    Chunk chunk = chunkOrNull(gpa, 8);
    return chunk == null ? placed.get(gpa, 8) : chunk.bytes.getLong((int) (gpa & CHUNK_MASK));
  }

  @Override
  public void putByte(long gpa, int value) {
    watch.wrote(gpa, 1);
    Chunk chunk = chunkOrNull(gpa, 1);
    if (chunk == null) {
      placed.put(gpa, 1, value);
    } else {
      chunk.bytes.put((int) (gpa & CHUNK_MASK), (byte) value);
    }
  }

  @Override
  public void putShort(long gpa, int value) {
    watch.wrote(gpa, 2);
    Chunk chunk = chunkOrNull(gpa, 2);
    if (chunk == null) {
      placed.put(gpa, 2, value);
    } else {
      chunk.bytes.putShort((int) (gpa & CHUNK_MASK), (short) value);
    }
  }

  @Override
  public void putInt(long gpa, int value) {
    watch.wrote(gpa, 4);
    Chunk chunk = chunkOrNull(gpa, 4);
    if (chunk == null) {
      placed.put(gpa, 4, value);
    } else {
      chunk.bytes.putInt((int) (gpa & CHUNK_MASK), value);
    }
  }

  @Override
  public void putLong(long gpa, long value) {
    watch.wrote(gpa, 8);
    Chunk chunk = chunkOrNull(gpa, 8);
    if (chunk == null) {
      placed.put(gpa, 8, value);
    } else {
      chunk.bytes.putLong((int) (gpa & CHUNK_MASK), value);
    }
  }

  /**
   * One aligned access and a fence are no less than an acquiring access: it is made once, as no code that the JVM makes
   * carries a read of memory over a fence, and no later access is made before it.
   */
  @Override
  public int getShortAcquire(long gpa) {
    Chunk chunk = chunkOrNull(gpa, 2);
    if (chunk == null) {
      return placed.getShortAcquire(gpa);
    }
    int value = chunk.shorts.get((int) (gpa & CHUNK_MASK) >> 1) & 0xffff;
    VarHandle.acquireFence();
    return value;
  }

  /** As above: no earlier access is made after the fence, and the write not before it. */
  @Override
  public void putShortRelease(long gpa, int value) {
    watch.wrote(gpa, 2);
    Chunk chunk = chunkOrNull(gpa, 2);
    if (chunk == null) {
      placed.putShortRelease(gpa, value);
    } else {
      VarHandle.releaseFence();
      chunk.shorts.put((int) (gpa & CHUNK_MASK) >> 1, (short) value);
    }
  }

  @Override
  public void read(long gpa, MemorySegment into, long offset, long lengthBytes) {
    Chunk chunk = chunkOrNull(gpa, lengthBytes);
    if (chunk == null) {
      placed.read(gpa, into, offset, lengthBytes);
    } else {
      MemorySegment.copy(chunk.segment, gpa & CHUNK_MASK, into, offset, lengthBytes);
    }
  }

  @Override
  public void write(long gpa, MemorySegment from, long offset, long lengthBytes) {
    Chunk chunk = chunkOrNull(gpa, lengthBytes);
    if (chunk == null) {
      placed.write(gpa, from, offset, lengthBytes, watch);
    } else {
      watch.wrote(gpa, lengthBytes);
      MemorySegment.copy(from, offset, chunk.segment, gpa & CHUNK_MASK, lengthBytes);
    }
  }

  @Override
  public void view(long gpa, long lengthBytes, Access access, Consumer<List<MemorySegment>> viewer) {
    placed.view(gpa, lengthBytes, access, watch, viewer);
  }

  /** {@return who works with it by the host's addresses} */
  public MemoryUses uses() { return devices.uses(); }

  /**
   * Adds the host's pieces of a range to a read or a write of the host. To be called, and the host asked, between
   * {@link MemoryUses#begin} and {@link MemoryUses#end}; what the guest unplugs meanwhile, the host refuses to reach. Allocates
   * nothing.
   *
   * @param gpa guest physical address; any value
   * @param lengthBytes above zero
   * @param access what the host does with it
   * @param into gets the pieces
   * @return of how many bytes; fewer than asked for if there was room for no more pieces
   * @throws GuestError if the range is not wholly in memory
   */
  public long collect(long gpa, long lengthBytes, Access access, IoVectors into) {
    if (access == Access.WRITE) {
      watch.wrote(gpa, lengthBytes);
    }
    Chunk chunk = chunkOrNull(gpa, lengthBytes);
    if (chunk == null || into.isFull()) {
      return placed.collect(gpa, lengthBytes, into);
    }
    into.add(chunk.segment, gpa & CHUNK_MASK, lengthBytes);
    return lengthBytes;
  }

  @Override
  public void discard(long gpa, long lengthBytes) { reclaim.discard(gpa, lengthBytes); }

  @Override
  public boolean hold(long gpa, long lengthBytes) { return reclaim.hold(gpa, lengthBytes); }

  @Override
  public boolean countsParts(long gpa) { return reclaim.countsParts(gpa); }

  @Override
  public void makePresent(long gpa, long lengthBytes) { reclaim.makePresent(gpa, lengthBytes); }

  @Override
  public void release() { reclaim.release(); }

  /** {@return what gives its memory back to the host} */
  PlacedReclaim reclaim() { return reclaim; }

  private Chunk chunkOrNull(long gpa, long lengthBytes) {
    long index = gpa >>> CHUNK_SHIFT;
    if (index < chunks.length) {
      Chunk chunk = chunks[(int) index];
      if (chunk == null) {
        chunk = firstLook(gpa);
      }
      if (chunk != null && (gpa & CHUNK_MASK) <= chunk.sizeBytes - lengthBytes) {
        return chunk;
      }
    }
    return null;
  }
}
