package org.ballastvm.vmm.vhostuser;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.ballastvm.kvm.HostError;
import org.ballastvm.kvm.HostSocket;
import org.ballastvm.vmm.config.DriveConfig;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.state.ServingProgram;

/**
 * qemu-storage-daemon as a child of this process, for one disk; it is started anew when it has ended by itself. It ends with
 * this process, however that ends.
 */
public final class StorageDaemon implements BackendSource {
  /** The most entries that a queue of its exports has. */
  public static final int MOST_QUEUE_SIZE = 128;

  private static final String PROGRAM = "qemu-storage-daemon";
  /** Longer than it takes on any host; it is up in some hundredths of a second. */
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration END_PATIENCE = Duration.ofSeconds(2);
  private static final int MOST_TOLD = 2000;

  private final DriveConfig drive;
  private final int queues;
  private final int blockBytes;
  private final Runnable released;
  private final Path program;
  private final Path directory;
  private Process process;
  private boolean closed;

  /**
   * One that has not started.
   *
   * @param drive what it is to serve
   * @param queues how many queues
   * @param blockBytes the size of a logical block, in bytes
   * @param released runs when this is closed
   * @throws UserError if there is no such program, or no directory for its socket
   */
  public StorageDaemon(DriveConfig drive, int queues, int blockBytes, Runnable released) {
    this.drive = drive;
    this.queues = queues;
    this.blockBytes = blockBytes;
    this.released = released;
    Optional<Path> found = ServingProgram.find(PROGRAM, System.getenv().getOrDefault("PATH", "/usr/bin:/bin"));
    program = found.orElseThrow(() -> error("there is no " + PROGRAM + ", which has to serve it"
        + " (Debian: apt-get install qemu-system-common); 'qemu-img convert -O raw' makes a raw file of it", null));
    try {
      directory = Files.createTempDirectory("ballast-storage-");
    } catch (IOException e) {
      throw error("no directory for a socket can be made: " + e.getMessage(), e);
    }
  }

  private UserError error(String sentence, Throwable cause) {
    return new UserError("format=" + drive.format().orElse("raw") + ",file=" + drive.image().file() + ": " + sentence,
        cause);
  }

  private Path socket() { return directory.resolve("socket"); }

  private Path output() { return directory.resolve("output"); }

  @Override
  public HostSocket first() { return startAndConnect(); }

  @Override
  public HostSocket next() { return startAndConnect(); }

  private synchronized HostSocket startAndConnect() {
    if (closed) {
      return null;
    }
    end();
    try {
      Files.deleteIfExists(socket());
      process = new ProcessBuilder(StorageCommand.of(program, drive, queues, blockBytes, socket()))
          .redirectErrorStream(true).redirectOutput(output().toFile()).start();
    } catch (IOException e) {
      throw error(PROGRAM + " cannot be started: " + e.getMessage(), e);
    }
    return connect();
  }

  private HostSocket connect() {
    try {
      return ServingProgram.connect(process, socket(), PATIENCE);
    } catch (HostError e) {
      throw error(PROGRAM + " cannot be used: " + said(), e);
    }
  }

  @Override
  public String lastWords() { return PROGRAM + " " + said(); }

  /** The last that it said, in one line. */
  private String said() {
    try {
      String all = Files.exists(output())
          ? String.join("; ", Files.readString(output(), StandardCharsets.ISO_8859_1).strip().split("\\s*\n\\s*"))
          : "";
      return all.isEmpty() ? "said nothing" : "said: " + all.substring(Math.max(0, all.length() - MOST_TOLD));
    } catch (IOException e) {
      return "said what cannot be read: " + e.getMessage();
    }
  }

  /** The shell's input ends, and with that the daemon. */
  private void end() {
    if (process == null) {
      return;
    }
    try {
      process.getOutputStream().close();
    } catch (IOException gone) {
      // It reads no more.
    }
    ServingProgram.awaitEndOrKill(process, END_PATIENCE);
    process = null;
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    end();
    ServingProgram.delete("drive " + drive.id(), List.of(socket(), output(), directory));
    released.run();
  }
}
