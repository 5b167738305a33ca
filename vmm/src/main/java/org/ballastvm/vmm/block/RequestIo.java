package org.ballastvm.vmm.block;

import java.lang.foreign.MemorySegment;
import org.ballastvm.kvm.Errno;
import org.ballastvm.kvm.IoVectors;
import org.ballastvm.virtio.blk.BlkRequest;
import org.ballastvm.virtio.queue.GuestError;
import org.ballastvm.vmm.memory.GuestRam;
import org.ballastvm.vmm.memory.MemoryUses;

/**
 * Does requests, one whole one at a time: guest memory goes to the host as it is. Any number of threads, each with its own
 * scratch. Allocates nothing.
 */
final class RequestIo {
  /** Would have to be waited for; nothing has been done that could not be done again. */
  static final long WOULD_WAIT = -Errno.EAGAIN.code();
  /** A signal came. */
  static final long INTERRUPTED = -Errno.EINTR.code();
  /** The guest has taken memory away that it had named. */
  static final long MEMORY_GONE = -Errno.EFAULT.code();

  private static final MemorySegment ZEROS = MemorySegment.ofArray(new byte[4096]).asReadOnly();

  /** So often a host is asked that says that it was interrupted, or that it has no room for the request right now. */
  private static final int MOST_TRIES = 16;

  private final Storage storage;
  private final GuestRam ram;

  /** Whether it is known of a read whether it would have to be waited for. */
  boolean canReadWithoutWaiting() {
    return storage.canReadCached();
  }

  RequestIo(Storage storage, GuestRam ram) {
    this.storage = storage;
    this.ram = ram;
  }

  /**
   * Does a request.
   *
   * @param request what
   * @param scratch the thread's
   * @param withoutWaiting whether to leave it if it would have to be waited for; for reads alone
   * @return 0, or a negated errno
   */
  long carryOut(BlkRequest request, IoScratch scratch, boolean withoutWaiting) {
    long result = once(request, scratch, withoutWaiting);
    for (int tries = 1; isForNow(result) && !withoutWaiting && tries < MOST_TRIES; tries++) {
      result = once(request, scratch, false);
    }
    return withoutWaiting && isForNow(result) ? WOULD_WAIT : result;
  }

  /** Whether the host did not do it, and might if it was asked again. */
  static boolean isForNow(long result) {
    return result == INTERRUPTED || result == WOULD_WAIT;
  }

  private long once(BlkRequest request, IoScratch scratch, boolean withoutWaiting) {
    return switch (request.kind()) {
      case READ, WRITE -> transfer(request, scratch, withoutWaiting);
      case FLUSH -> storage.sync();
      case DISCARD -> storage.discard(request.offsetBytes(), request.lengthBytes());
      case WRITE_ZEROES -> zero(request);
    };
  }

  private long zero(BlkRequest request) {
    long result = storage.writeZeroes(request.offsetBytes(), request.lengthBytes(), request.mayUnmap());
    return result == 0 && request.isDurable() ? storage.sync() : result;
  }

  private long transfer(BlkRequest request, IoScratch scratch, boolean withoutWaiting) {
    MemoryUses uses = ram.uses();
    int use = uses.begin();
    try {
      return isAligned(request)
          ? direct(request, scratch.pieces(), scratch.vectors(), withoutWaiting)
          : bounced(request, scratch);
    } catch (GuestError gone) {
      return MEMORY_GONE;
    } finally {
      uses.end(use);
    }
  }

  /** Whether the host can take the request's buffers as they are. */
  boolean isAligned(BlkRequest request) {
    int mask = storage.alignmentBytes() - 1;
    for (int i = 0; mask != 0 && i < request.segmentCount(); i++) {
      if (((request.address(i) | request.segmentBytes(i)) & mask) != 0) {
        return false;
      }
    }
    return true;
  }

