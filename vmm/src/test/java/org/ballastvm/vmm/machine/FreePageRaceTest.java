package org.ballastvm.vmm.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.ballastvm.virtio.HintRun;
import org.ballastvm.virtio.UnwrittenMemory.GivenBack;
import org.ballastvm.vmm.loop.Await;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A guest on the host's KVM that writes to the pages that it has named as free, and so does a device, while they are given
 * back: whatever was written is there afterwards, and all else is as it was, or zeros.
 */
@Tag("kvm")
@Timeout(300)
class FreePageRaceTest {
  private static final int RUNS = 8;

  @TempDir
  private Path directory;

  private Random random;
  private HintingGuest guest;
  private Machine machine;
  private long races;
  private long zeros;
  private GivenBack total = GivenBack.NOTHING;

  @ParameterizedTest
  @CsvSource({"1,", "20261121, io0"})
  void nothingThatWasWrittenIsLost(int seed, String iothread) throws Exception {
    random = new Random(seed);
    try (Machine running = HintingGuest.with(directory, seed, Optional.ofNullable(iothread)).start()) {
      machine = running;
      guest = new HintingGuest(machine);
      for (int n = 1; n <= RUNS; n++) {
        run(n, "seed " + seed + ", run " + n);
      }
    }
    System.out.printf(
        "seed %d: %d pages written to while they were given back, none lost; %d MiB given back in %d pauses"
            + " of %d us, %d us at most%n",
        seed, races, total.bytes() >> 20, total.pauses(),
        TimeUnit.NANOSECONDS.toMicros(total.totalPauseNanos() / total.pauses()),
        TimeUnit.NANOSECONDS.toMicros(total.longestPauseNanos()));
    assertTrue(races > 10_000, races + " races");
    assertTrue(zeros > 0 && zeros << 12 <= total.bytes(), "what is zeros now was given back");
  }

  private void run(int n, String which) {
    await(() -> guest.waitsToBeAsked(n));
    machine.onLoop(() -> machine.devices().balloon().orElseThrow().startHinting());
    Map<Integer, Long> byDevices = new HashMap<>();
    await(() -> {
      int page = random.nextInt(HintingGuest.PAGES) | 15;
      long value = random.nextLong() | 1;
      byDevices.put(page, value);
      machine.onLoop(() -> machine.ram().putLong(HintingGuest.FREE + 4096L * page, value));
      return guest.isThrough(n);
    });
    for (int page = 0; page < HintingGuest.PAGES; page++) {
      check(page, n, HintingGuest.isForDevices(page) ? byDevices.getOrDefault(page, 0L) : guest.written(page), which);
    }
    HintRun.Complete run = (HintRun.Complete) machine.devices().balloon().orElseThrow().hinting();
    assertEquals(4096L * HintingGuest.PAGES, run.namedBytes());
    add(run.given());
    guest.goOn(n);
  }

  private void check(int page, int n, long written, String which) {
    if (guest.requireKept(page, n, written, which)) {
      zeros++;
    } else if (written != 0) {
      races++;
    }
  }

  private void add(GivenBack run) {
    total = new GivenBack(total.bytes() + run.bytes(), total.pauses() + run.pauses(),
        Math.max(total.longestPauseNanos(), run.longestPauseNanos()),
        total.totalPauseNanos() + run.totalPauseNanos());
  }

  private void await(BooleanSupplier condition) {
    Await.until(condition,
        () -> "the guest stands still: " + guest + ", " + machine.devices().balloon().orElseThrow().hinting()
            + ", " + machine.state());
  }
}
