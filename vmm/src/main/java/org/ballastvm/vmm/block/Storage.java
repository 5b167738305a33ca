package org.ballastvm.vmm.block;

import org.ballastvm.kvm.IoVectors;

/**
 * What a disk's bytes are on. Answers as the kernel does: a count, or a negated errno. Any number of threads at once; none of
 * them writes what another one uses, for its driver sees to that.
 */
interface Storage extends AutoCloseable {
  /** {@return its size in bytes, rounded up to a multiple of 512} */
  long sizeBytes();

  /**
   * Reads.
   *
   * @param into where to
   * @param offsetBytes from the start
   * @param onlyCached whether to read nothing that would have to be waited for
   * @return how many bytes were read, perhaps fewer than asked for, 0 at the end; or a negated errno, EAGAIN if it would have
   *         to be waited for
   */
  long read(IoVectors into, long offsetBytes, boolean onlyCached);

  /** {@return whether it knows of a read whether it would have to be waited for} */
  boolean canReadCached();

  /**
   * Writes.
   *
   * @param from where from
   * @param offsetBytes from the start
   * @param durable whether it is to be safe from a loss of power when this returns
   * @return how many bytes were written, perhaps fewer than asked for; or a negated errno
   */
  long write(IoVectors from, long offsetBytes, boolean durable);

  /** {@return 0 when all that was written is safe from a loss of power, or a negated errno} */
  long sync();

  /**
   * A range's content is needed no more.
   *
   * @param offsetBytes from the start
   * @param lengthBytes above zero
   * @return 0, or a negated errno
   */
  long discard(long offsetBytes, long lengthBytes);

  /**
   * Has a range read as zeros.
   *
   * @param offsetBytes from the start
   * @param lengthBytes above zero
   * @param mayUnmap whether its room may be given back
   * @return 0, or a negated errno
   */
  long writeZeroes(long offsetBytes, long lengthBytes, boolean mayUnmap);

  /** {@return what addresses, places and lengths of memory must be multiples of, in bytes; 1 where nothing must} */
  int alignmentBytes();

  @Override
  void close();
}
