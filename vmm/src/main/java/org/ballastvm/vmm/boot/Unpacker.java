package org.ballastvm.vmm.boot;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import io.airlift.compress.v3.zstd.ZstdInputStream;
import org.apache.commons.compress.compressors.lz4.BlockLZ4CompressorInputStream;
import org.tukaani.xz.XZInputStream;

/** The formats that a bzImage packs its kernel in, told apart by their first bytes. */
@SuppressWarnings("ImmutableEnumChecker") // the magic is never handed out
enum Unpacker {
  GZIP(0x1f, 0x8b) {
    @Override
    InputStream open(InputStream packed) throws IOException { return new GZIPInputStream(packed, 1 << 16); }
  },
  XZ(0xfd, '7', 'z', 'X', 'Z', 0) {
    @Override
    InputStream open(InputStream packed) throws IOException { return new XZInputStream(packed, 1 << 17); }
  },
  ZSTD(0x28, 0xb5, 0x2f, 0xfd) {
    @Override
    InputStream open(InputStream packed) throws IOException { return new ZstdInputStream(packed); }
  },
  /** The legacy frame of the lz4 tool: a magic number, then blocks, each behind its packed length. */
  LZ4(0x02, 0x21, 0x4c, 0x18) {
    @Override
    InputStream open(InputStream packed) throws IOException {
      packed.skipNBytes(4);
      return new SequenceInputStream(new LegacyBlocks(packed));
    }
  };

  private final byte[] magic;

  Unpacker(int... magic) {
    this.magic = new byte[magic.length];
    for (int i = 0; i < magic.length; i++) {
      this.magic[i] = (byte) magic[i];
    }
  }

  abstract InputStream open(InputStream packed) throws IOException;

  static Optional<Unpacker> of(ByteBuffer head) {
    for (Unpacker unpacker : values()) {
      if (head.remaining() >= unpacker.magic.length
          && head.slice(head.position(), unpacker.magic.length).equals(ByteBuffer.wrap(unpacker.magic))) {
        return Optional.of(unpacker);
      }
    }
    return Optional.empty();
  }

  /** Unpacks exactly as many bytes as were promised. */
  void unpack(InputStream packed, long unpackedBytes, OutputStream into) throws IOException {
    byte[] buffer = new byte[1 << 16];
    InputStream unpacked = open(packed);
    long left = unpackedBytes;
    while (left > 0) {
      int read = unpacked.read(buffer, 0, (int) Math.min(buffer.length, left));
      if (read < 0) {
        throw new EOFException("the packed kernel ends " + left + " bytes early");
      }
      into.write(buffer, 0, read);
      left -= read;
    }
  }

  /** One stream for each block. */
  @SuppressWarnings("JdkObsolete") // what SequenceInputStream takes
  private static final class LegacyBlocks implements java.util.Enumeration<InputStream> {
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
          : Integer.toUnsignedLong(ByteBuffer.wrap(length).order(java.nio.ByteOrder.LITTLE_ENDIAN).getInt());
    }

    @Override
    public boolean hasMoreElements() { return nextBytes > 0; }

    @Override
    public InputStream nextElement() {
      try {
        InputStream block = new java.io.ByteArrayInputStream(packed.readNBytes((int) nextBytes));
        nextBytes = readLength();
        return new BlockLZ4CompressorInputStream(block);
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
  }
}
