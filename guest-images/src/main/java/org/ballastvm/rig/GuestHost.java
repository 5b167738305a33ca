package org.ballastvm.rig;

import java.io.IOException;
import java.time.Duration;
import java.util.OptionalInt;

/** A Linux with a {@code /dev/kvm} that boots Linux: this host, or the rig on it. Both see the same files. */
public sealed interface GuestHost permits DirectHost, Rig {
  /**
   * Starts a program.
   *
   * @throws RigError if it cannot be started
   */
  HostedProcess start(HostedCommand command);

  /** {@return a program whose input and output are a connection to a port of 127.0.0.1, where the host is} */
  HostedProcess connect(int port);

  /**
   * Connects to a port of 127.0.0.1, where the host is, for bytes that are not kept.
   *
   * @throws RigError if there can be no connection; one that nobody takes may be known by its end alone
   */
  HostedStream stream(int port);

  /** {@return a port of 127.0.0.1 that nobody listens on, where the host is} */
  int freePort();

  /** {@return what this is, for a message} */
  String description();

  /**
   * Runs a short program to its end.
   *
   * @return what it wrote
   * @throws RigError if it fails, or takes longer than that
   */
  default String run(Duration atMost, HostedCommand command) {
    HostedProcess process = start(command);
    try {
      process.input().close();
      OptionalInt status = process.waitFor(atMost);
      if (status.isEmpty()) {
        process.kill();
      }
      if (status.isEmpty() || status.getAsInt() != 0) {
        throw new RigError(String.join(" ", command.arguments()) + ": "
            + (status.isEmpty() ? "no end in " + atMost.toSeconds() + " s" : "exit status " + status.getAsInt()) + ": "
            + process.errors().text().strip());
      }
      return process.output().whole(Duration.ofSeconds(10));
    } catch (IOException e) {
      throw new RigError(String.join(" ", command.arguments()) + ": " + e, e);
    }
  }

  /** {@return resident memory of a process, in KiB, as its smaps_rollup says} */
  default long residentKiB(long pid) {
    String rollup = run(Duration.ofSeconds(30), HostedCommand.of("cat", "/proc/" + pid + "/smaps_rollup"));
    return rollup.lines().filter(line -> line.startsWith("Rss:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", ""))).findFirst()
        .orElseThrow(() -> new RigError("/proc/" + pid + "/smaps_rollup has no Rss: " + rollup));
  }
}
