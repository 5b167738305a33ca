package org.ballastvm.vmm.vhostuser;

import org.ballastvm.kvm.HostFile;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.memory.MemoryRegion;

/**
 * Guest memory that a back-end maps too.
 *
 * @param guestAddress where the guest has it
 * @param sizeBytes above zero
 * @param file what it is mapped from, shared
 * @param fileOffsetBytes where in the file it begins
 */
record SharedRegion(long guestAddress, long sizeBytes, HostFile file, long fileOffsetBytes) {
  /**
   * A region of guest memory.
   *
   * @throws UserError if no other process can map it
   */
  static SharedRegion of(MemoryRegion region) {
    return new SharedRegion(region.base(), region.sizeBytes(),
        region.file().orElseThrow(() -> new UserError("memory at 0x" + Long.toHexString(region.base())
            + " cannot be shared with a back-end of vhost-user: it must be a memory-backend-memfd, or a"
            + " memory-backend-file, with share=on")),
        region.offsetBytes());
  }
}
