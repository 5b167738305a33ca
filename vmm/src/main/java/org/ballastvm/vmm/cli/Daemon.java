package org.ballastvm.vmm.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.ballastvm.kvm.HostProcess;
import org.ballastvm.kvm.HostProcess.StandardStream;
import org.ballastvm.vmm.config.ChardevConfig;
import org.ballastvm.vmm.config.UserError;

/**
 * {@code -daemonize}. A JVM cannot fork, so the process that was started starts another with the same command line, which
 * becomes the machine, and waits for it. They talk through the other's standard input and output: it says that it is up,
 * reads that somebody heard it, and lets go of both. Whoever of the two ends before that ends the other.
 */
final class Daemon {
  /** The system property by which the second process knows that it is the second. */
  private static final String MARK = "ballast.daemon";
  private static final int UP = 'u';
  private static final int HEARD = 'h';

  private final CompletableFuture<Void> heard = new CompletableFuture<>();

  private Daemon() {}

  static boolean isThisProcess() { return Boolean.getBoolean(MARK); }

  /**
   * In the first process: starts the second and waits until it is up, or has failed and said why on standard error.
   *
   * @return the exit status
   */
  static int launch() {
    try {
      Process second = new ProcessBuilder(ownCommand()).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      try (OutputStream to = second.getOutputStream(); InputStream from = second.getInputStream()) {
        if (from.read() == UP) {
          to.write(HEARD);
          to.flush();
          if (from.read() < 0) { // it let go
            return 0;
          }
        }
      }
      return awaitEnd(second);
    } catch (IOException e) {
      throw new UserError("-daemonize: no process can be started: " + e.getMessage(), e);
    }
  }

  private static int awaitEnd(Process second) {
    while (true) {
      try {
        return second.waitFor();
      } catch (InterruptedException e) {
        // Nobody interrupts this thread to any purpose.
      }
    }
  }

  /** The command line of this process, JVM options and all, as the kernel has it: no two words are joined or split. */
  private static List<String> ownCommand() throws IOException {
    String words = Files.readString(Path.of("/proc/self/cmdline"), StandardCharsets.UTF_8);
    List<String> command = new ArrayList<>(List.of(words.split("\0", -1)));
    command.removeLast();
    command.set(0, Path.of("/proc/self/exe").toRealPath().toString());
    command.add(1, "-D" + MARK + "=true");
    return command;
  }

  /** In the second process: leaves the terminal, and watches for the end of the first. */
  static Daemon begin() {
    HostProcess.beginSession();
    Daemon daemon = new Daemon();
    Thread watch = new Thread(daemon::watchFirst, "daemonize");
    watch.setDaemon(true);
    watch.start();
    return daemon;
  }

  private void watchFirst() {
    try {
      if (System.in.read() == HEARD) {
        heard.complete(null);
        return;
      }
    } catch (IOException e) {
      // Its end, in another way.
    }
    System.exit(1);
  }

  /** The machine is up. Returns when the first process knows, and this one has nothing of its surroundings any more. */
  void up() {
    HostProcess.moveToRootDirectory();
    Logging.drain();
    StandardStream.ERROR.abandon();
    System.out.write(UP);
    System.out.flush();
    heard.join();
    StandardStream.INPUT.abandon();
    StandardStream.OUTPUT.abandon();
  }

  /** The same chardev, with the whole name of its file: it is removed by that name when the machine ends. */
  static ChardevConfig independentOfDirectory(ChardevConfig chardev) {
    return switch (chardev) {
      case ChardevConfig.Unix unix -> new ChardevConfig.Unix(unix.id(), unix.mux(), unix.path().toAbsolutePath(),
          unix.server(), unix.waitForClient());
      case ChardevConfig.File file -> new ChardevConfig.File(file.id(), file.mux(), file.path().toAbsolutePath(),
          file.append());
      case ChardevConfig.Logged logged -> new ChardevConfig.Logged(independentOfDirectory(logged.bare()),
          logged.file().toAbsolutePath(), logged.append());
      case ChardevConfig.Stdio same -> same;
      case ChardevConfig.Tcp same -> same;
      case ChardevConfig.Null same -> same;
      case ChardevConfig.Pty same -> same;
    };
  }
}
