package org.ballastvm.virtio.balloon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.ballastvm.virtio.HintRun;
import org.ballastvm.virtio.driver.Bench;
import org.ballastvm.virtio.driver.FakeClock;
import org.ballastvm.virtio.driver.PciDriver;
import org.ballastvm.virtio.driver.QueueDriver;
import org.ballastvm.virtio.driver.QueueDriver.Buffer;
import org.ballastvm.virtio.driver.WatchedMemory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A guest that takes named pages back and writes to them while their names are still in the queue, as Linux does when its
 * memory runs short: whatever it wrote is there after each run.
 */
class HintRaceTest {
  private static final long COMMAND_BUFFER = 8L << 20;
  private static final long FIRST_PAGE = 12L << 20;
  private static final int PAGES = 512;
  private static final int RUNS = 400;

  private WatchedMemory watched;
  private final Bench<BalloonDevice> bench = new Bench<>((memory, events) -> {
    watched = new WatchedMemory(memory);
    return new BalloonDevice(BalloonConfig.DEFAULTS, memory, Optional.of(watched), new FakeClock(), events);
  });
  private final List<Long> free = new ArrayList<>();
  private final List<Long> named = new ArrayList<>();
  private final Map<Long, Long> used = new TreeMap<>();
  private QueueDriver queue;
  private Random random;
  private int races;

  @ParameterizedTest
  @ValueSource(longs = {1, 20261121})
  void nothingThatTheGuestWroteIsLost(long seed) {
    random = new Random(seed);
    queue = bench.start(BalloonFeature.FREE_PAGE_HINT.bit() | PciDriver.EVENT_INDEX).get(2);
    for (int page = 0; page < PAGES; page++) {
      free.add(FIRST_PAGE + 4096L * page);
    }
    long givenBack = 0;
    for (int run = 0; run < RUNS; run++) {
      givenBack += run();
      used.forEach((page, value) -> assertEquals(value, bench.memory.getLong(page), "seed " + seed));
    }
    assertTrue(races > 4000, "only " + races + " pages were written to between their naming and the look at it");
    assertTrue(givenBack > 0);
  }

  /** One run, during which the guest lives on; returns how much the host has got. */
  private long run() {
    bench.device.startHinting();
    say((int) bench.driver.device(8, 4));
    for (int step = 0; step < 200; step++) {
      switch (random.nextInt(8)) {
        case 0, 1, 2 -> name();
        case 3 -> shrink();
        case 4, 5 -> write();
        case 6 -> release();
        default -> look();
      }
    }
    look();
    say(HintRun.COMMAND_STOP);
    look();
    free.addAll(named);
    named.clear();
    return ((HintRun.Complete) bench.device.hinting()).given().bytes();
  }

  private void say(int command) {
    bench.memory.putInt(COMMAND_BUFFER, command);
    queue.post(Buffer.read(COMMAND_BUFFER, 4));
    look();
  }

  private void look() {
    bench.bus.settle();
    queue.collect();
    bench.memory.takeDiscarded();
  }

  private void name() {
    if (!free.isEmpty()) {
      long page = take(free);
      named.add(page);
      queue.post(Buffer.write(page, 4096));
    }
  }

  /** Gives named pages to the guest again, and one of them is used at once. */
  private void shrink() {
    for (int i = 0; i < 4 && !named.isEmpty(); i++) {
      long page = take(named);
      races++;
      use(page);
    }
  }

  private void write() {
    if (!free.isEmpty()) {
      use(take(free));
    }
  }

  private void use(long page) {
    long value = random.nextLong();
    used.put(page, value);
    watched.guestWrites(page, value);
  }

  private void release() {
    for (int i = 0; i < 8 && !used.isEmpty(); i++) {
      List<Long> pages = new ArrayList<>(used.keySet());
      long page = pages.get(random.nextInt(pages.size()));
      used.remove(page);
      free.add(page);
    }
  }

  private long take(List<Long> pages) { return pages.remove(random.nextInt(pages.size())); }
}
