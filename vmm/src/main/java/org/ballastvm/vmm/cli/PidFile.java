package org.ballastvm.vmm.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.ballastvm.vmm.config.UserError;

/** {@code -pidfile}: the process's number, in a file that is locked while the process lives and goes when it ends. */
final class PidFile implements AutoCloseable {
  private final Path path;
  private final FileChannel channel;
  private boolean closed;

  private PidFile(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  static PidFile write(Path path) {
    try {
      FileChannel channel = FileChannel.open(path, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      if (channel.tryLock() == null) {
        channel.close();
        throw new UserError("-pidfile " + path + ": belongs to a process that still runs; give another path");
      }
      channel.truncate(0)
          .write(ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII)));
      PidFile written = new PidFile(path, channel);
      Runtime.getRuntime().addShutdownHook(new Thread(written::close, "pidfile"));
      return written;
    } catch (IOException e) {
      throw new UserError("-pidfile " + path + ": cannot be written: " + FileTrouble.reason(e), e);
    }
  }

  /** Removes it. Twice is harmless. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    try (channel) {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      System.err.println("ballast: -pidfile " + path + ": cannot be removed: " + FileTrouble.reason(e));
    }
  }
}
