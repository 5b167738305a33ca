package org.ballastvm.vmm.event;

import org.ballastvm.vmm.wire.Member;

/**
 * How far a dump of the guest's memory is.
 *
 * @param status in a word
 * @param completed bytes of memory that are done
 * @param total bytes of memory that are to be
 */
public record DumpResult(@Member("how far it is") DumpStatus status,
    @Member("memory that is written, in bytes") long completed,
    @Member("memory that is to be written, in bytes") long total) {
  /** Nothing was dumped yet. */
  public static final DumpResult NONE = new DumpResult(DumpStatus.NONE, 0, 0);
}
