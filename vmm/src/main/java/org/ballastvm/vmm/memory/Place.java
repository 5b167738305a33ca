package org.ballastvm.vmm.memory;

import java.lang.foreign.MemorySegment;
import org.ballastvm.kvm.HostMapping;

/** A range of guest addresses with the host's memory behind it. Allocates nothing. */
interface Place {
  /** The first address. */
  long base();

  /** The address behind it. */
  long end();

  /** The memory behind it. */
  MemoryBackend backend();

  /** Where in the memory behind it an address is. */
  long offsetInBackend(long gpa);

  /** The memory around an address, which is at {@link #offset} in it. */
  default MemorySegment chunk(long gpa) {
    return backend().mapping().chunk((int) (offsetInBackend(gpa) / HostMapping.CHUNK_BYTES));
  }

  /** Where in its chunk an address is. */
  default long offset(long gpa) {
    return offsetInBackend(gpa) & HostMapping.CHUNK_BYTES - 1;
  }

  /** How much of a length, from an address on, is in its chunk and in this range. */
  default long withinChunk(long gpa, long lengthBytes) {
    return Math.min(lengthBytes, Math.min(HostMapping.CHUNK_BYTES - offset(gpa), end() - gpa));
  }
}
