package org.ballastvm.virtio.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.ballastvm.virtio.driver.PciDriver;
import org.ballastvm.virtio.driver.QueueDriver.Buffer;
import org.ballastvm.virtio.driver.RandomDriver;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A driver that does anything, on a wire where frames of all lengths come and links go: nothing is thrown, nothing strays. */
class NetFuzzTest {
  private static final int STEPS = 50_000;

  @ParameterizedTest
  @CsvSource({"5, true, false", "20261125, false, false", "6, true, true", "20261126, false, true"})
  void aCardOutlivesARandomDriver(long seed, boolean headers, boolean commands) {
    NetBench card = new NetBench(headers, 2);
    Random random = new Random(seed);
    RandomDriver driver = new RandomDriver(card.bench, new Random(seed + 1));
    if (commands) {
      driver.asking(gpa -> {
        byte[] command = new byte[24];
        random.nextBytes(command);
        command[0] = (byte) random.nextInt(7);
        command[1] = (byte) random.nextInt(6);
        card.put(gpa, command);
      });
    }
    int sent = 0;
    for (int step = 0; step < STEPS; step++) {
      try {
        driver.step();
        host(card, random);
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed + ", step " + step, e);
      }
      sent += card.peer.sent.size();
      card.peer.sent.clear();
      card.peer.pieceCounts.clear();
    }
    assertEquals(0, card.bench.memory.straying(), "seed " + seed);
    assertTrue(driver.batches() > (commands ? 300 : 800), "seed " + seed + ": only " + driver.batches() + " batches");
    assertTrue(commands || sent > 300, "seed " + seed + ": only " + sent + " frames were sent");
    assertServes(card, seed);
  }

  private static void host(NetBench card, Random random) {
    FakePeer peer = card.peer;
    switch (random.nextInt(40)) {
      case 0 -> {
        peer.up = random.nextInt(3) > 0;
        peer.card.linkChanged(peer.up);
      }
      case 1 -> card.bench.device.setLink(random.nextInt(3) > 0);
      case 2 -> card.bench.device.announce();
      case 3 -> peer.room = random.nextInt(50);
      case 4 -> {
        peer.room = Integer.MAX_VALUE;
        peer.card.roomToSend(0);
      }
      default -> {
        if (peer.waiting.size() < 20 && random.nextInt(4) == 0) {
          peer.arrives(new byte[1 + random.nextInt(random.nextInt(20) == 0 ? 70_000 : 3000)]);
        }
      }
    }
  }

  private static void assertServes(NetBench card, long seed) {
    card.bench.function.reset();
    card.bench.device.setLink(true);
    card.peer.up = true;
    card.peer.card.linkChanged(true);
    card.peer.room = Integer.MAX_VALUE;
    card.peer.waiting.clear();
    card.settle();
    card.queues = new PciDriver(card.bench.function, card.bench.bus, card.bench.memory).start(NetBench.USUAL);
    card.settle();
    card.tx().post(Buffer.read(NetBench.TX, 100));
    card.settle();
    assertEquals(1, card.peer.sent.size(), "seed " + seed);
    card.offerRx(1, 2000);
    card.peer.arrives(new byte[200]);
    assertEquals(1, card.rx().collect().size(), "seed " + seed);
  }
}
