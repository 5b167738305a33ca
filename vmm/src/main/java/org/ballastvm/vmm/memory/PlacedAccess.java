package org.ballastvm.vmm.memory;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.ballastvm.kvm.IoVectors;
import org.ballastvm.virtio.queue.GuestMemory.Access;

/**
 * Access to guest memory wherever it is: to that of devices, and across edges. Allocates nothing but the pieces of a view.
 *
 * <p>
 * All under the lock of the slots, but views of base memory, which never goes. What is unplugged is hidden under it, and this process would not outlive a look at that.
 */
final class PlacedAccess {
  private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
  private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
  private static final VarHandle ORDERED_SHORT = ValueLayout.JAVA_SHORT.varHandle();

  private final Places places;
  private final Object lock;

  PlacedAccess(Places places, Object lock) {
    this.places = places;
    this.lock = lock;
  }

  /** A number of 1, 2, 4 or 8 bytes, zero-extended but for four; across an edge byte by byte, where no aligned one is. */
  long get(long gpa, int lengthBytes) {
    synchronized (lock) {
      places.require(gpa, lengthBytes);
      Place place = places.at(gpa);
      if (place.withinChunk(gpa, lengthBytes) < lengthBytes) {
        long value = 0;
        for (int i = lengthBytes - 1; i >= 0; i--) {
          value = value << 8 | get(gpa + i, 1);
        }
        return value;
      }
      MemorySegment chunk = place.chunk(gpa);
      long offset = place.offset(gpa);
      return switch (lengthBytes) {
        case Byte.BYTES -> chunk.get(BYTE, offset) & 0xff;
        case Short.BYTES -> chunk.get(SHORT, offset) & 0xffff;
        case Integer.BYTES -> chunk.get(INT, offset);
        default -> chunk.get(LONG, offset);
      };
    }
  }

  void put(long gpa, int lengthBytes, long value) {
    synchronized (lock) {
      places.require(gpa, lengthBytes);
      Place place = places.at(gpa);
      if (place.withinChunk(gpa, lengthBytes) < lengthBytes) {
        for (int i = 0; i < lengthBytes; i++) {
          put(gpa + i, 1, value >>> 8 * i);
        }
        return;
      }
      MemorySegment chunk = place.chunk(gpa);
      long offset = place.offset(gpa);
      switch (lengthBytes) {
        case Byte.BYTES -> chunk.set(BYTE, offset, (byte) value);
        case Short.BYTES -> chunk.set(SHORT, offset, (short) value);
        case Integer.BYTES -> chunk.set(INT, offset, (int) value);
        default -> chunk.set(LONG, offset, value);
      }
    }
  }

  int getShortAcquire(long gpa) {
    synchronized (lock) {
      Place place = places.whole(gpa, Short.BYTES);
      return (short) ORDERED_SHORT.getAcquire(place.chunk(gpa), place.offset(gpa)) & 0xffff;
    }
  }

  void putShortRelease(long gpa, int value) {
    synchronized (lock) {
      Place place = places.whole(gpa, Short.BYTES);
      ORDERED_SHORT.setRelease(place.chunk(gpa), place.offset(gpa), (short) value);
    }
  }

  void read(long gpa, MemorySegment into, long offset, long lengthBytes) {
    synchronized (lock) {
      places.require(gpa, lengthBytes);
      for (long done = 0; done < lengthBytes;) {
        Place place = places.at(gpa + done);
        long step = place.withinChunk(gpa + done, lengthBytes - done);
        MemorySegment.copy(place.chunk(gpa + done), place.offset(gpa + done), into, offset + done, step);
        done += step;
      }
    }
  }

  void write(long gpa, MemorySegment from, long offset, long lengthBytes, WriteWatch watch) {
    synchronized (lock) {
      places.require(gpa, lengthBytes);
      watch.wrote(gpa, lengthBytes);
      for (long done = 0; done < lengthBytes;) {
        Place place = places.at(gpa + done);
        long step = place.withinChunk(gpa + done, lengthBytes - done);
        MemorySegment.copy(from, offset + done, place.chunk(gpa + done), place.offset(gpa + done), step);
        done += step;
      }
    }
  }

  /** Adds the pieces of a range to a read or a write of the host; returns how many bytes there was room for. */
  long collect(long gpa, long lengthBytes, IoVectors into) {
    if (places.areBase(gpa, lengthBytes)) {
      return collectPieces(gpa, lengthBytes, into);
    }
    synchronized (lock) {
      places.require(gpa, lengthBytes);
      return collectPieces(gpa, lengthBytes, into);
    }
  }

  private long collectPieces(long gpa, long lengthBytes, IoVectors into) {
    long done = 0;
    while (done < lengthBytes && !into.isFull()) {
      Place place = places.at(gpa + done);
      long step = place.withinChunk(gpa + done, lengthBytes - done);
      into.add(place.chunk(gpa + done), place.offset(gpa + done), step);
      done += step;
    }
    return done;
  }

  void view(long gpa, long lengthBytes, Access access, WriteWatch watch, Consumer<List<MemorySegment>> viewer) {
    if (places.areBase(gpa, lengthBytes)) {
      show(gpa, lengthBytes, access, watch, viewer);
    } else {
      synchronized (lock) {
        places.require(gpa, lengthBytes);
        show(gpa, lengthBytes, access, watch, viewer);
      }
    }
  }

  private void show(long gpa, long lengthBytes, Access access, WriteWatch watch,
      Consumer<List<MemorySegment>> viewer) {
    if (access == Access.WRITE) {
      watch.wrote(gpa, lengthBytes);
    }
    List<MemorySegment> pieces = new ArrayList<>();
    for (long done = 0; done < lengthBytes;) {
      Place place = places.at(gpa + done);
      long step = place.withinChunk(gpa + done, lengthBytes - done);
      MemorySegment piece = place.chunk(gpa + done).asSlice(place.offset(gpa + done), step);
      pieces.add(access == Access.READ ? piece.asReadOnly() : piece);
      done += step;
    }
    viewer.accept(pieces);
  }
}
