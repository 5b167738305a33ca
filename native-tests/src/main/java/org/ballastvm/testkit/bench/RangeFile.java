package org.ballastvm.testkit.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Ranges of memory in a file, for the C side: pairs of offset and length, in the order in which they are to go. */
final class RangeFile implements AutoCloseable {
  private static final int PAIR_BYTES = 16;

  private final Path path;
  private final FileChannel channel;
  private final ByteBuffer buffer = ByteBuffer.allocate(4096 * PAIR_BYTES).order(ByteOrder.nativeOrder());
  private long count;

  RangeFile(Path path) throws IOException {
    this.path = path;
    channel = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  }

  Path path() { return path; }

  /** {@return how many ranges there are} */
  long count() { return count; }

  void add(long offsetBytes, long lengthBytes) {
    if (!buffer.hasRemaining()) {
      flush();
    }
    buffer.putLong(offsetBytes).putLong(lengthBytes);
    count++;
  }

  private void flush() {
    buffer.flip();
    try {
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(path.toString(), e);
    }
    buffer.clear();
  }

  @Override
  public void close() throws IOException {
    flush();
    channel.close();
  }
}