  private long direct(BlkRequest request, PieceCursor pieces, IoVectors vectors, boolean withoutWaiting) {
    long done = 0;
    while (done < request.lengthBytes()) {
      vectors.clear();
      pieces.collect(request, ram, vectors);
      long wanted = vectors.bytes();
      long result = move(request, vectors, request.offsetBytes() + done, withoutWaiting);
      if (result < 0) {
        return result;
      }
      if (result == 0) {
        return endOfFile(request, done);
      }
      if (withoutWaiting && result < wanted) {
        return WOULD_WAIT;
      }
      done += result;
      if (result < wanted) {
        vectors.skip(result);
        done += finishRound(request, vectors, request.offsetBytes() + done);
        if (vectors.bytes() > 0) {
          return lastError(request, vectors, done);
        }
      }
    }
    return 0;
  }

  private long move(BlkRequest request, IoVectors vectors, long offset, boolean withoutWaiting) {
    return request.kind() == BlkRequest.Kind.READ
        ? storage.read(vectors, offset, withoutWaiting)
        : storage.write(vectors, offset, request.isDurable());
  }

  /** Goes on with what the host has done a part of; what remains of the pieces when it does no more is left in them. */
  private long finishRound(BlkRequest request, IoVectors vectors, long offset) {
    long done = 0;
    while (vectors.bytes() > 0) {
      long result = move(request, vectors, offset + done, false);
      if (result <= 0) {
        break;
      }
      vectors.skip(result);
      done += result;
    }
    return done;
  }

  /** Asks once more, for what stopped the host. */
  private long lastError(BlkRequest request, IoVectors vectors, long done) {
    long result = move(request, vectors, request.offsetBytes() + done, false);
    return result < 0 ? result : result == 0 ? endOfFile(request, done) : -Errno.EIO.code();
  }

  /**
   * What is behind the end of a file reads as zeros: its last sector may be cut, or somebody made it shorter.
   *
   * @param request of which the host has done no more
   * @param done how many bytes of it are done
   * @return 0, or a negated errno
   */
  long endOfFile(BlkRequest request, long done) {
    if (request.kind() != BlkRequest.Kind.READ) {
      return -Errno.ENOSPC.code();
    }
    long skip = done;
    for (int i = 0; i < request.segmentCount(); i++) {
      long length = request.segmentBytes(i);
      for (long at = Math.min(skip, length); at < length;) {
        long step = Math.min(length - at, ZEROS.byteSize());
        ram.write(request.address(i) + at, ZEROS, 0, step);
        at += step;
      }
      skip -= Math.min(skip, length);
    }
    return 0;
  }

  /** By a copy, where the host wants memory at addresses that the guest's is not at. */
  private long bounced(BlkRequest request, IoScratch scratch) {
    boolean read = request.kind() == BlkRequest.Kind.READ;
    MemorySegment buffer = scratch.bounce();
    for (long done = 0; done < request.lengthBytes();) {
      long step = Math.min(request.lengthBytes() - done, IoScratch.BOUNCE_BYTES);
      if (!read) {
        copy(request, done, buffer, step, false);
      }
      IoVectors vectors = scratch.vectors();
      vectors.add(buffer, 0, step);
      for (long moved = 0; moved < step;) {
        long result = move(request, vectors, request.offsetBytes() + done + moved, false);
        if (result < 0) {
          return result;
        }
        if (result == 0) {
          if (read) {
            copy(request, done, buffer, moved, true);
          }
          return endOfFile(request, done + moved);
        }
        vectors.skip(result);
        moved += result;
      }
      if (read) {
        copy(request, done, buffer, step, true);
      }
      done += step;
    }
    return 0;
  }

  private void copy(BlkRequest request, long from, MemorySegment buffer, long lengthBytes, boolean toGuest) {
    long skip = from;
    long done = 0;
    for (int i = 0; done < lengthBytes; i++) {
      long length = request.segmentBytes(i);
      if (length <= skip) {
        skip -= length;
        continue;
      }
      long step = Math.min(lengthBytes - done, length - skip);
      if (toGuest) {
        ram.write(request.address(i) + skip, buffer, done, step);
      } else {
        ram.read(request.address(i) + skip, buffer, done, step);
      }
      done += step;
      skip = 0;
    }
  }
}
