package org.ballastvm.vmm.chardev;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.ballastvm.kvm.Errno;
import org.ballastvm.kvm.HostError;
import org.ballastvm.kvm.HostSocket;
import org.ballastvm.kvm.HostStream;
import org.ballastvm.kvm.Terminal;
import org.ballastvm.vmm.config.ChardevConfig;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.loop.EventLoop;
import org.ballastvm.vmm.state.MachineScope;
import org.ballastvm.vmm.state.SocketFile;

/** Opens chardevs. */
public final class Chardevs {
  /** How the ids of chardevs begin that {@code -serial} and {@code -monitor} make. */
  private static final String OWN_ID = "compat_";

  private Chardevs() {}

  /**
   * Opens one. A chardev that is to wait for its client waits here.
   *
   * @param config what was asked for
   * @param loop where it runs
   * @param quit runs at Ctrl-A x on a shared one
   * @return the chardev
   * @throws UserError if the socket or file cannot be had
   */
  public static Chardev open(ChardevConfig config, EventLoop loop, Runnable quit) {
    try {
      Chardev opened = config instanceof ChardevConfig.Logged logged
          ? openLogged(logged, loop)
          : openKind(config, loop);
      return config.mux() ? new MuxChardev(opened, quit) : opened;
    } catch (HostError e) {
      throw new UserError(what(config) + ": " + explain(config, e), e);
    }
  }

  private static Chardev openKind(ChardevConfig config, EventLoop loop) {
    return config.accept(new ChardevConfig.Cases<>() {
      @Override
      public Chardev stdio(ChardevConfig.Stdio stdio) { return openStdio(stdio, loop); }

      @Override
      public Chardev unix(ChardevConfig.Unix unix) { return openUnix(unix, loop); }

      @Override
      public Chardev tcp(ChardevConfig.Tcp tcp) {
        Chardev socket = openTcp(tcp, loop);
        return tcp.telnet() ? new TelnetChardev(socket) : socket;
      }

      @Override
      public Chardev nothing(ChardevConfig.Null nothing) { return new NullChardev(true); }

      @Override
      public Chardev file(ChardevConfig.File file) { return new FileChardev(loop, file.path(), file.append()); }

      @Override
      public Chardev pty(ChardevConfig.Pty pty) { return openPty(pty, loop); }
    });
  }

  private static Chardev openLogged(ChardevConfig.Logged config, EventLoop loop) {
    FileChardev log = new FileChardev(loop, config.file(), config.append());
    try {
      return new LoggedChardev(openKind(config.bare(), loop), log);
    } catch (RuntimeException e) {
      log.close();
      throw e;
    }
  }

  /** What the user typed, as far as it shows which one is meant. */
  private static String what(ChardevConfig config) {
    // -serial and -monitor make their own, and count them.
    String option = config.id().startsWith(OWN_ID)
        ? "-" + config.id().substring(OWN_ID.length()).replaceAll("[0-9]+$", "")
        : "-chardev id=" + config.id();
    return option + switch (config.bare()) {
      case ChardevConfig.Stdio stdio -> " stdio";
      case ChardevConfig.Unix unix -> " unix:" + unix.path();
      case ChardevConfig.Tcp tcp -> " tcp:" + tcp.host() + ":" + tcp.port();
      case ChardevConfig.Null nothing -> " null";
      case ChardevConfig.File file -> " file:" + file.path();
      case ChardevConfig.Pty pty -> " pty";
      case ChardevConfig.Logged nested -> throw new IllegalStateException("a log of a log: " + nested);
    };
  }

  private static String explain(ChardevConfig config, HostError e) {
    if (e.errno().equals(Errno.EADDRINUSE)) {
      return config instanceof ChardevConfig.Unix unix
          && (Files.isRegularFile(unix.path()) || Files.isDirectory(unix.path()))
              ? "there is something that is no socket; give another path"
              : "is in use; give another, or end the process that listens there";
    }
    return e.getMessage();
  }

  private static Chardev openStdio(ChardevConfig.Stdio config, EventLoop loop) {
    HostStream in = HostStream.standardInput();
    HostStream out = HostStream.standardOutput();
    if (!Terminal.isPresent()) {
      return new StreamChardev(loop, in, out, null);
    }
    Terminal terminal = Terminal.raw(config.signal());
    return new StreamChardev(loop, in, out, terminal);
  }

  private static Chardev openUnix(ChardevConfig.Unix config, EventLoop loop) {
    String where = "unix:" + config.path() + (config.server() ? ",server=on" : "");
    if (!config.server()) {
      return new SocketChardev(loop, () -> HostSocket.connectUnix(config.path()), where);
    }
    Path path = config.path();
    SocketChardev chardev = new SocketChardev(loop, HostSocket.listenUnix(path), where, () -> SocketFile.delete(path));
    return config.waitForClient() ? awaitClient(chardev) : chardev;
  }

  private static Chardev openTcp(ChardevConfig.Tcp config, EventLoop loop) {
    InetAddress address = resolve(config);
    if (!config.server()) {
      return new SocketChardev(loop, () -> HostSocket.connectTcp(address, config.port()),
          "tcp:" + config.host() + ":" + config.port());
    }
    HostSocket listener = HostSocket.listenTcp(address, config.port());
    String where = "tcp:" + config.host() + ":" + listener.localPort() + ",server=on";
    SocketChardev chardev = new SocketChardev(loop, listener, where, () -> {
      // The host frees the port.
    });
    return config.waitForClient() ? awaitClient(chardev) : chardev;
  }

  private static Chardev awaitClient(SocketChardev chardev) {
    chardev.awaitClient();
    return chardev;
  }

  private static InetAddress resolve(ChardevConfig.Tcp config) {
    try {
      return InetAddress.getByName(config.host().isEmpty() ? "0.0.0.0" : config.host());
    } catch (UnknownHostException e) {
      throw new UserError(what(config) + ": there is no host of that name", e);
    }
  }

  private static Chardev openPty(ChardevConfig.Pty config, EventLoop loop) {
    HostStream pty = HostStream.openPty();
    pty.passAllBytes();
    MachineScope.current().note("char device redirected to " + pty.ptyPath() + " (label " + config.id() + ")");
    return new PtyChardev(loop, pty);
  }
}
