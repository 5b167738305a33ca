package org.ballastvm.vmm.attach;

import java.io.EOFException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.ballastvm.kvm.Epoll;
import org.ballastvm.kvm.EventFd;
import org.ballastvm.kvm.Terminal;
import org.ballastvm.vmm.terminal.AtExit;
import org.ballastvm.vmm.terminal.Keys;
import org.ballastvm.vmm.terminal.TerminalReader;

/** Somebody at this terminal, and a monitor somewhere else. */
final class MonitorSession {
  private MonitorSession() {}

  /**
   * Runs what is typed until the user leaves or the machine ends.
   *
   * @param monitor the monitor
   * @param keys what is typed; ends when the machine is gone
   * @return the exit status
   * @throws IOException if the machine goes without being asked to
   */
  static int run(RemoteMonitor monitor, Keys keys) throws IOException {
    Terminal terminal = Terminal.raw(false);
    AtExit putBack = new AtExit("terminal", terminal::close);
    terminal.continued().ifPresent(bell -> Thread.ofPlatform().daemon().name("continued")
        .start(() -> takeUp(terminal, bell)));
    try {
      Thread.ofPlatform().daemon().name("keys").start(() -> type(keys));
      TerminalReader reader = new TerminalReader(System.getenv("TERM"), keys,
          new FileOutputStream(FileDescriptor.out), Terminal::size, line -> completions(monitor, line),
          System.getenv());
      reader.followSize();
      return converse(monitor, reader);
    } finally {
      terminal.close();
      putBack.cancel();
    }
  }

  /** Each time that a shell had stopped this process and lets it go on. */
  private static void takeUp(Terminal terminal, EventFd continued) {
    try (Epoll epoll = Epoll.create()) {
      epoll.add(continued, Epoll.IN | Epoll.EDGE, 0);
      while (continued.isOpen()) {
        if (epoll.await(-1) > 0) {
          terminal.takeUp();
        }
      }
    }
  }

  private static int converse(RemoteMonitor monitor, TerminalReader reader) throws IOException {
    while (true) {
      Optional<String> line = reader.read(monitor.prompt());
      if (line.isEmpty() && !monitor.isGone()) {
        return 0;
      }
      if (line.isEmpty() || !monitor.run(line.get(), reader::print)) {
        if (line.isPresent() && RemoteMonitor.isFarewell(line.get())) {
          return 0;
        }
        throw new EOFException("the machine closed the connection");
      }
    }
  }

  private static List<String> completions(RemoteMonitor monitor, String line) {
    try {
      return monitor.completions(line);
    } catch (IOException e) {
      return List.of(); // The next line says more.
    }
  }

  private static void type(Keys keys) {
    byte[] typed = new byte[256];
    try {
      for (int count = System.in.read(typed); count >= 0; count = System.in.read(typed)) {
        keys.put(typed, count);
      }
    } catch (IOException | InterruptedException e) {
      // The terminal is gone.
    }
    keys.end();
  }
}
