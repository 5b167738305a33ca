package org.ballastvm.virtio.mem;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.BitSet;
import java.util.Random;
import org.ballastvm.virtio.driver.MemDriver;
import org.ballastvm.virtio.driver.MemDriver.Answer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A device and the simplest thing that obeys the same rules are asked the same, over the real queue. */
class MemModelTest {
  private static final long BLOCK = 4L << 20;
  private static final long BASE = 0x1_4000_0000L;
  private static final int BLOCKS = 300;
  private static final int EXTENT = 64;
  private static final int REQUESTS = 100_000;

  private final BitSet plugged = new BitSet();
  private int requested = 40;
  private int usable = requested + EXTENT;
  private final MemDriver guest = new MemDriver(
      new MemConfig(BASE, BLOCKS * BLOCK, BLOCK, 0, true, MemConfig.Inaccessible.AUTO, requested * BLOCK)).start();

  @ParameterizedTest
  @ValueSource(longs = {20261121, 5})
  void theyGiveTheSameAnswersAndHaveTheSameBlocks(long seed) {
    Random random = new Random(seed);
    int[] answers = new int[4];
    long start = System.nanoTime();
    for (int step = 0; step < REQUESTS; step++) {
      String where = "seed " + seed + ", step " + step;
      if (random.nextInt(50) == 0) {
        beTheHost(random);
      }
      int type = random.nextInt(200) == 0 ? 2 : random.nextInt(10) < 2 ? 3 : random.nextInt(2);
      int count = random.nextInt(20) == 0 ? random.nextInt(0x1_0000) : random.nextInt(random.nextInt(4) == 0 ? 80 : 6);
      long gpa = address(random);
      Answer expected = expect(type, gpa, count);
      assertEquals(expected, guest.ask(type, gpa, count), where);
      assertEquals(plugged.cardinality() * BLOCK, guest.register(40), where);
      assertEquals(usable * BLOCK, guest.register(32), where);
      assertEquals(plugged, guest.host.reachable(), where);
      answers[expected.type()]++;
      guest.bench.events.clear();
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    System.out.printf("seed %d: %d requests, %.0f a second with all checks; %d ACK, %d NACK, %d ERROR%n", seed,
        REQUESTS, REQUESTS / seconds, answers[0], answers[1], answers[3]);
  }

  private static long address(Random random) {
    return switch (random.nextInt(40)) {
      case 0 -> random.nextLong();
      case 1 -> BASE + random.nextInt(BLOCKS) * BLOCK + random.nextInt((int) BLOCK);
      case 2 -> BASE - random.nextInt(5) * BLOCK;
      case 3 -> -BLOCK * random.nextInt(4);
      default -> BASE + random.nextInt(BLOCKS + 4) * BLOCK;
    };
  }

  private void beTheHost(Random random) {
    if (random.nextInt(20) == 0) {
      guest.bench.function.reset();
      unplugAll();
      guest.start();
      return;
    }
    requested = random.nextInt(BLOCKS + 1);
    usable = Math.max(usable, usableFor(requested));
    guest.bench.device.request(requested * BLOCK);
  }

  private static int usableFor(int wanted) { return wanted == 0 ? 0 : Math.min(BLOCKS, wanted + EXTENT); }

  private Answer unplugAll() {
    plugged.clear();
    usable = usableFor(requested);
    return Answer.ACK;
  }

  /** The rules, block by block. Virtio 1.3, 5.15.6. */
  private Answer expect(int type, long gpa, int count) {
    if (type == 2) {
      return unplugAll();
    }
    if (gpa < BASE || gpa % BLOCK != 0 || count == 0) {
      return Answer.ERROR;
    }
    long first = (gpa - BASE) / BLOCK;
    if (first + count > usable) {
      return Answer.ERROR;
    }
    int is = 0;
    for (int block = 0; block < count; block++) {
      is += plugged.get((int) first + block) ? 1 : 0;
    }
    if (type == 3) {
      return is == count ? Answer.ACK : is == 0 ? Answer.UNPLUGGED : Answer.MIXED;
    }
    if (type == 0 && plugged.cardinality() + count > requested) {
      return Answer.NACK;
    }
    if (is != (type == 0 ? 0 : count)) {
      return Answer.ERROR;
    }
    plugged.set((int) first, (int) first + count, type == 0);
    return Answer.ACK;
  }
}
