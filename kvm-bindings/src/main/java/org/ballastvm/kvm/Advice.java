package org.ballastvm.kvm;

import org.ballastvm.kvm.generated.Host;

/** What madvise(2) takes for a range. */
public enum Advice {
  /** Give the pages of private anonymous memory back; the next read is zeros. */
  DONTNEED(Host.MADV_DONTNEED()),
  /** Give the pages of shared memory back, with what backs them; the next read is zeros. */
  REMOVE(Host.MADV_REMOVE()),
  /** The pages will be used soon. */
  WILLNEED(Host.MADV_WILLNEED()),
  /** Equal pages may be merged. */
  MERGEABLE(Host.MADV_MERGEABLE()),
  /** Leave the range out of core dumps. */
  DONTDUMP(Host.MADV_DONTDUMP()),
  /** Prefer huge pages. */
  HUGEPAGE(Host.MADV_HUGEPAGE()),
  /** No huge pages. */
  NOHUGEPAGE(Host.MADV_NOHUGEPAGE()),
  /** Allocate every page now, writable. */
  POPULATE_WRITE(Host.MADV_POPULATE_WRITE());

  final int code;

  Advice(int code) { this.code = code; }
}
