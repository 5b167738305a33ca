package org.ballastvm.vmm.boot;

import io.airlift.compress.v3.MalformedInputException;
import io.airlift.compress.v3.zstd.ZstdJavaDecompressor;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.util.Enumeration;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.compressors.lz4.BlockLZ4CompressorInputStream;
import org.tukaani.xz.SingleXZInputStream;

/**
 * The formats that a bzImage packs its kernel in, recognized by their first bytes. A kernel packed otherwise (bzip2,
 * lzma, lzo) unpacks itself.
 *
 * <p>
 * What is unpacked may be hostile: none of them takes more of the heap than a bound, or writes more than was promised.
 */
@SuppressWarnings("ImmutableEnumChecker") // the magic is never handed out
enum Unpacker {
  GZIP(0x1f, 0x8b) {
    @Override
    InputStream open(InputStream packed) throws IOException { return new GZIPInputStream(packed, BUFFER_BYTES); }

    @Override
    long streamBytes(long packedBytes) {
      return packedBytes; // its own trailer ends in the length
    }
  },
  XZ(0xfd, '7', 'z', 'X', 'Z', 0) {
    @Override
    InputStream open(InputStream packed) throws IOException { return new SingleXZInputStream(packed, MOST_XZ_KIB); }
  },
  /** Unpacked at once and outside the heap: a window may be as large as the kernel, and the heap is small. */
  ZSTD(0x28, 0xb5, 0x2f, 0xfd) {
    @Override
    InputStream open(InputStream packed) { throw new UnsupportedOperationException("zstd is unpacked at once"); }

    @Override
    void run(FileChannel from, long offset, long packedBytes, long unpackedBytes, FileChannel into)
        throws IOException {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment packed = arena.allocate(streamBytes(packedBytes));
        MemorySegment unpacked = arena.allocate(unpackedBytes);
        ByteBuffer in = packed.asByteBuffer();
        while (in.hasRemaining() && from.read(in, offset + in.position()) >= 0) {
          // Until it is all here.
        }
        int bytes = new ZstdJavaDecompressor().decompress(packed, unpacked);
        if (bytes != unpackedBytes) {
          throw new EOFException("the packed kernel ends " + (unpackedBytes - bytes) + " bytes early");
        }
        ByteBuffer out = unpacked.asByteBuffer();
        while (out.hasRemaining()) {
          into.write(out);
        }
      }
    }
  },
  /** The legacy frame of the lz4 tool: a magic number, then blocks, each behind its packed length. */
  LZ4(0x02, 0x21, 0x4c, 0x18) {
    @Override
    InputStream open(InputStream packed) throws IOException {
      packed.skipNBytes(4);
      return new SequenceInputStream(new LegacyBlocks(packed));
    }
  };

  private static final int BUFFER_BYTES = 1 << 16;
  /** For a dictionary of 32 MiB, which is what kernels are packed with. */
  private static final int MOST_XZ_KIB = 48 << 10;
  /** 8 MiB that could not be packed (lz4's block format: a byte more for each 255, and 16). */
  private static final int MOST_LZ4_BLOCK_BYTES = (8 << 20) + (8 << 20) / 255 + 16;
  /** Behind the packed kernel stands its length when unpacked; the payload counts it as its own. */
  private static final int SIZE_BYTES = 4;

  private final byte[] magic;

  Unpacker(int... magic) {
    this.magic = new byte[magic.length];
    for (int i = 0; i < magic.length; i++) {
      this.magic[i] = (byte) magic[i];
    }
  }

  abstract InputStream open(InputStream packed) throws IOException;

  /** How much of the payload is what the packer wrote. */
  long streamBytes(long packedBytes) {
    return packedBytes - SIZE_BYTES;
  }

  static Optional<Unpacker> of(ByteBuffer head) {
    for (Unpacker unpacker : values()) {
      if (head.remaining() >= unpacker.magic.length
          && head.slice(head.position(), unpacker.magic.length).equals(ByteBuffer.wrap(unpacker.magic))) {
        return Optional.of(unpacker);
      }
    }
    return Optional.empty();
  }

  /**
   * Unpacks exactly as many bytes as were promised.
   *
   * @throws IOException if a file cannot be read or written, or what is packed is not what it should be
   */
  void unpack(FileChannel from, long offset, long packedBytes, long unpackedBytes, FileChannel into)
      throws IOException {
    try {
      run(from, offset, packedBytes, unpackedBytes, into);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } catch (MalformedInputException | IllegalArgumentException | IndexOutOfBoundsException e) {
      // How the libraries answer lengths and distances that no packer writes.
      throw new IOException("the packed kernel is damaged: " + e.getMessage(), e);
    }
  }

  void run(FileChannel from, long offset, long packedBytes, long unpackedBytes, FileChannel into) throws IOException {
    from.position(offset);
    // Neither stream is closed: that would close the channels, which are the caller's.
    InputStream packed = new Bounded(new BufferedInputStream(Channels.newInputStream(from), BUFFER_BYTES),
        streamBytes(packedBytes));
    OutputStream out = new BufferedOutputStream(Channels.newOutputStream(into), BUFFER_BYTES);
    InputStream unpacked = open(packed);
    copy(unpacked, unpackedBytes, out);
    // The checksums stand at the end, so the end must be seen.
    if (unpacked.read() >= 0) {
      throw new IOException("the packed kernel goes on behind the " + unpackedBytes + " bytes that it promised");
    }
    out.flush();
  }

  private static void copy(InputStream unpacked, long bytes, OutputStream into) throws IOException {
    byte[] buffer = new byte[BUFFER_BYTES];
    long left = bytes;
    while (left > 0) {
      int read = unpacked.read(buffer, 0, (int) Math.min(buffer.length, left));
      if (read < 0) {
        throw new EOFException("the packed kernel ends " + left + " bytes early");
      }
      into.write(buffer, 0, read);
      left -= read;
    }
  }

  /** A stream that ends where the payload does. */
  private static final class Bounded extends FilterInputStream {
    private long left;

    Bounded(InputStream in, long bytes) {
      super(in);
      left = bytes;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      int read = left == 0 ? -1 : in.read(into, offset, (int) Math.min(length, left));
      left -= Math.max(read, 0);
      return read;
    }

    @Override
    public long skip(long bytes) throws IOException {
      long skipped = in.skip(Math.min(bytes, left));
      left -= skipped;
      return skipped;
    }

    @Override
    public int available() throws IOException { return (int) Math.min(in.available(), left); }
  }

  /** One stream for each block. */
  @SuppressWarnings("JdkObsolete") // what SequenceInputStream takes
  private static final class LegacyBlocks implements Enumeration<InputStream> {
    private final InputStream packed;
    private long nextBytes;

    LegacyBlocks(InputStream packed) throws IOException {
      this.packed = packed;
      this.nextBytes = readLength();
    }

    private long readLength() throws IOException {
      byte[] length = packed.readNBytes(4);
      return length.length < 4
          ? 0
          : Integer.toUnsignedLong(ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getInt());
    }

    @Override
    public boolean hasMoreElements() { return nextBytes > 0; }

    @Override
    public InputStream nextElement() {
      try {
        if (nextBytes > MOST_LZ4_BLOCK_BYTES) {
          throw new IOException(
              "a block of " + nextBytes + " bytes; a block of lz4 has at most " + MOST_LZ4_BLOCK_BYTES);
        }
        InputStream block = new ByteArrayInputStream(packed.readNBytes((int) nextBytes));
        nextBytes = readLength();
        return new BlockLZ4CompressorInputStream(block);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
