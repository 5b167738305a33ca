package org.ballastvm.vmm.memory;

import java.lang.foreign.MemorySegment;
import org.ballastvm.kvm.HostMapping;

/** Base memory from one address on, with its place in a backend. */
record BaseRegion(long base, long sizeBytes, MemoryBackend backend, long offsetBytes) implements Place {
  private static final int CHUNK_SHIFT = 30;
  private static final long CHUNK_MASK = HostMapping.CHUNK_BYTES - 1;

  boolean contains(long gpa) { return gpa >= base && gpa < base + sizeBytes; }

  long end() { return base + sizeBytes; }

  /** Whether guest memory and its mapping are cut into chunks at the same addresses. */
  boolean isCutAlike() {
    return (base - offsetBytes & CHUNK_MASK) == 0 && (base & CHUNK_MASK) == 0;
  }

  @Override
  public MemorySegment chunk(long gpa) {
    return backend.mapping().chunk((int) (offsetBytes + gpa - base >>> CHUNK_SHIFT));
  }

  @Override
  public long offset(long gpa) { return offsetBytes + gpa - base & CHUNK_MASK; }

  @Override
  public long withinChunk(long gpa, long lengthBytes) {
    return Math.min(lengthBytes, Math.min(HostMapping.CHUNK_BYTES - offset(gpa), base + sizeBytes - gpa));
  }

  @Override
  public long offsetInBackend(long gpa) { return offsetBytes + gpa - base; }
}
