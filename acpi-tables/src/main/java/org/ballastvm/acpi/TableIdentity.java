package org.ballastvm.acpi;

/**
 * Who made a table, as its header says (ACPI 6.5, 5.2.6).
 *
 * @param oemId at most 6 characters
 * @param tableId at most 8 characters
 * @param revision the maker's own revision
 * @param creatorId the tool that made it, at most 4 characters
 * @param creatorRevision that tool's revision
 */
public record TableIdentity(String oemId, String tableId, int revision, String creatorId, int creatorRevision) {
  /** Checks lengths. */
  public TableIdentity {
    if (oemId.length() > 6 || tableId.length() > 8 || creatorId.length() > 4) {
      throw new IllegalArgumentException("a name too long: " + oemId + ", " + tableId + ", " + creatorId);
    }
  }
}
