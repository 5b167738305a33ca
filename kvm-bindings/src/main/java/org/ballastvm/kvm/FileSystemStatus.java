package org.ballastvm.kvm;

/**
 * What the host knows of the file system that a {@link HostNode} is on, statfs(2).
 *
 * @param type its kind, a number of linux/magic.h
 * @param blockBytes its unit
 * @param blocks its size in that unit
 * @param freeBlocks what is left of it
 * @param availableBlocks what is left of it for who is not root
 * @param files how many nodes it can have
 * @param freeFiles how many it can still have
 * @param id its identity
 * @param longestName in bytes
 */
public record FileSystemStatus(long type, long blockBytes, long blocks, long freeBlocks, long availableBlocks,
    long files, long freeFiles, long id, long longestName) {}
