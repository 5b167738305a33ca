package org.ballastvm.vmm.memory;

import org.ballastvm.kvm.HostProcess;

/**
 * What a run of guest addresses is.
 *
 * @param gpa where it begins
 * @param bytes how long it is
 * @param presentBytes how much of it is memory: base memory, or plugged
 * @param heldBytes how much of it is in the balloon
 * @param residentBytes how much of it the host holds in memory, judged by the part that was looked at
 */
public record MemoryRun(long gpa, long bytes, long presentBytes, long heldBytes, long residentBytes) {
  static MemoryRun of(MemoryBackend backend, long gpa, long offsetBytes, long lengthBytes, long presentBytes,
      long looks) {
    if (presentBytes == 0) {
      return new MemoryRun(gpa, lengthBytes, 0, 0, 0);
    }
    long page = HostProcess.pageSizeBytes();
    long looked = Math.max(page, Math.min(lengthBytes, looks) & -page);
    long resident = backend.mapping().residentBytes(offsetBytes, Math.min(looked, lengthBytes));
    return new MemoryRun(gpa, lengthBytes, presentBytes, backend.heldBytes(offsetBytes, lengthBytes),
        (long) (resident * ((double) lengthBytes / Math.min(looked, lengthBytes))));
  }
}
