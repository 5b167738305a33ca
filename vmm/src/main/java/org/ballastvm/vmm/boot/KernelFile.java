package org.ballastvm.vmm.boot;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.ballastvm.vmm.config.UserError;

/** A file named on the command line, open to read, whose errors name the option that named it. */
final class KernelFile implements AutoCloseable {
  /** EFAULT, in the JDK's words. */
  private static final String FAULT = "Bad address";

  private final String option;
  private final Path path;
  private final FileChannel channel;
  private final long sizeBytes;

  private KernelFile(String option, Path path, FileChannel channel, long sizeBytes) {
    this.option = option;
    this.path = path;
    this.channel = channel;
    this.sizeBytes = sizeBytes;
  }

  static KernelFile open(String option, Path path) {
    if (Files.isDirectory(path)) {
      throw new UserError(option + " " + path + ": is a directory; it must be a file");
    }
    // A pipe would be waited for, and has no length.
    if (Files.exists(path) && !Files.isRegularFile(path)) {
      throw new UserError(option + " " + path + ": is a pipe or a device; it must be a file");
    }
    try {
      FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
      return new KernelFile(option, path, channel, channel.size());
    } catch (NoSuchFileException e) {
      throw new UserError(option + " " + path + ": no such file", e);
    } catch (AccessDeniedException e) {
      throw new UserError(option + " " + path + ": permission denied; it must be readable by you", e);
    } catch (IOException e) {
      throw new UserError(option + " " + path + ": cannot be read: " + e.getMessage(), e);
    }
  }

  Path path() { return path; }

  FileChannel channel() { return channel; }

  long sizeBytes() { return sizeBytes; }

  /** An error about this file. */
  UserError error(String rest) {
    return new UserError(option + " " + path + ": " + rest);
  }

  /** Reads all of a range, little-endian; null where the file is too short. */
  ByteBuffer readOrNull(long offset, int length) {
    if (offset < 0 || offset > sizeBytes - length) {
      return null;
    }
    ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    readInto(offset, buffer);
    return buffer.flip();
  }

  /** Fills a buffer from a range that the file has. */
  void readInto(long offset, ByteBuffer buffer) {
    try {
      long at = offset;
      while (buffer.hasRemaining()) {
        int read = channel.read(buffer, at);
        if (read < 0) {
          throw error("became shorter while it was read");
        }
        at += read;
      }
    } catch (IOException e) {
      if (FAULT.equals(e.getMessage())) {
        throw error("there is no room for it in the guest's memory: the host refused a page (a full file system?)");
      }
      throw new UserError(option + " " + path + ": cannot be read: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
