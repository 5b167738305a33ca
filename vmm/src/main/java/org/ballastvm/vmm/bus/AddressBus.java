package org.ballastvm.vmm.bus;

import java.util.ArrayList;
import java.util.List;

/**
 * An address space whose ranges are answered by devices.
 *
 * <p>
 * Look-ups run on every exit, so they read one immutable array, take no lock and allocate nothing; mapping, which is
 * rare, makes a new array.
 */
public final class AddressBus {
  private final String name;
  private final long sizeBytes;
  private volatile Range[] ranges = {};

  /**
   * An empty address space.
   *
   * @param name for people: {@code I/O} or {@code memory}
   * @param sizeBytes how many addresses it has; {@link Long#MAX_VALUE} for no bound worth naming
   */
  public AddressBus(String name, long sizeBytes) {
    this.name = name;
    this.sizeBytes = sizeBytes;
  }

  /** {@return the name for people} */
  public String name() { return name; }

  /** {@return how many addresses it has} */
  public long sizeBytes() { return sizeBytes; }

  /**
   * Puts a device at a range.
   *
   * @param device what answers there
   * @param what the name of the range in {@code info mtree}
   * @param base first address
   * @param length addresses, above zero
   * @throws IllegalArgumentException if the range is taken or outside the space
   */
  public synchronized void map(BusDevice device, String what, long base, long length) {
    if (length <= 0 || base < 0 || base > sizeBytes - length) {
      throw new IllegalArgumentException(
          what + " does not fit into the " + name + " space at 0x" + Long.toHexString(base));
    }
    List<Range> next = new ArrayList<>(List.of(ranges));
    for (Range other : next) {
      if (base < other.base + other.length && other.base < base + length) {
        throw new IllegalArgumentException(what + " at 0x" + Long.toHexString(base) + " overlaps " + other.what);
      }
    }
    next.add(new Range(device, what, base, length));
    next.sort((one, other) -> Long.compare(one.base(), other.base()));
    ranges = next.toArray(Range[]::new);
  }

  /**
   * Whether a range is free.
   *
   * @param base first address
   * @param length addresses
   * @return true if nothing answers there
   */
  public boolean isFree(long base, long length) {
    for (Range range : ranges) {
      if (base < range.base + range.length && range.base < base + length) {
        return false;
      }
    }
    return true;
  }

  /**
   * Takes away what is mapped at an address; nothing happens if there is nothing.
   *
   * @param base the first address, as it was mapped
   */
  public synchronized void unmap(long base) {
    List<Range> next = new ArrayList<>(List.of(ranges));
    next.removeIf(range -> range.base == base);
    ranges = next.toArray(Range[]::new);
  }

  /**
   * Reads.
   *
   * @param address any address
   * @param sizeBytes 1, 2, 4 or 8
   * @return the device's answer; all ones where nothing answers, as on a real bus
   */
  public long read(long address, int sizeBytes) {
    Range range = find(address, sizeBytes);
    return range == null ? -1L : range.device.read(address - range.base, sizeBytes);
  }

  /**
   * Writes; a write that nothing takes is lost, as on a real bus.
   *
   * @param address any address
   * @param sizeBytes 1, 2, 4 or 8
   * @param value in the low {@code sizeBytes} bytes
   */
  public void write(long address, int sizeBytes, long value) {
    Range range = find(address, sizeBytes);
    if (range != null) {
      range.device.write(address - range.base, sizeBytes, value);
    }
  }

  /** {@return what is mapped now, by address} */
  public List<Range> ranges() { return List.of(ranges); }

  /**
   * Carries writes to one address that were made one after the other; nobody's are dropped.
   *
   * @param address of each
   * @param sizeBytes of each, 1, 2, 4 or 8
   * @param values the oldest first
   * @param count how many of them
   */
  public void write(long address, int sizeBytes, long[] values, int count) {
    Range range = find(address, sizeBytes);
    if (range != null) {
      range.device.write(address - range.base, sizeBytes, values, count);
    }
  }

  private Range find(long address, int sizeBytes) {
    Range[] now = ranges;
    int low = 0;
    int high = now.length - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      Range range = now[middle];
      if (address < range.base) {
        high = middle - 1;
      } else if (address - range.base >= range.length) {
        low = middle + 1;
      } else {
        return address - range.base <= range.length - sizeBytes ? range : null;
      }
    }
    return null;
  }

  /**
   * A mapped range.
   *
   * @param device what answers
   * @param what its name in {@code info mtree}
   * @param base first address
   * @param length addresses
   */
  public record Range(BusDevice device, String what, long base, long length) {}
}
