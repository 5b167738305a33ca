package org.ballastvm.images;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.tukaani.xz.XZInputStream;

/** What Debian compresses files with, known by the end of the name. */
final class Compression {
  private static final int BUFFER_BYTES = 1 << 16;

  private Compression() {}

  /** The ends of a name that {@link #unpack} knows; the empty one comes last. */
  static List<String> suffixes() {
    return List.of(".xz", ".gz", "");
  }

  /** {@return the plain bytes of a stream whose name says how it is compressed} */
  static InputStream unpack(String name, InputStream in) throws IOException {
    if (name.endsWith(".xz")) {
      return new XZInputStream(new BufferedInputStream(in, BUFFER_BYTES));
    }
    if (name.endsWith(".gz")) {
      return new GZIPInputStream(in, BUFFER_BYTES);
    }
    if (name.endsWith(".zst") || name.endsWith(".bz2") || name.endsWith(".lzma")) {
      throw new ImageError(name + " is compressed in a way that is not read here; xz, gzip and none are");
    }
    return in;
  }

  /** {@return the plain content of a whole file} */
  static byte[] readAll(Path file) throws IOException {
    try (InputStream raw = Files.newInputStream(file); InputStream in = unpack(file.toString(), raw)) {
      return in.readAllBytes();
    }
  }
}
