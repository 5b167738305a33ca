package org.ballastvm.virtio.balloon;

/** What a guest reports of its memory, in the order of the tags. Virtio 1.3, 5.5.6.4; those from 10 on: Linux 6.12. */
public enum BalloonStat {
  /** Bytes swapped in. */
  SWAP_IN("stat-swap-in"),
  /** Bytes swapped out. */
  SWAP_OUT("stat-swap-out"),
  /** Page faults that waited for a disk. */
  MAJOR_FAULTS("stat-major-faults"),
  /** Page faults. */
  MINOR_FAULTS("stat-minor-faults"),
  /** Bytes that nobody uses. */
  FREE_MEMORY("stat-free-memory"),
  /** Bytes there are. */
  TOTAL_MEMORY("stat-total-memory"),
  /** Bytes that could be had without swapping. */
  AVAILABLE_MEMORY("stat-available-memory"),
  /** Bytes of files kept in memory. */
  DISK_CACHES("stat-disk-caches"),
  /** Huge pages that were allocated. */
  HUGE_PAGE_ALLOCATIONS("stat-htlb-pgalloc"),
  /** Huge pages that could not be allocated. */
  HUGE_PAGE_FAILURES("stat-htlb-pgfail"),
  /** Processes killed as there was no memory. */
  OOM_KILLS("stat-oom-kills"),
  /** Allocations that had to wait for memory to be reclaimed. */
  ALLOCATION_STALLS("stat-alloc-stalls"),
  /** Pages looked at by the kernel's own reclaim. */
  ASYNC_SCANS("stat-async-scans"),
  /** Pages looked at by processes that wanted memory. */
  DIRECT_SCANS("stat-direct-scans"),
  /** Pages reclaimed by the kernel's own reclaim. */
  ASYNC_RECLAIMS("stat-async-reclaims"),
  /** Pages reclaimed by processes that wanted memory. */
  DIRECT_RECLAIMS("stat-direct-reclaims");

  /** What stands for a value that the guest has not reported, unsigned. */
  public static final long UNSET = -1;

  private final String key;

  BalloonStat(String key) { this.key = key; }

  /** {@return its name, as QEMU's} */
  public String key() { return key; }
}
