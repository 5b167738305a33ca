package org.ballastvm.vmm.vhostuser;

import org.ballastvm.kvm.HostFile;

/**
 * Guest memory that a back-end maps too.
 *
 * @param guestAddress where the guest has it
 * @param sizeBytes above zero
 * @param file what it is mapped from, shared
 * @param fileOffsetBytes where in the file it begins
 */
public record SharedRegion(long guestAddress, long sizeBytes, HostFile file, long fileOffsetBytes) {}
