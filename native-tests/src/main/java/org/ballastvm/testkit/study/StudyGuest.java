package org.ballastvm.testkit.study;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.ballastvm.rig.HostedCommand;
import org.ballastvm.rig.RigError;
import org.ballastvm.testkit.Guest;

/** A guest with the study's program in it: what is asked of its console, of its monitor, and of the host about it. */
final class StudyGuest {
  private static final Duration SOON = Duration.ofMinutes(1);
  private static final Duration REST = Duration.ofSeconds(2);
  private static final Pattern READY = Pattern.compile("READY\r?\n");
  private static final Pattern REACHED = Pattern.compile("REACHED\r?\n");
  private static final Pattern ENDED = Pattern.compile("LAB-RC (\\d+)\r?\n");
  private static final String STALLS = "/tmp/stalls";
  private static final String LOAD = "/tmp/load";
  private static final long LEAST_PAUSE_NANOS = 5_000_000;
  /** How much of the time that has passed a time may be wrong by. */
  private static final int PAUSE_SHARE = 20;
  private static final double PERCENTILE = 99;
  private static final long KIB = 1024;
  private static final int STATS_BYTES = 64;

  private final Guest guest;
  private final StudyPlan plan;

  StudyGuest(Guest guest, StudyPlan plan) {
    this.guest = guest;
    this.plan = plan;
  }

  /**
   * How long something took, and what a spinning thread saw meanwhile.
   *
   * @param nanos      from the first command to the monitor
   * @param stallNanos 99th percentile
   */
  record Window(long nanos, long stallNanos) {}

  /** Has a thread spin on the last processor, and a load where one was asked for. */
  void startPrograms() {
    guest.run(StudyInitrd.TOOL + " spin " + STALLS + ' ' + (plan.cpuCount() - 1) + " > /dev/null 2>&1 &");
    if (plan.loadMib() > 0) {
      guest.run(StudyInitrd.TOOL + " load " + LOAD + ' ' + plan.loadMib() + ' ' + plan.seed()
          + " 2> /tmp/loaded > /dev/null &");
      guest.run("while [ ! -s /tmp/loaded ] && kill -0 $! 2> /dev/null; do sleep 0.1; done");
    }
  }

  /** {@return what the thread sees while nothing is asked} */
  Window rest() {
    return window(GuestTool.NEVER, List.of(), begun -> {
      pause(REST.toNanos());
      return true;
    });
  }

  /** Asks for more memory, and waits until the guest counts it among its own. */
  Window grow(List<String> commands, long totalBytes) {
    return window(totalBytes, commands, begun -> false);
  }

  /** Asks for less, and waits until something holds. */
  Window shrink(List<String> commands, BooleanSupplier done) {
    return window(GuestTool.NEVER, commands, begun -> {
      await(begun, done);
      return true;
    });
  }

  /** Waits for the end of a window, in which the guest's program may see to it by itself. */
  private interface Waiting {
    /**
     * Waits.
     *
     * @param begun when the window began
     * @return whether the guest's program is to be sent the end
     */
    boolean untilDone(long begun);
  }

  private Window window(long totalBytes, List<String> commands, Waiting waiting) {
    guest.type(StudyInitrd.TOOL + " window " + STALLS + ' ' + totalBytes + " | gzip -c | base64");
    guest.console().await(READY, SOON);
    long begun = System.nanoTime();
    commands.forEach(this::send);
    boolean sendEnd = waiting.untilDone(begun);
    long done = System.nanoTime();
    if (sendEnd) {
      guest.type("");
    }
    try {
      guest.console().await(REACHED, sendEnd ? SOON : plan.patience());
    } catch (RigError e) {
      if (sendEnd || !guest.isRunning()) {
        throw e;
      }
      guest.type("");
      guest.console().await(ENDED, SOON);
      throw new StudyFailure("");
    }
    long nanos = (sendEnd ? done : System.nanoTime()) - begun;
    String counts = guest.console().await(ENDED, SOON).before();
    return new Window(nanos, Stalls.between(unpack(counts)).percentileNanos(PERCENTILE));
  }

  /** Gives the monitor a line that it has nothing to say to. */
  void send(String command) {
    String answer = guest.monitor(command);
    if (!answer.isBlank()) {
      throw new StudyFailure("the monitor answers '" + command + "' with: " + answer.strip());
    }
  }

  /** Waits for something on the host's side, from when it was asked for on. */
  void await(long begun, BooleanSupplier done) {
    while (!done.getAsBoolean()) {
      long passed = System.nanoTime() - begun;
      if (passed > plan.patience().toNanos()) {
        throw new StudyFailure("");
      }
      pause(Math.max(LEAST_PAUSE_NANOS, passed / PAUSE_SHARE));
    }
  }

  private static void pause(long nanos) {
    try {
      Thread.sleep(Duration.ofNanos(nanos));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RigError("interrupted", e);
    }
  }

  private static byte[] unpack(String base64) {
    try (GZIPInputStream in = new GZIPInputStream(
        new ByteArrayInputStream(Base64.getMimeDecoder().decode(base64.strip())))) {
      return in.readAllBytes();
    } catch (IOException | IllegalArgumentException e) {
      throw new RigError("the guest's counts do not come through: " + base64, e);
    }
  }

  /** {@return what the guest calls its memory, in bytes} */
  long totalBytes() {
    return guest.memInfoKiB("MemTotal") * KIB;
  }

  /** Touches what is free in the guest, but for some that it needs to live, and lets it go. */
  void touchFree(long spareBytes) {
    long mib = (guest.memInfoKiB("MemAvailable") * KIB - spareBytes) / Mechanism.MIB;
    if (mib > 0) {
      // Whether it lived to let go of it or was killed on the way, the memory was touched.
      Guest.CommandResult unused = guest.tryToRun(StudyInitrd.TOOL + " touch /tmp/touched " + mib + " 1");
    }
  }

  /** Makes sure that the load still runs and has found its memory as it had left it. */
  void checkLoad() {
    if (plan.loadMib() == 0) {
      return;
    }
    byte[] stats = unpack(guest.run("head -c " + STATS_BYTES + ' ' + LOAD + " | gzip -c | base64"));
    long changed = ByteBuffer.wrap(stats).order(ByteOrder.LITTLE_ENDIAN).getLong(GuestTool.LOAD_CHANGED);
    if (changed != 0) {
      throw new StudyFailure(
          "the load found " + changed + " pages of its memory changed: they were taken while in use");
    }
    if (guest.run("pidof ballast-study").strip().split(" ").length < 2) {
      throw new StudyFailure("the load of " + plan.loadMib() + " MiB was killed in the guest, which had too little "
          + "memory for it: make --load less or --memory more");
    }
  }

  /** {@return what the host has in memory behind it} */
  HostMemory hostMemory() {
    return HostMemory.of(guest.host().run(SOON, HostedCommand.of("cat", "/proc/" + guest.pid() + "/smaps")));
  }

  /** {@return how many lines of a file on the host, which is made with the guest, show a call for memory} */
  long callsIn(String log) {
    return Long.parseLong(guest.host().run(SOON, HostedCommand.of("sh", "-c", "grep -c TRACE " + log + " || true"))
        .strip());
  }
}
