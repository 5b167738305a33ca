package org.ballastvm.vmm.memory;

import java.lang.foreign.MemorySegment;

/** A range of guest addresses with the host's memory behind it. Allocates nothing. */
interface Place {
  /** The memory around an address, which is at {@link #offset} in it. */
  MemorySegment chunk(long gpa);

  /** Where in its chunk an address is. */
  long offset(long gpa);

  /** How much of a length, from an address on, is in its chunk and in this range. */
  long withinChunk(long gpa, long lengthBytes);

  /** The memory behind it. */
  MemoryBackend backend();

  /** Where in the memory behind it an address is. */
  long offsetInBackend(long gpa);
}
