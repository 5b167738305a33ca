package org.ballastvm.virtio.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Random;
import org.ballastvm.fault.DeviceFaults;
import org.ballastvm.fault.Fault;
import org.ballastvm.record.Comparison;
import org.ballastvm.record.Likeness;
import org.ballastvm.record.Recording;
import org.ballastvm.record.RecordingLimits;
import org.ballastvm.virtio.balloon.BalloonConfig;
import org.ballastvm.virtio.balloon.BalloonDevice;
import org.ballastvm.virtio.driver.Bench;
import org.ballastvm.virtio.driver.EchoDevice;
import org.ballastvm.virtio.driver.FakeClock;
import org.ballastvm.virtio.driver.FakeTimer;
import org.ballastvm.virtio.driver.RandomDriver;
import org.ballastvm.virtio.driver.RecordedBench;
import org.ballastvm.virtio.driver.WatchedMemory;
import org.junit.jupiter.api.Test;

/** A driver that does anything, and a device that goes wrong at random: the seed decides all of it, and nothing is left behind. */
class HostileDialogueTest {
  private static final int RUNS = 1000;
  private static final int STEPS = 100;
  private static final RecordingLimits LIMITS = new RecordingLimits(64, 8 << 20);

  private static Bench<BalloonDevice> bench() {
    return new Bench<>((memory, events) -> new BalloonDevice(
        BalloonConfig.DEFAULTS.withDeflateOnOom(true).withFreePageReporting(true), memory,
        Optional.of(new WatchedMemory(memory)), new FakeClock(), events));
  }

  /** The faults of a device that is as hostile as its driver. */
  private static void goWrong(Bench<?> bench, long seed) {
    DeviceFaults faults = new DeviceFaults(strike -> {
      // The recording has what came of it.
    });
    for (String what : new String[]{"drop", "duplicate", "reorder", "wrong-id", "config-changes"}) {
      faults.add(Fault.parse("what=" + what + ",count=0,probability=0.05,seed=" + seed));
    }
    bench.function.goWrong(faults, new FakeTimer());
  }

  private static Recording run(Bench<?> bench, long seed, int steps) {
    RecordedBench record = new RecordedBench(bench, LIMITS);
    RandomDriver driver = new RandomDriver(bench, new Random(seed));
    for (int step = 0; step < steps; step++) {
      driver.step();
    }
    return record.end();
  }

  private static Recording fresh(long seed) {
    Bench<BalloonDevice> bench = bench();
    goWrong(bench, seed);
    return run(bench, seed, 2000);
  }

  @Test
  void theSameSeedGivesTheSameDialogueAndAnotherSeedAnother() {
    for (long seed = 1; seed <= 3; seed++) {
      Recording first = fresh(seed);
      assertTrue(first.entries().size() > 1000, "seed " + seed + ": only " + first.entries().size() + " events");
      assertEquals(Optional.empty(), Comparison.firstDifference(first, fresh(seed), Likeness.IGNORING_TIMES),
          "seed " + seed);
      assertTrue(Comparison.firstDifference(first, fresh(seed + 100), Likeness.IGNORING_TIMES).isPresent());
    }
  }

  @Test
  void aThousandHostileRunsLeaveNothingBehind() {
    Bench<EchoDevice> bench = new Bench<>((memory, events) -> new EchoDevice());
    goWrong(bench, 1);
    run(bench, 0, STEPS); // Classes are loaded, and the JVM's own threads are there.
    long descriptors = descriptors();
    int threads = Thread.activeCount();
    long heapBytes = heapBytes();
    long events = 0;
    long start = System.nanoTime();
    for (int seed = 1; seed <= RUNS; seed++) {
      bench.function.reset();
      events += run(bench, seed, STEPS).entries().size();
      bench.device.takeSeen();
      bench.events.clear();
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    System.out.printf("%d hostile runs of %d steps in %.1f s: %.0f a second, %d events recorded%n", RUNS, STEPS,
        seconds,
        RUNS / seconds, events);
    assertTrue(events > RUNS * 30L, "only " + events + " events in " + RUNS + " runs");
    assertEquals(descriptors, descriptors());
    assertEquals(threads, Thread.activeCount());
    long grownBytes = heapBytes() - heapBytes;
    assertTrue(grownBytes < 1 << 20, "the heap has grown by " + grownBytes + " bytes in " + RUNS + " runs");
  }

  private static long descriptors() {
    String[] open = Path.of("/proc/self/fd").toFile().list();
    return open == null ? 0 : open.length;
  }

  private static long heapBytes() {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 5; i++) {
      System.gc();
      least = Math.min(least, Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory());
    }
    return least;
  }
}
