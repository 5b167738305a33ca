package org.ballastvm.testkit.coverage;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.ballastvm.images.FileTree;
import org.ballastvm.rig.RigError;

/** What runs a program in a guest and notes where in the kernel it has been. */
public final class KcovProgram {
  /** How many places fit: 16 MiB of the guest's memory. */
  public static final int WORDS = 1 << 21;

  private static final String SOURCE = "kcov.c";

  private KcovProgram() {}

  /**
   * Builds it with the host's gcc.
   *
   * @return the program, which needs no library
   * @throws RigError if there is no gcc
   */
  public static byte[] build() {
    Path directory = null;
    try (InputStream source = KcovProgram.class.getResourceAsStream(SOURCE)) {
      directory = Files.createTempDirectory("ballast-kcov");
      Files.copy(source, directory.resolve(SOURCE));
      Process gcc = new ProcessBuilder("gcc", "-Os", "-static", "-o", "kcov", SOURCE).directory(directory.toFile())
          .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
      if (gcc.waitFor() != 0) {
        throw new RigError("coverage: gcc does not build " + SOURCE + ": apt-get install gcc libc6-dev");
      }
      return Files.readAllBytes(directory.resolve("kcov"));
    } catch (IOException e) {
      throw new RigError("coverage: gcc cannot be run: apt-get install gcc libc6-dev; " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RigError("interrupted while gcc runs", e);
    } finally {
      delete(directory);
    }
  }

  private static void delete(Path directory) {
    try {
      if (directory != null) {
        FileTree.delete(directory);
      }
    } catch (IOException e) {
      throw new RigError("coverage: " + directory + " cannot be removed: " + e.getMessage(), e);
    }
  }

  /**
   * Reads what it wrote.
   *
   * @param places how many follow, and those
   * @param slide  how far the kernel is from where it was linked to
   * @return how often each address was passed, as it was linked
   * @throws RigError if there were more than fit
   */
  static Map<Long, Long> counts(byte[] places, long slide) {
    ByteBuffer words = ByteBuffer.wrap(places).order(ByteOrder.LITTLE_ENDIAN);
    if (words.remaining() < Long.BYTES || words.getLong() != words.remaining() / Long.BYTES) {
      throw new RigError(
          "coverage: the guest wrote " + places.length + " bytes of places, which is not what it announced");
    }
    if (words.remaining() / Long.BYTES >= WORDS - 1) {
      throw new RigError("coverage: the program was in more than " + (WORDS - 1) + " places; have it do less");
    }
    Map<Long, Long> counts = new HashMap<>();
    while (words.hasRemaining()) {
      counts.merge(words.getLong() - slide, 1L, Long::sum);
    }
    return counts;
  }

  /**
   * Reads what it wrote.
   *
   * @param places how many follow, and those
   * @param kernel the {@code vmlinux} of the guest
   * @param text   where the guest's kernel has its {@code _text}
   * @return the lines that the program has run
   * @throws RigError if there were more than fit, or the kernel is another
   */
  public static Tracefile read(byte[] places, Addresses kernel, long text) {
    return kernel.lines(counts(places, text - kernel.symbol("_text")));
  }
}
