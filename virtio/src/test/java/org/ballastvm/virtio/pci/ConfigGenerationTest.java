package org.ballastvm.virtio.pci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.ballastvm.virtio.balloon.BalloonConfig;
import org.ballastvm.virtio.balloon.BalloonDevice;
import org.ballastvm.virtio.balloon.BalloonTrace;
import org.ballastvm.virtio.driver.Bench;
import org.ballastvm.virtio.driver.FakeClock;
import org.ballastvm.virtio.driver.HostBlocks;
import org.ballastvm.virtio.driver.MemDriver;
import org.ballastvm.virtio.driver.PciDriver;
import org.ballastvm.virtio.mem.MemConfig;
import org.ballastvm.virtio.mem.MemDevice;
import org.junit.jupiter.api.Test;

/** A driver reads a register in pieces, and knows by the generation whether they belong together. Virtio 1.3, 4.1.4.3.1. */
class ConfigGenerationTest {
  private static final int GENERATION = 0x15;
  private static final int REQUESTED_SIZE = 48;
  private static final long GIB = 1L << 30;

  /** Reads the second half of a register and the generation, in a thread of its own, as another vCPU does. */
  private static final class LateReader {
    private final PciDriver driver;
    private final int register;
    private final int width;
    private final Thread thread = new Thread(this::read, "vcpu1");
    private long half;
    private long generation;

    LateReader(PciDriver driver, int register, int width) {
      this.driver = driver;
      this.register = register;
      this.width = width;
    }

    private void read() {
      half = driver.device(register, width);
      generation = driver.common(GENERATION, 1);
    }

    /** Comes between two steps of the host: it reads, or waits for the host's lock. */
    void comesNow() {
      if (thread.getState() == Thread.State.NEW) {
        thread.start();
        while (thread.isAlive() && thread.getState() != Thread.State.BLOCKED) {
          Thread.onSpinWait();
        }
      }
    }

    void comesAtLast() throws InterruptedException {
      comesNow();
      thread.join();
    }
  }

  @Test
  void aRequestedSizeThatIsHalfOldAndHalfNewHasTwoGenerations() throws InterruptedException {
    LateReader[] reader = new LateReader[1];
    MemConfig config = new MemConfig(64 * GIB, 8 * GIB, 2L << 20, 0, true, MemConfig.Inaccessible.AUTO, 4 * GIB);
    Bench<MemDevice> bench = new Bench<>((memory, events) -> new MemDevice(config,
        new HostBlocks(64 * GIB, 8 * GIB, 2L << 20), () -> {
          if (reader[0] != null) {
            reader[0].comesNow(); // The history of the request asks for the time.
          }
          return 0;
        }, events));
    long generation = bench.driver.common(GENERATION, 1);
    assertEquals(0, bench.driver.device(REQUESTED_SIZE, 4));
    reader[0] = new LateReader(bench.driver, REQUESTED_SIZE + 4, 4);
    bench.device.request(2 * GIB);
    reader[0].comesAtLast();
    assertTrue(reader[0].half == 1 || reader[0].generation != generation,
        "requested_size reads as 0x" + Long.toHexString(reader[0].half << 32) + " in generation " + generation);
  }

  @Test
  void soHasATargetOfTheBalloon() throws InterruptedException {
    Bench<BalloonDevice> bench = new Bench<>(
        (memory, events) -> new BalloonDevice(BalloonConfig.DEFAULTS, memory, new FakeClock(), events));
    bench.device.setTarget(0x1_0000);
    long generation = bench.driver.common(GENERATION, 1);
    assertEquals(0, bench.driver.device(0, 2));
    LateReader reader = new LateReader(bench.driver, 2, 2);
    bench.device.watch(new BalloonTrace() {
      @Override
      public void targetSet(long targetPages, long actualPages) { reader.comesNow(); }
    });
    bench.device.setTarget(0x8000);
    reader.comesAtLast();
    assertNotEquals(generation, reader.generation);
  }

  @Test
  void whatTheDriverPlugsIsANewGenerationToo() {
    MemDriver driver = new MemDriver(
        new MemConfig(64 * GIB, 8 * GIB, 2L << 20, 0, true, MemConfig.Inaccessible.AUTO, 4 * GIB)).start();
    long before = driver.bench.driver.common(GENERATION, 1);
    assertEquals(MemDriver.Answer.ACK, driver.ask(MemDriver.PLUG, 64 * GIB, 1));
    long after = driver.bench.driver.common(GENERATION, 1);
    assertNotEquals(before, after);
    assertEquals(MemDriver.Answer.NACK, driver.ask(MemDriver.PLUG, 64 * GIB + (2L << 20), 2048));
    assertEquals(after, driver.bench.driver.common(GENERATION, 1));
  }
}
