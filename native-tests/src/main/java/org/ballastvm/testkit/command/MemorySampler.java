package org.ballastvm.testkit.command;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.ballastvm.rig.RigError;
import org.ballastvm.testkit.Guest;
import org.ballastvm.testkit.chart.MemorySample;
import org.ballastvm.testkit.chart.Phase;

/**
 * Samples the memory of a guest and of its host while a demonstration goes on. The guest's numbers are those that its balloon
 * driver reports once a second, as its console is busy.
 */
final class MemorySampler implements DemoRun {
  private static final long PAUSE_MILLIS = 250;
  private static final int KIB_PER_MIB_SHIFT = 10;
  private static final int BYTES_PER_MIB_SHIFT = 20;
  /** Reports that a part is seen in: the first may be of the part before. */
  private static final int REPORTS = 3;

  private final Guest guest;
  private final String balloon;
  private final Thread thread;
  private final long started = System.nanoTime();
  private final List<MemorySample> samples = new ArrayList<>();
  private final List<Phase> phases = new ArrayList<>();
  private long lastUpdate = -1;
  private int reports;
  private boolean closed;

  private MemorySampler(Guest guest, String balloon) {
    this.guest = guest;
    this.balloon = balloon;
    this.thread = Thread.ofPlatform().daemon().name("demo-samples").unstarted(this::sampleAll);
  }

  /**
   * Begins.
   *
   * @param guest up
   * @param balloon the id of its balloon
   * @throws RigError if the monitor does not answer
   */
  static MemorySampler start(Guest guest, String balloon) {
    guest.monitor("qom-set " + balloon + " guest-stats-polling-interval 1");
    MemorySampler sampler = new MemorySampler(guest, balloon);
    sampler.thread.start();
    return sampler;
  }

  @Override
  public synchronized void phase(String name) { phases.add(new Phase(seconds(), name)); }

  /** {@return what has been sampled, in order} */
  synchronized List<MemorySample> samples() {
    return List.copyOf(samples);
  }

  /** {@return the parts so far} */
  synchronized List<Phase> phases() { return List.copyOf(phases); }

  @Override
  public void settle() {
    int before = reports();
    guest.await("the balloon driver's statistics", () -> reports() >= before + REPORTS || isClosed());
  }

  private synchronized int reports() { return reports; }

  private synchronized boolean isClosed() { return closed; }

  private double seconds() { return (System.nanoTime() - started) / 1e9; }

  private void sampleAll() {
    try {
      while (!isClosed()) {
        sample();
        Thread.sleep(PAUSE_MILLIS);
      }
    } catch (RigError e) {
      if (!isClosed()) {
        System.err.println("ballast: demo: no more samples: " + e.getMessage());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      end();
    }
  }

  private synchronized void end() { closed = true; }

  private void sample() {
    String stats = guest.monitor("qom-get " + balloon + " guest-stats");
    String actual = guest.monitor("info balloon");
    long resident = guest.residentKiB() >> KIB_PER_MIB_SHIFT;
    add(new MemorySample(seconds(), mib(stats, "stat-total-memory"), actualMib(actual),
        mib(stats, "stat-available-memory"), resident), number(stats, "last-update").orElse(0));
  }

  private synchronized void add(MemorySample sample, long update) {
    samples.add(sample);
    if (update != lastUpdate) {
      lastUpdate = update;
      reports++;
    }
  }

  /** What the guest has by its balloon's report, as {@code info balloon} prints it. */
  static long actualMib(String answer) {
    Matcher actual = Pattern.compile("balloon: actual=(\\d{1,15})").matcher(answer);
    return actual.matches() ? Long.parseLong(actual.group(1)) : MemorySample.UNKNOWN;
  }

  /** A number of bytes in the balloon's statistics; what the guest has not reported is 2^64 - 1. */
  static long mib(String stats, String name) {
    OptionalLong bytes = number(stats, name);
    return bytes.isPresent() && bytes.getAsLong() >= 0
        ? bytes.getAsLong() >> BYTES_PER_MIB_SHIFT
        : MemorySample.UNKNOWN;
  }

  private static OptionalLong number(String stats, String name) {
    Matcher value = Pattern.compile("\"" + name + "\": (\\d{1,20})\\b").matcher(stats);
    try {
      return value.find() ? OptionalLong.of(Long.parseUnsignedLong(value.group(1))) : OptionalLong.empty();
    } catch (NumberFormatException e) {
      return OptionalLong.empty(); // above 2^64 - 1
    }
  }

  @Override
  public void close() {
    end();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
