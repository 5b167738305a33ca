package org.ballastvm.vmm.boot;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import java.util.zip.Adler32;
import java.util.zip.CRC32C;
import org.ballastvm.vmm.state.Log;

/**
 * Kernels unpacked from their bzImages, kept in a directory, so that a guest need not unpack them at
 * each boot. Whatever goes wrong here, the bzImage can still unpack itself.
 */
final class KernelCache {
  private static final long MOST_UNPACKED_BYTES = 1L << 30;
  private static final int SAMPLE_BYTES = 64 << 10;
  private static final int PART_BYTES = 256 << 10;
  private static final String PARTIAL = "partial-";

  private final Path directory;

  KernelCache(Path directory) { this.directory = directory; }

  /** The unpacked kernel, from the cache or unpacked now; empty if it cannot be had. */
  Optional<Path> unpacked(KernelFile file, BzImage image) {
    long offset = image.payloadOffset();
    long length = image.payloadBytes();
    if (length < SAMPLE_BYTES || offset > file.sizeBytes() - length) {
      return Optional.empty();
    }
    ByteBuffer head = file.readOrNull(offset, SAMPLE_BYTES);
    ByteBuffer tail = file.readOrNull(offset + length - SAMPLE_BYTES, SAMPLE_BYTES);
    Optional<Unpacker> unpacker = Unpacker.of(head);
    long unpackedBytes = Integer.toUnsignedLong(tail.getInt(SAMPLE_BYTES - 4));
    if (unpacker.isEmpty() || unpackedBytes > MOST_UNPACKED_BYTES) {
      return Optional.empty();
    }
    Path target = directory.resolve(name(file, length));
    try {
      if (!Files.isRegularFile(target) || Files.size(target) != unpackedBytes) {
        unpack(file, image, unpacker.get(), unpackedBytes, target);
      }
      return Optional.of(target);
    } catch (IOException e) {
      Log.of(KernelCache.class).warn("{} is not unpacked on the host, so the guest will do it, which takes longer: {}",
          file.path(),
          e.toString());
      return Optional.empty();
    }
  }

  /**
   * By two sums over all of the file: a kernel that was built again may differ in the middle alone. These two are quick on
   * every processor; CRC32 takes four times as long where carry-less multiplication is emulated.
   */
  private static String name(KernelFile file, long length) {
    CRC32C sum = new CRC32C();
    Adler32 otherSum = new Adler32();
    ByteBuffer part = ByteBuffer.allocateDirect(PART_BYTES);
    for (long at = 0; at < file.sizeBytes(); at += PART_BYTES) {
      part.clear().limit((int) Math.min(PART_BYTES, file.sizeBytes() - at));
      file.readInto(at, part);
      part.flip();
      sum.update(part.duplicate());
      otherSum.update(part);
    }
    return "vmlinux-" + length + "-" + file.sizeBytes() + "-" + HexFormat.of().toHexDigits((int) sum.getValue())
        + HexFormat.of().toHexDigits((int) otherSum.getValue());
  }

  private void unpack(KernelFile file, BzImage image, Unpacker unpacker, long unpackedBytes, Path target)
      throws IOException {
    Files.createDirectories(directory);
    removeAbandoned();
    Path partial = Files.createTempFile(directory, PARTIAL, "");
    try {
      try (FileChannel into = FileChannel.open(partial, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
        unpacker.unpack(file.channel(), image.payloadOffset(), image.payloadBytes(), unpackedBytes, into);
      }
      Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(partial);
    }
  }

  /** A process that is killed while it unpacks leaves its part behind; nobody unpacks for that long. */
  private void removeAbandoned() throws IOException {
    FileTime longAgo = FileTime.from(Instant.now().minus(Duration.ofHours(1)));
    try (DirectoryStream<Path> parts = Files.newDirectoryStream(directory, PARTIAL + "*")) {
      for (Path part : parts) {
        if (Files.getLastModifiedTime(part).compareTo(longAgo) < 0) {
          Files.deleteIfExists(part);
        }
      }
    } catch (NoSuchFileException e) {
      Log.of(KernelCache.class).debug("{} went away while it was looked at", e.getFile());
    }
  }
}
