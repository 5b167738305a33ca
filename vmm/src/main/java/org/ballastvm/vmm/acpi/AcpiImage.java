package org.ballastvm.vmm.acpi;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** The tables as they lie in guest memory, one after the other, each knowing where the others are. */
public final class AcpiImage {
  private final long address;
  private final byte[] bytes;
  private final Map<String, Extent> extents;

  /** Where a table stands in the image. */
  private record Extent(int offset, int length) {}

  private AcpiImage(long address, byte[] bytes, Map<String, Extent> extents) {
    this.address = address;
    this.bytes = bytes;
    this.extents = extents;
  }

  /** The guest-physical address of the first byte. */
  public long address() { return address; }

  /** The guest-physical address of the root pointer, for {@code boot_params.acpi_rsdp_addr} and PVH's start info. */
  public long rsdpAddress() {
    return address + extents.get("RSDP").offset();
  }

  /** The guest-physical address at which the MultiProcessor table is looked for by kernels that do without ACPI. */
  public long mpPointerAddress() {
    return MpTable.POINTER;
  }

  /** What is to stand there. */
  public byte[] mpPointer() {
    return MpTable.pointerTo(address + extent(MpTable.SIGNATURE).offset());
  }

  /** The guest-physical address of a table, by its signature. */
  public long addressOf(String signature) {
    return address + extent(signature).offset();
  }

  /** A copy of all of it. */
  public byte[] bytes() { return bytes.clone(); }

  /** A copy of one table, by its signature; the root pointer's is RSDP. */
  public byte[] table(String signature) {
    Extent extent = extent(signature);
    return Arrays.copyOfRange(bytes, extent.offset(), extent.offset() + extent.length());
  }

  private Extent extent(String signature) {
    Extent extent = extents.get(signature);
    if (extent == null) {
      throw new IllegalArgumentException("there is no table " + signature + ", only " + extents.keySet());
    }
    return extent;
  }

  /** Lays tables out within a range of guest-physical memory. */
  static final class Layout {
    /** Enough for any table; the root pointer needs 16. */
    private static final int ALIGNMENT_BYTES = 16;

    private final long address;
    private final byte[] bytes;
    private final Map<String, Extent> extents = new LinkedHashMap<>();
    private int used;

    Layout(long address, int lengthBytes) {
      this.address = address;
      this.bytes = new byte[lengthBytes];
    }

    /** Sets room aside for a table that is written later, as it leads to others. */
    long reserve(String signature, int lengthBytes) {
      if (lengthBytes > bytes.length - used) {
        throw new IllegalStateException("the ACPI tables do not fit: " + signature + " takes " + lengthBytes
            + " bytes, and " + (bytes.length - used) + " of " + bytes.length + " are left");
      }
      int offset = used;
      extents.put(signature, new Extent(offset, lengthBytes));
      used = Math.min(bytes.length, Math.ceilDiv(used + lengthBytes, ALIGNMENT_BYTES) * ALIGNMENT_BYTES);
      return address + offset;
    }

    void fill(String signature, byte[] table) {
      Extent extent = extents.get(signature);
      if (table.length != extent.length()) {
        throw new IllegalStateException(signature + " takes " + table.length + " bytes, not " + extent.length());
      }
      System.arraycopy(table, 0, bytes, extent.offset(), table.length);
    }

    long place(String signature, byte[] table) {
      long at = reserve(signature, table.length);
      fill(signature, table);
      return at;
    }

    AcpiImage image() { return new AcpiImage(address, Arrays.copyOf(bytes, used), Map.copyOf(extents)); }
  }
}
