package org.ballastvm.virtio.blk;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.ballastvm.virtio.blk.BlkRequest.Kind;
import org.ballastvm.virtio.blk.BlkRequest.Outcome;
import org.ballastvm.virtio.queue.DescriptorChain;
import org.ballastvm.virtio.queue.GuestError;
import org.ballastvm.virtio.queue.GuestMemory;

/**
 * Makes requests of chains. Virtio 1.3, 5.2.6: {@code struct virtio_blk_req}, in buffers that are cut as the driver likes
 * (2.7.4). What the driver wrote is read once. Allocates nothing.
 */
final class RequestReader {
  /** How much one DISCARD or WRITE_ZEROES may name, 1 GiB in sectors: the host's call for it takes its time. */
  static final int MOST_RANGE_SECTORS = 2 << 20;

  private static final int IN = 0;
  private static final int OUT = 1;
  private static final int FLUSH = 4;
  private static final int GET_ID = 8;
  private static final int DISCARD = 11;
  private static final int WRITE_ZEROES = 13;

  private static final int HEADER_BYTES = 16;
  private static final int SECTOR = 8;
  /** {@code struct virtio_blk_discard_write_zeroes} */
  private static final int RANGE_BYTES = 16;
  private static final int RANGE_SECTORS = 8;
  private static final int RANGE_FLAGS = 12;
  private static final int FLAG_UNMAP = 1;

  private final BlkConfig config;
  private final Disk disk;
  private final byte[] serial = new byte[BlkConfig.SERIAL_BYTES];
  private final MemorySegment scratch = MemorySegment.ofArray(new byte[RANGE_BYTES]);

  RequestReader(BlkConfig config, Disk disk) {
    this.config = config;
    this.disk = disk;
    for (int i = 0; i < config.serial().length(); i++) {
      serial[i] = (byte) config.serial().charAt(i);
    }
  }

  /**
   * Reads a chain.
   *
   * @param queue for messages
   * @param into gets what was asked for
   * @return null if the disk is to do it; else what is to be answered at once
   * @throws GuestError if there is no request in it, or no room for an answer
   */
  Outcome read(int queue, DescriptorChain chain, GuestMemory memory, BlkRequest into) {
    if (chain.readableBytes() < HEADER_BYTES) {
      throw new GuestError("queue " + queue + ": a chain with " + chain.readableBytes()
          + " bytes to read; a request begins with " + HEADER_BYTES);
    }
    if (chain.writableCount() == 0) {
      throw new GuestError("queue " + queue + ": a request without a byte to write its status to");
    }
    int last = chain.count() - 1;
    into.statusAddress = chain.address(last) + chain.lengthBytes(last) - 1;
    long outBytes = chain.readableBytes() - HEADER_BYTES;
    long inBytes = chain.writableBytes() - 1;
    collect(chain, memory, 0, HEADER_BYTES);
    int type = scratch.get(ValueLayout.JAVA_INT_UNALIGNED, 0);
    long sector = scratch.get(ValueLayout.JAVA_LONG_UNALIGNED, SECTOR);
    return switch (type) {
      case IN -> outBytes == 0 ? transfer(Kind.READ, sector, inBytes, chain, into) : fail(inBytes, into);
      case OUT -> inBytes == 0 && !config.readOnly()
          ? transfer(Kind.WRITE, sector, outBytes, chain, into)
          : fail(inBytes, into);
      case FLUSH -> {
        into.describe(Kind.FLUSH, 0, 0);
        yield outBytes == 0 && inBytes == 0 ? null : fail(inBytes, into);
      }
      case GET_ID -> outBytes == 0 ? identify(chain, memory, inBytes, into) : fail(inBytes, into);
      case DISCARD -> config.discard()
          ? range(Kind.DISCARD, outBytes, inBytes, chain, memory, into)
          : unsupported(inBytes, into);
      case WRITE_ZEROES -> config.writeZeroes()
          ? range(Kind.WRITE_ZEROES, outBytes, inBytes, chain, memory, into)
          : unsupported(inBytes, into);
      default -> unsupported(inBytes, into);
    };
  }

  /** Nothing in front of the status was written, and that is what the driver hears. 2.7.8.2 */
  private static Outcome fail(long inBytes, BlkRequest into) {
    into.writtenBytes = inBytes == 0 ? 1 : 0;
    return Outcome.IOERR;
  }

  private static Outcome unsupported(long inBytes, BlkRequest into) {
    into.writtenBytes = inBytes == 0 ? 1 : 0;
    return Outcome.UNSUPP;
  }

