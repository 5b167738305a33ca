package org.ballastvm.vmm.control;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.ballastvm.vmm.config.PageSize;
import org.ballastvm.vmm.config.UserError;

/** A file that memory is saved to. */
public final class SaveFile {
  private static final int BUFFER_BYTES = 1 << 20;

  /** Where the bytes come from. */
  @FunctionalInterface
  public interface Source {
    /**
     * Reads bytes that lie within one page.
     *
     * @param address the first
     * @param into takes them, from its start
     * @param length how many
     */
    void read(long address, byte[] into, int length);
  }

  private SaveFile() {}

  /** The event loop stands still while this writes: a pipe or a terminal would let it stand for as long as nobody reads. */
  private static boolean waitsForReaders(String file) {
    try {
      return Files.readAttributes(Path.of(file), BasicFileAttributes.class).isOther();
    } catch (IOException | InvalidPathException e) {
      return false; // whoever opens it says why
    }
  }

  /**
   * Writes a file, from its start.
   *
   * @param file its name
   * @param content all of it
   * @throws UserError if it cannot be written
   */
  static void write(String file, byte[] content) {
    write(file, 0, content.length, (at, into, length) -> System.arraycopy(content, (int) at, into, 0, length));
  }

  /**
   * Writes a file, from its start.
   *
   * @param file its name
   * @param address where the source begins to be read
   * @param sizeBytes how much; nothing is written for less than one
   * @param source what is read, page by page
   * @throws UserError if it cannot be written
   */
  public static void write(String file, long address, long sizeBytes, Source source) {
    byte[] page = new byte[PageSize.BYTES];
    if (waitsForReaders(file)) {
      throw new UserError("Could not open '" + file + "': Not a regular file");
    }
    try (OutputStream out = new java.io.BufferedOutputStream(Files.newOutputStream(Path.of(file)), BUFFER_BYTES)) {
      for (long done = 0; done < sizeBytes;) {
        int length = (int) Math.min(sizeBytes - done, PageSize.BYTES - (address + done & PageSize.BYTES - 1));
        source.read(address + done, page, length);
        out.write(page, 0, length);
        done += length;
      }
    } catch (NoSuchFileException | InvalidPathException e) {
      throw new UserError("Could not open '" + file + "': No such file or directory");
    } catch (AccessDeniedException e) {
      throw new UserError("Could not open '" + file + "': Permission denied");
    } catch (IOException e) {
      throw new UserError("Could not write '" + file + "': " + e.getMessage());
    }
  }
}
