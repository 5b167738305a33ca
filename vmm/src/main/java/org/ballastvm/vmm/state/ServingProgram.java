package org.ballastvm.vmm.state;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.ballastvm.kvm.HostError;
import org.ballastvm.kvm.HostSocket;

/** Programs beside this one that serve a machine over a Unix socket. */
public final class ServingProgram {
  private static final long LOOK_MILLIS = 5;

  private ServingProgram() {}

  /**
   * Where a program is.
   *
   * @param program its name
   * @param path directories with colons between them, as in PATH
   * @return the first that can be executed
   */
  public static Optional<Path> find(String program, String path) {
    for (String directory : path.split(":")) {
      Path file = Path.of(directory.isEmpty() ? "." : directory).resolve(program);
      if (Files.isExecutable(file)) {
        return Optional.of(file);
      }
    }
    return Optional.empty();
  }

  /**
   * Connects to a program that has just been started, as soon as it listens.
   *
   * @param process the program
   * @param socket where it will listen
   * @param patience how long that may take
   * @return the connection
   * @throws HostError if it has ended, or does not listen in time
   */
  public static HostSocket connect(Process process, Path socket, Duration patience) {
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      try {
        return HostSocket.connectUnix(socket);
      } catch (HostError notYet) {
        if (awaitEnd(process) || Thread.currentThread().isInterrupted()
            || System.nanoTime() > deadline) {
          throw notYet;
        }
      }
    }
  }

  /** {@return whether a program has ended, or does within some milliseconds} */
  public static boolean awaitEnd(Process process) {
    try {
      return process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /**
   * Waits for the end of a program that was asked to end, and kills it, and what it started, if that takes too long.
   *
   * @param process the program
   * @param patience how long that may take
   */
  public static void awaitEndOrKill(Process process, Duration patience) {
    boolean ended = false;
    try {
      ended = process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (!ended) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  /**
   * Deletes what a program was given and has left. What cannot be deleted is logged and stays.
   *
   * @param owner whom it served, for the log
   * @param files the files, and behind them their directory
   */
  public static void delete(String owner, List<Path> files) {
    for (Path file : files) {
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        Log.of(ServingProgram.class).warn("{}: {} is left behind: {}", owner, file, e.getMessage());
      }
    }
  }
}
