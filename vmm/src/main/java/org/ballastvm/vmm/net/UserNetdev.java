package org.ballastvm.vmm.net;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.ballastvm.kvm.HostError;
import org.ballastvm.kvm.HostSocket;
import org.ballastvm.vmm.config.NetdevConfig;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.config.UserNetConfig;
import org.ballastvm.vmm.loop.EventLoop;
import org.ballastvm.vmm.state.Log;
import org.ballastvm.vmm.state.ServingProgram;

/**
 * {@code -netdev user}: passt as a child of this process, and a wire to it over its socket. It ends with the machine,
 * however that ends: it serves one connection, and that is closed.
 */
final class UserNetdev implements AutoCloseable {
  static final String PROGRAM = "passt";

  /** Longer than it takes on any host; it is up in some hundredths of a second. */
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration END_PATIENCE = Duration.ofSeconds(2);
  private static final int MOST_TOLD = 2000;
  private static final Pattern GREETING = Pattern.compile(
      "^\\s*$|: info: |^UNIX domain socket bound|You can now start qemu|^ +kvm|qrap|^Failed to send|^passt [^:]*:");

  private final NetdevConfig.User config;
  private final StreamWire wire;
  private final Path directory;
  private Process passt;
  private boolean closed;

  /**
   * Starts passt, and returns when it is connected.
   *
   * @param program passt
   * @throws UserError if it ends at once, with what it said
   */
  UserNetdev(EventLoop loop, NetdevConfig.User config, Path program) {
    this.config = config;
    this.wire = new StreamWire(loop, "disconnected");
    wire.whenEnded(why -> lost());
    config.passt().forwards().forEach(this::requireFree);
    try {
      directory = Files.createTempDirectory("ballast-passt-");
    } catch (IOException e) {
      throw error("no directory for its socket can be made: " + e.getMessage(), e);
    }
    try {
      passt = start(program);
      wire.open(connect(), "net=" + PasstCommand.network(config.passt()) + ",by=passt");
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** Debian's passt goes on without a port that it does not get. */
  private void requireFree(UserNetConfig.Forward forward) {
    InetSocketAddress port = forward.hostAddress().map(host -> new InetSocketAddress(host, forward.hostPort()))
        .orElseGet(() -> new InetSocketAddress(forward.hostPort()));
    try (ServerSocket tcp = forward.tcp() ? new ServerSocket() : null;
        DatagramSocket udp = forward.tcp() ? null : new DatagramSocket(null)) {
      if (tcp == null) {
        udp.bind(port);
      } else {
        tcp.bind(port);
      }
    } catch (IOException e) {
      throw error("hostfwd=" + forward + ": the host does not give that port: " + e.getMessage(), e);
    }
  }

  private Path socket() { return directory.resolve("socket"); }

  private Path log() { return directory.resolve("log"); }

  private Path output() { return directory.resolve("output"); }

  private Process start(Path program) {
    boolean root = "root".equals(System.getProperty("user.name"));
    List<String> command = PasstCommand.of(program, config.passt(), socket(), log(), root);
    try {
      return new ProcessBuilder(command).directory(directory.toFile())
          .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
          .redirectErrorStream(true).redirectOutput(output().toFile()).start();
    } catch (IOException e) {
      throw error("passt cannot be started: " + e.getMessage(), e);
    }
  }

  private HostSocket connect() {
    try {
      return ServingProgram.connect(passt, socket(), PATIENCE);
    } catch (HostError e) {
      throw error("passt cannot be used: " + said(), e);
    }
  }

  Wire wire() { return wire; }

  private UserError error(String sentence, Throwable cause) {
    return new UserError("-netdev user,id=" + config.id() + ": " + sentence, cause);
  }

  private void lost() {
    if (!closed) {
      String status = ServingProgram.awaitEnd(passt)
          ? "has ended with status " + passt.exitValue()
          : "has closed its connection";
      Log.of(UserNetdev.class).error("netdev {}: passt {}: {}; its link stays down", config.id(), status, said());
    }
  }

  /** The last that it said, in one line, without what it says to everybody. */
  private String said() {
    String all = Stream.of(output(), log()).map(UserNetdev::read).flatMap(String::lines)
        .filter(line -> !GREETING.matcher(line).find()).map(String::strip).collect(Collectors.joining("; "));
    return all.isEmpty() ? "it said nothing" : all.substring(Math.max(0, all.length() - MOST_TOLD));
  }

  private static String read(Path file) {
    try {
      return Files.exists(file) ? new String(Files.readAllBytes(file), StandardCharsets.UTF_8) : "";
    } catch (IOException e) {
      return "";
    }
  }

  @Override
  public void close() {
    closed = true;
    wire.close();
    if (passt != null) {
      passt.destroy();
      ServingProgram.awaitEndOrKill(passt, END_PATIENCE);
    }
    ServingProgram.delete("netdev " + config.id(), List.of(socket(), log(), output(), directory));
  }
}
