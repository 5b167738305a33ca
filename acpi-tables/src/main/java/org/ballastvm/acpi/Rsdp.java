package org.ballastvm.acpi;

/**
 * The root pointer, revision 2 (ACPI 6.5, 5.2.5.3): what a guest searches for, and what leads to all other tables.
 *
 * @param oemId at most 6 characters
 * @param xsdtAddress guest-physical address of the XSDT
 */
public record Rsdp(String oemId, long xsdtAddress) {
  /** Its size. */
  public static final int LENGTH_BYTES = 36;
  /** A guest that scans the BIOS area for it looks at multiples of this. */
  public static final int ALIGNMENT_BYTES = 16;
  private static final int REVISION_1_BYTES = 20;
  private static final int CHECKSUM_OFFSET = 8;
  private static final int EXTENDED_CHECKSUM_OFFSET = 32;

  /** The structure, with both of its checksums. */
  public byte[] toBytes() {
    long noRsdt = 0;
    byte[] bytes = new ByteSink().text("RSD PTR ", 8, ' ').u8(0).text(oemId, 6, ' ').u8(2).u32(noRsdt)
        .u32(LENGTH_BYTES).u64(xsdtAddress).u8(0).zeros(3).toArray();
    bytes[CHECKSUM_OFFSET] = Checksum.of(bytes, REVISION_1_BYTES);
    bytes[EXTENDED_CHECKSUM_OFFSET] = Checksum.of(bytes, LENGTH_BYTES);
    return bytes;
  }
}
