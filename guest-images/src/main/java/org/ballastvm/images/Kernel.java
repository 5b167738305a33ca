package org.ballastvm.images;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A kernel and what can be loaded into it.
 *
 * @param release what {@code uname -r} says in it
 * @param image   a bzImage or an ELF vmlinux
 * @param modules the directory of its modules, where it has any outside of itself
 */
public record Kernel(String release, Path image, Optional<Path> modules) {
  private static final int SETUP_HEADER = 0x202;
  private static final int VERSION_POINTER = 0x20e;
  private static final int HEAD_BYTES = 0x8000;
  private static final byte[] HDRS = "HdrS".getBytes(StandardCharsets.US_ASCII);
  private static final Pattern BANNER = Pattern.compile("Linux version ([^ \\x00]+) ");

  /**
   * A kernel of one's own.
   *
   * @param image   a bzImage, or an ELF vmlinux
   * @param modules a directory as {@code /lib/modules/RELEASE}, or nothing if all is built in
   * @throws ImageError if it does not say its release as those two do
   */
  public static Kernel ofPath(Path image, Optional<Path> modules) {
    try {
      return new Kernel(releaseOf(image), image, modules);
    } catch (IOException e) {
      throw new ImageError("kernel " + image + " cannot be read: " + e.getMessage(), e);
    }
  }

  /** The version string of a bzImage is 0x200 bytes behind where its header points (Linux's boot protocol, 2.00). */
  private static String releaseOf(Path image) throws IOException {
    byte[] head;
    try (InputStream in = Files.newInputStream(image)) {
      head = in.readNBytes(HEAD_BYTES);
    }
    if (head.length > VERSION_POINTER + 2 && startsWith(head, SETUP_HEADER, HDRS)) {
      int from = 0x200 + Byte.toUnsignedInt(head[VERSION_POINTER])
          + (Byte.toUnsignedInt(head[VERSION_POINTER + 1]) << 8);
      int to = from;
      while (to < head.length && head[to] > ' ') {
        to++;
      }
      if (to > from) {
        return new String(head, from, to - from, StandardCharsets.US_ASCII);
      }
    } else if (Elf.isElf64(head)) {
      Matcher banner = BANNER.matcher(new String(Files.readAllBytes(image), StandardCharsets.ISO_8859_1));
      if (banner.find()) {
        return banner.group(1);
      }
    }
    throw new ImageError("kernel " + image + " is neither a bzImage nor an ELF vmlinux that says its release");
  }

  private static boolean startsWith(byte[] bytes, int at, byte[] what) {
    for (int i = 0; i < what.length; i++) {
      if (bytes[at + i] != what[i]) {
        return false;
      }
    }
    return true;
  }
}
