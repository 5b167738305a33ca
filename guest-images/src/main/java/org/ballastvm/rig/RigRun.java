package org.ballastvm.rig;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.ballastvm.images.GuestImages;
import org.ballastvm.images.ImageError;

/**
 * One program in a rig of its own, with this process's standard streams, directory and environment; its exit status is
 * this process's. The JVM of tests that need a {@code /dev/kvm} starts this way where the host has none.
 */
public final class RigRun {
  /** The exit status of a rig that failed, as of a container's engine; a program's own status is passed on. */
  public static final int RIG_FAILED = 125;

  private static final Duration POLL = Duration.ofDays(1);
  private static final Duration LAST_WORDS = Duration.ofMinutes(1);
  private static final int BUFFER_BYTES = 1 << 16;

  private RigRun() {}

  /** Runs the program that the arguments name, which may leave files in $BALLAST_RIG_WRITABLE. */
  public static void main(String[] arguments) {
    List<Path> writable = Stream.ofNullable(System.getenv("BALLAST_RIG_WRITABLE")).map(Path::of).toList();
    if (arguments.length == 0) {
      System.err.println("rig: no command is named");
      System.exit(RIG_FAILED);
    }
    System.exit(run(RigConfig.ofTests().writing(writable), GuestImages.ofUser(),
        withEnvironment(HostedCommand.of(List.of(arguments))), System.in, System.out, System.err));
  }

  /** {@return the same command with all of this process's environment that a shell can set} */
  public static HostedCommand withEnvironment(HostedCommand command) {
    Map<String, String> environment = new TreeMap<>(System.getenv());
    environment.keySet().removeIf(name -> !name.matches("[A-Za-z_][A-Za-z0-9_]*") || name.equals("PWD"));
    environment.putAll(command.environment());
    return new HostedCommand(command.arguments(), command.directory(), environment);
  }

  /**
   * Starts a rig, runs a program in it to its end, and ends the rig.
   *
   * @param in  what the program reads; it is read until its end, or the program's
   * @param out what it writes goes here as it comes; a {@code PrintStream} that does not end lines by itself
   * @param err what it complains of goes here, and in one sentence what goes wrong with the rig
   * @return the program's exit status, as a shell says it, or {@link #RIG_FAILED}
   */
  public static int run(RigConfig config, GuestImages images, HostedCommand command, InputStream in, OutputStream out,
      PrintStream err) {
    try (Rig rig = Rig.start(config, images)) {
      HostedProcess process = rig.start(command, out, err);
      Thread.ofPlatform().daemon().name("rig-input").start(() -> feed(in, process));
      OptionalInt status = process.waitFor(POLL);
      while (status.isEmpty()) {
        status = process.waitFor(POLL);
      }
      process.output().whole(LAST_WORDS);
      process.errors().whole(LAST_WORDS);
      return status.getAsInt();
    } catch (RigError | ImageError e) {
      err.println("rig: " + e.getMessage());
      return RIG_FAILED;
    }
  }

  private static void feed(InputStream in, HostedProcess process) {
    byte[] buffer = new byte[BUFFER_BYTES];
    try (OutputStream input = process.input()) {
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        input.write(buffer, 0, count);
      }
    } catch (IOException e) {
      // The program has ended, and takes no more.
    }
  }
}
