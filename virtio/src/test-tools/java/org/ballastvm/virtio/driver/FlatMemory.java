package org.ballastvm.virtio.driver;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.ballastvm.virtio.MemoryReclaim;
import org.ballastvm.virtio.queue.GuestError;
import org.ballastvm.virtio.queue.GuestMemory;

/** Guest memory with a hole, on the Java heap; it writes down what is given back, and reads as zeros there. */
public final class FlatMemory implements GuestMemory, MemoryReclaim {
  /** Memory below the hole, in bytes. */
  public static final long LOW_BYTES = 32L << 20;
  /** Where memory goes on behind the hole. */
  public static final long HIGH_BASE = 64L << 20;
  /** Memory behind the hole, in bytes. */
  public static final long HIGH_BYTES = 1L << 20;

  private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
  private static final VarHandle ORDERED_SHORT = ValueLayout.JAVA_SHORT.varHandle();

  private final MemorySegment low = MemorySegment.ofArray(new long[(int) LOW_BYTES / 8]);
  private final MemorySegment high = MemorySegment.ofArray(new long[(int) HIGH_BYTES / 8]);
  private final List<Range> discarded = new ArrayList<>();
  private final List<Range> restored = new ArrayList<>();
  private ReclaimFailed refusal;
  private int straying;
  private long held;
  private boolean countsParts;
  private long goneFrom;
  private long goneEnd;

  /** A range of pages of 4 KiB. */
  public record Range(long firstPage, long pageCount) {}

  /** What was given back, in order; the list is the caller's, and the next one starts empty. */
  public List<Range> takeDiscarded() {
    List<Range> taken = List.copyOf(discarded);
    discarded.clear();
    return taken;
  }

  /** What was asked to be present again, in order; the next list starts empty. */
  public List<Range> takeRestored() {
    List<Range> taken = List.copyOf(restored);
    restored.clear();
    return taken;
  }

  /** From now on the host refuses to take memory back; null ends that. */
  public void refuseDiscards(String why) {
    refusal = why == null ? null : new ReclaimFailed(why, null);
  }

  /** How often something that is not memory was asked for: a device that looks first never does. */
  public int straying() {
    return straying;
  }

  /** A range is memory no more, as when a guest lets a DIMM go. */
  public void remove(long gpa, long lengthBytes) {
    goneFrom = gpa;
    goneEnd = gpa + lengthBytes;
  }

  @Override
  public boolean contains(long gpa, long lengthBytes) {
    if (gpa < goneEnd && gpa + lengthBytes > goneFrom) {
      return false;
    }
    return lengthBytes >= 0 && (within(gpa, lengthBytes, 0, LOW_BYTES)
        || within(gpa, lengthBytes, HIGH_BASE, HIGH_BYTES));
  }

  private static boolean within(long gpa, long lengthBytes, long base, long sizeBytes) {
    return gpa >= base && lengthBytes <= sizeBytes && gpa - base <= sizeBytes - lengthBytes;
  }

  @Override
  public int getByte(long gpa) { return at(gpa, 1).get(ValueLayout.JAVA_BYTE, offset(gpa)) & 0xff; }

  @Override
  public int getShort(long gpa) { return at(gpa, 2).get(SHORT, offset(gpa)) & 0xffff; }

  @Override
  public int getInt(long gpa) { return at(gpa, 4).get(INT, offset(gpa)); }

  @Override
  public long getLong(long gpa) { return at(gpa, 8).get(LONG, offset(gpa)); }

  @Override
  public void putByte(long gpa, int value) { at(gpa, 1).set(ValueLayout.JAVA_BYTE, offset(gpa), (byte) value); }

  @Override
  public void putShort(long gpa, int value) { at(gpa, 2).set(SHORT, offset(gpa), (short) value); }

  @Override
  public void putInt(long gpa, int value) { at(gpa, 4).set(INT, offset(gpa), value); }

  @Override
  public void putLong(long gpa, long value) { at(gpa, 8).set(LONG, offset(gpa), value); }

  @Override
  public int getShortAcquire(long gpa) { return (short) ORDERED_SHORT.getAcquire(at(gpa, 2), offset(gpa)) & 0xffff; }

  @Override
  public void putShortRelease(long gpa, int value) { ORDERED_SHORT.setRelease(at(gpa, 2), offset(gpa), (short) value); }

  @Override
  public void read(long gpa, MemorySegment into, long offset, long lengthBytes) {
    MemorySegment.copy(at(gpa, lengthBytes), offset(gpa), into, offset, lengthBytes);
  }

  @Override
  public void write(long gpa, MemorySegment from, long offset, long lengthBytes) {
    MemorySegment.copy(from, offset, at(gpa, lengthBytes), offset(gpa), lengthBytes);
  }

  @Override
  public void view(long gpa, long lengthBytes, Access access, Consumer<List<MemorySegment>> viewer) {
    MemorySegment whole = at(gpa, lengthBytes).asSlice(offset(gpa), lengthBytes);
    MemorySegment piece = access == Access.READ ? whole.asReadOnly() : whole;
    viewer.accept(lengthBytes == 0 ? List.of() : List.of(piece));
  }

  @Override
  public void discard(long gpa, long lengthBytes) {
    if (refusal != null) {
      throw refusal;
    }
    at(gpa, lengthBytes).asSlice(offset(gpa), lengthBytes).fill((byte) 0);
    discarded.add(new Range(gpa >> 12, lengthBytes >> 12));
  }

  @Override
  public boolean hold(long gpa, long lengthBytes) {
    discard(gpa, lengthBytes);
    held += lengthBytes >> 12;
    return true;
  }

  /** Has pages of the host's be larger than the balloon's. */
  public void countParts() { countsParts = true; }

  @Override
  public boolean countsParts(long gpa) { return countsParts; }

  @Override
  public void release() { held = 0; }

  /** How many pages were to be left alone since that was last called off. */
  public long held() { return held; }

  @Override
  public void makePresent(long gpa, long lengthBytes) { restored.add(new Range(gpa >> 12, lengthBytes >> 12)); }

  private static long offset(long gpa) { return gpa < HIGH_BASE ? gpa : gpa - HIGH_BASE; }

  private MemorySegment at(long gpa, long lengthBytes) {
    if (!contains(gpa, lengthBytes)) {
      straying++;
      throw new GuestError(lengthBytes + " bytes at 0x" + Long.toHexString(gpa) + " are not all memory");
    }
    return gpa < HIGH_BASE ? low : high;
  }
}
