package org.ballastvm.acpi;

/** A system description table: a header, and what the kind of table says (ACPI 6.5, 5.2.6). */
public sealed interface AcpiTable permits Xsdt, Fadt, Madt, Dsdt, Srat, Slit {
  /** Bytes of the header that every table begins with. */
  int HEADER_BYTES = 36;

  /** The four characters that name the kind of table. */
  String signature();

  /** The revision of this kind of table. */
  int revision();

  /** What follows the header. */
  byte[] body();

  /** The whole table, with header and checksum. */
  default byte[] toBytes(TableIdentity identity) {
    byte[] body = body();
    byte[] table = new ByteSink().text(signature(), 4, ' ').u32(HEADER_BYTES + body.length).u8(revision()).u8(0)
        .text(identity.oemId(), 6, ' ').text(identity.tableId(), 8, ' ').u32(identity.revision())
        .text(identity.creatorId(), 4, ' ').u32(identity.creatorRevision()).bytes(body).toArray();
    table[Checksum.TABLE_OFFSET] = Checksum.of(table, table.length);
    return table;
  }
}
