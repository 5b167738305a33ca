package org.ballastvm.vmm.memory;

import java.util.Optional;
import org.ballastvm.kvm.HostFile;
import org.ballastvm.kvm.HostMapping;

/**
 * A range of guest addresses with the host's memory behind it, whole: of a memory device, what is not plugged too.
 *
 * @param base its first guest physical address
 * @param sizeBytes above zero
 * @param mapping the memory, in this process
 * @param offsetBytes where in the mapping it begins, and in the file
 * @param file behind the mapping, for another process to map; empty for memory that others cannot be given, since it has no
 *        file, or what is written to it does not reach the file ({@code share=off})
 * @param pageSizeBytes the size of the pages behind it
 */
public record MemoryRegion(long base, long sizeBytes, HostMapping mapping, long offsetBytes, Optional<HostFile> file,
    long pageSizeBytes) {

  static MemoryRegion of(long base, long sizeBytes, MemoryBackend backend, long offsetBytes) {
    return new MemoryRegion(base, sizeBytes, backend.mapping(), offsetBytes,
        backend.config().common().share() ? backend.file() : Optional.empty(), backend.pageSizeBytes());
  }

  /**
   * Whether a range is all in it.
   *
   * @param gpa guest physical address; any number
   * @param lengthBytes zero or above; any number
   * @return false for numbers that overflow, too
   */
  public boolean contains(long gpa, long lengthBytes) {
    return gpa >= base && lengthBytes >= 0 && lengthBytes <= sizeBytes && gpa - base <= sizeBytes - lengthBytes;
  }
}