  private Outcome transfer(Kind kind, long sector, long lengthBytes, DescriptorChain chain, BlkRequest into) {
    if (!isOnDisk(sector, lengthBytes)) {
      return fail(kind == Kind.READ ? lengthBytes : 0, into);
    }
    into.describe(kind, sector * BlkConfig.SECTOR_BYTES, lengthBytes);
    if (kind == Kind.READ) {
      addSegments(chain, chain.readableCount(), 0, lengthBytes, into);
      into.writtenBytes = (int) Math.min(Integer.MAX_VALUE, lengthBytes + 1);
    } else {
      addSegments(chain, 0, HEADER_BYTES, lengthBytes, into);
    }
    return lengthBytes == 0 ? Outcome.OK : null;
  }

  /** Whether a range is whole blocks, all of them on the disk; of any numbers. */
  private boolean isOnDisk(long sector, long lengthBytes) {
    long mostSectors = disk.sizeBytes() / BlkConfig.SECTOR_BYTES;
    long blockSectors = config.logicalBlockBytes() / BlkConfig.SECTOR_BYTES;
    return lengthBytes % config.logicalBlockBytes() == 0 && sector >= 0 && sector % blockSectors == 0
        && sector <= mostSectors && lengthBytes / BlkConfig.SECTOR_BYTES <= mostSectors - sector;
  }

  /** Adds what is in a chain's buffers from one of them on, without so many bytes of it, up to a length. */
  private static void addSegments(DescriptorChain chain, int firstBuffer, long withoutBytes, long lengthBytes,
      BlkRequest into) {
    long skip = withoutBytes;
    long left = lengthBytes;
    for (int i = firstBuffer; left > 0; i++) {
      long here = chain.lengthBytes(i);
      if (here > skip) {
        long taken = Math.min(left, here - skip);
        into.addSegment(chain.address(i) + skip, taken);
        left -= taken;
        skip = 0;
      } else {
        skip -= here;
      }
    }
  }

  private Outcome identify(DescriptorChain chain, GuestMemory memory, long inBytes, BlkRequest into) {
    int length = (int) Math.min(inBytes, serial.length);
    int done = 0;
    for (int i = chain.readableCount(); done < length; i++) {
      int step = (int) Math.min(length - done, chain.lengthBytes(i));
      for (int at = 0; at < step; at++) {
        memory.putByte(chain.address(i) + at, serial[done + at]);
      }
      done += step;
    }
    into.writtenBytes = length == inBytes ? length + 1 : length;
    return Outcome.OK;
  }

  /** One range, as the configuration space says: with more of them, a request would have no end in sight. */
  private Outcome range(Kind kind, long outBytes, long inBytes, DescriptorChain chain, GuestMemory memory,
      BlkRequest into) {
    if (outBytes != RANGE_BYTES || inBytes != 0) {
      return fail(inBytes, into);
    }
    collect(chain, memory, HEADER_BYTES, RANGE_BYTES);
    long sector = scratch.get(ValueLayout.JAVA_LONG_UNALIGNED, 0);
    long sectors = Integer.toUnsignedLong(scratch.get(ValueLayout.JAVA_INT_UNALIGNED, RANGE_SECTORS));
    int flags = scratch.get(ValueLayout.JAVA_INT_UNALIGNED, RANGE_FLAGS);
    if ((flags & ~FLAG_UNMAP) != 0 || kind == Kind.DISCARD && flags != 0) {
      return Outcome.UNSUPP; // 5.2.6.2
    }
    if (sectors == 0 || sectors > MOST_RANGE_SECTORS || !isOnDisk(sector, sectors * BlkConfig.SECTOR_BYTES)) {
      return Outcome.IOERR;
    }
    into.describe(kind, sector * BlkConfig.SECTOR_BYTES, sectors * BlkConfig.SECTOR_BYTES);
    into.mayUnmap(flags != 0);
    return null;
  }

  /** Copies some bytes of what is to be read to the scratch memory, wherever buffers are cut. */
  private void collect(DescriptorChain chain, GuestMemory memory, long from, int lengthBytes) {
    long skip = from;
    int done = 0;
    for (int i = 0; done < lengthBytes; i++) {
      long here = chain.lengthBytes(i);
      if (here > skip) {
        int step = (int) Math.min(lengthBytes - done, here - skip);
        memory.read(chain.address(i) + skip, scratch, done, step);
        done += step;
        skip = 0;
      } else {
        skip -= here;
      }
    }
  }
}
