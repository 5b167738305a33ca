package org.ballastvm.testkit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.ballastvm.rig.HostedProcess;
import org.ballastvm.rig.RigError;

/** A line to the human monitor, as a terminal has it: the monitor echoes what is typed, with its editing sequences. */
final class GuestMonitor implements AutoCloseable {
  private static final Pattern PROMPT = Pattern.compile("\\((?:qemu|ballast)\\) ");
  private static final Pattern EDITING = Pattern.compile("\u001b\\[[0-9;?]*[A-Za-z]|\r|.\b");
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final Duration BETWEEN_ATTEMPTS = Duration.ofMillis(50);

  private final HostedProcess line;

  /**
   * Connects, and waits for the prompt.
   *
   * @param runs whether there is still a machine that may come to open its port
   */
  GuestMonitor(Supplier<HostedProcess> connect, BooleanSupplier runs) { this.line = greeted(connect, runs); }

  /** The port is there as soon as the machine is put together, which may be later than we come. */
  private static HostedProcess greeted(Supplier<HostedProcess> connect, BooleanSupplier runs) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      HostedProcess line = connect.get();
      try {
        line.output().await(PROMPT, Duration.ofNanos(deadline - System.nanoTime()));
        return line;
      } catch (RigError e) {
        line.kill();
        if (!runs.getAsBoolean()) {
          throw new RigError("the machine has ended, and its monitor with it", e);
        }
        if (System.nanoTime() > deadline) {
          throw new RigError("the monitor does not prompt in " + PATIENCE.toSeconds() + " s", e);
        }
        pause();
      }
    }
  }

  private static void pause() {
    try {
      Thread.sleep(BETWEEN_ATTEMPTS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RigError("interrupted while waiting for the monitor", e);
    }
  }

  String ask(String command) {
    try {
      line.input().write((command + "\n").getBytes(StandardCharsets.UTF_8));
      line.input().flush();
    } catch (IOException e) {
      throw new RigError("the monitor takes no input", e);
    }
    if (command.equals("quit")) {
      return "";
    }
    String said = EDITING.matcher(line.output().await(PROMPT, PATIENCE).before()).replaceAll("");
    int echoEnd = said.indexOf('\n');
    return echoEnd < 0 ? "" : said.substring(echoEnd + 1).strip();
  }

  @Override
  public void close() { line.kill(); }
}
