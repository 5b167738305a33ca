package org.ballastvm.vmm.memory;

import org.ballastvm.kvm.HostMapping;

/** Base memory from one address on, with its place in a backend. */
record BaseRegion(long base, long sizeBytes, MemoryBackend backend, long offsetBytes) implements Place {
  private static final long CHUNK_MASK = HostMapping.CHUNK_BYTES - 1;

  boolean contains(long gpa) { return gpa >= base && gpa < base + sizeBytes; }

  @Override
  public long end() { return base + sizeBytes; }

  /** Whether guest memory and its mapping are cut into chunks at the same addresses. */
  boolean isCutAlike() {
    return (base - offsetBytes & CHUNK_MASK) == 0 && (base & CHUNK_MASK) == 0;
  }

  @Override
  public long offsetInBackend(long gpa) { return offsetBytes + gpa - base; }
}
