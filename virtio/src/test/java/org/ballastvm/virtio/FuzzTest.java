package org.ballastvm.virtio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.BiFunction;
import org.ballastvm.virtio.balloon.BalloonConfig;
import org.ballastvm.virtio.balloon.BalloonDevice;
import org.ballastvm.virtio.blk.BlkConfig;
import org.ballastvm.virtio.blk.BlkDevice;
import org.ballastvm.virtio.console.ConsoleDevice;
import org.ballastvm.virtio.console.ConsolePort;
import org.ballastvm.virtio.driver.Bench;
import org.ballastvm.virtio.driver.ConsoleDriver;
import org.ballastvm.virtio.driver.EchoDevice;
import org.ballastvm.virtio.driver.FakeClock;
import org.ballastvm.virtio.driver.FlatMemory;
import org.ballastvm.virtio.driver.HostBlocks;
import org.ballastvm.virtio.driver.PciDriver;
import org.ballastvm.virtio.driver.QueueDriver;
import org.ballastvm.virtio.driver.QueueDriver.Buffer;
import org.ballastvm.virtio.driver.RamDisk;
import org.ballastvm.virtio.driver.RandomDriver;
import org.ballastvm.virtio.driver.WatchedMemory;
import org.ballastvm.virtio.mem.MemConfig;
import org.ballastvm.virtio.mem.MemDevice;
import org.ballastvm.virtio.p9.P9Device;
import org.ballastvm.virtio.p9.P9Reply;
import org.ballastvm.virtio.p9.P9Request;
import org.ballastvm.virtio.p9.P9Session;
import org.ballastvm.virtio.p9.P9Workers;
import org.ballastvm.virtio.rng.RngDevice;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A driver that does anything, mostly near what makes sense: no device throws, asks for what is no memory or works on for
 * ever, and each serves a driver that comes after. A failure names its seed and step, and comes back with them.
 */
class FuzzTest {
  private static final int STEPS = 50_000;

  @ParameterizedTest
  @CsvSource({"1", "20261121"})
  void aBalloonOutlivesARandomDriver(long seed) {
    Bench<BalloonDevice> bench = new Bench<>(
        (memory, events) -> new BalloonDevice(BalloonConfig.DEFAULTS.withDeflateOnOom(true).withFreePageReporting(true),
            memory, Optional.of(new WatchedMemory(memory)), new FakeClock(), events));
    play(seed, bench, new RandomDriver(bench, new Random(seed)), () -> askForFreePages(bench.device));
    assertTrue(serves(bench, Buffer.read(8 << 20, 4)), "seed " + seed);
  }

  private static void askForFreePages(BalloonDevice balloon) {
    try {
      balloon.startHinting();
    } catch (IllegalStateException e) {
      balloon.stopHinting(); // There is no driver that could be asked.
    }
  }

  @ParameterizedTest
  @CsvSource({"2", "20261122"})
  void anEntropyDeviceOutlivesARandomDriver(long seed) {
    Bench<RngDevice> bench = play(seed, (memory, events) -> new RngDevice(into -> into.fill((byte) seed), events));
    assertTrue(serves(bench, Buffer.write(8 << 20, 64)), "seed " + seed);
  }

  @ParameterizedTest
  @CsvSource({"4", "20261124"})
  void aMemoryDeviceOutlivesARandomDriver(long seed) {
    MemConfig config = new MemConfig(4L << 20, 1L << 30, 1L << 20, 0, true, MemConfig.Inaccessible.AUTO, 1L << 28);
    HostBlocks host = new HostBlocks(config.base(), config.sizeBytes(), config.blockBytes());
    Random requests = new Random(seed);
    Bench<MemDevice> bench = new Bench<>((memory, events) -> new MemDevice(config, host, events));
    play(seed, bench, new RandomDriver(bench, new Random(seed)).asking(gpa -> {
      bench.memory.putLong(gpa, requests.nextInt(5));
      bench.memory.putLong(gpa + 8, config.base() + requests.nextInt(1100) * config.blockBytes());
      bench.memory.putLong(gpa + 16, requests.nextInt(8));
    }));
    assertTrue(host.calls() > 500, "seed " + seed + ": only " + host.calls() + " changes");
    assertEquals(host.reachable().cardinality() * config.blockBytes(), bench.device.pluggedBytes(), "seed " + seed);
  }

  @ParameterizedTest
  @CsvSource({"5", "20261125"})
  void aConsoleDeviceOutlivesARandomDriverAndItsHost(long seed) {
    Bench<ConsoleDevice> bench = new Bench<>((memory, events) -> new ConsoleDevice(3, events));
    ConsolePort[] ports = new ConsolePort[3];
    Random random = new Random(seed);
    for (int i = 0; i < ports.length; i++) {
      ports[i] = ConsoleDriver.port(i, i == 0, "port" + i, new ConsoleDriver.Host());
      bench.device.add(ports[i]);
    }
    play(seed, bench, new RandomDriver(bench, new Random(seed)), () -> {
      ConsolePort port = ports[random.nextInt(ports.length)];
      switch (random.nextInt(5)) {
        case 0 -> bench.device.setHostOpen(port, random.nextBoolean());
        case 1 -> bench.device.resize(port, random.nextInt(1 << 16), random.nextInt(1 << 16));
        case 2 -> {
          bench.device.remove(port);
          bench.device.add(port);
        }
        case 3 -> bench.device.serveOutput(port);
        default -> bench.device.receive(port, new byte[4096], 0, port.inputRoom());
      }
    }, 500); // Half of its queues give back what the host has typed, and that is little.
    assertTrue(serves(bench, 1, Buffer.read(8 << 20, 64), 0), "seed " + seed);
  }

  @ParameterizedTest
  @CsvSource({"5", "20261125"})
  void aFolderOutlivesARandomDriver(long seed) {
    Random requests = new Random(seed);
    Bench<P9Device> bench = new Bench<>((memory, events) -> new P9Device("tag", NoFiles::new, new Inline()));
    play(seed, bench, new RandomDriver(bench, new Random(seed)).asking(gpa -> {
      bench.memory.putInt(gpa, 7 + requests.nextInt(30));
      bench.memory.putByte(gpa + 4, 2 * requests.nextInt(64));
      bench.memory.putInt(gpa + 7, requests.nextInt(4));
    }));
    bench.function.reset();
    assertEquals(0, bench.device.unfinished(0), "seed " + seed);
  }

  /** A server that agrees to everything. */
  private static final class NoFiles implements P9Session {
    @Override
    public void serve(P9Request request, P9Reply reply) { reply.u64(0); }

    @Override
    public void close() {
      // Nothing is open.
    }
  }

  /** Requests are worked on at once. */
  private static final class Inline implements P9Workers {
    @Override
    public void work(Runnable request) { request.run(); }

    @Override
    public void close() {
      // There are no threads.
    }
  }

  @ParameterizedTest
  @CsvSource({"6", "20261126"})
  void aBlockDeviceOutlivesARandomDriver(long seed) {
    Random requests = new Random(seed);
    RamDisk[] disk = new RamDisk[1];
    Bench<BlkDevice> bench = new Bench<>((memory, events) -> {
      disk[0] = new RamDisk(memory, 1 << 20);
      return new BlkDevice(BlkConfig.DEFAULTS.withQueues(2), disk[0]);
    });
    play(seed, bench, new RandomDriver(bench, new Random(seed)).asking(16, 513, gpa -> {
      bench.memory.putLong(gpa, (long) requests.nextInt(3) * requests.nextInt(8));
      bench.memory.putLong(gpa + 8, requests.nextInt(2100));
    }));
    int reads = 0;
    for (String request : disk[0].takeLog()) {
      reads += request.startsWith("READ") ? 1 : 0;
    }
    assertTrue(reads > 500, "seed " + seed + ": only " + reads + " reads");
    bench.function.reset();
    bench.bus.settle();
    QueueDriver queue = new PciDriver(bench.function, bench.bus, bench.memory).start(PciDriver.EVENT_INDEX).getFirst();
    bench.memory.putLong(8 << 20, 4); // VIRTIO_BLK_T_FLUSH
    queue.post(Buffer.read(8 << 20, 16), Buffer.write(9 << 20, 1));
    bench.bus.settle();
    assertEquals(List.of(new QueueDriver.Used(0, 1)), queue.collect(), "seed " + seed);
  }

  @ParameterizedTest
  @CsvSource({"3", "20261123"})
  void theTransportOutlivesARandomDriver(long seed) {
    Bench<EchoDevice> bench = play(seed, (memory, events) -> new EchoDevice());
    assertFalse(bench.device.takeSeen().isEmpty(), "seed " + seed + ": the driver never got anything through");
    assertTrue(serves(bench, Buffer.read(8 << 20, 64)), "seed " + seed);
  }

  private static <D extends VirtioDevice> Bench<D> play(long seed, BiFunction<FlatMemory, EventSink, D> maker) {
    Bench<D> bench = new Bench<>(maker);
    play(seed, bench, new RandomDriver(bench, new Random(seed)));
    return bench;
  }

  private static void play(long seed, Bench<?> bench, RandomDriver driver) {
    play(seed, bench, driver, () -> {
      // The host wants nothing.
    });
  }

  private static void play(long seed, Bench<?> bench, RandomDriver driver, Runnable host) {
    play(seed, bench, driver, host, 1500);
  }

  private static void play(long seed, Bench<?> bench, RandomDriver driver, Runnable host, int leastBatches) {
    for (int step = 0; step < STEPS; step++) {
      try {
        driver.step();
        if (step % 50 == 0) {
          host.run();
        }
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed + ", step " + step, e);
      }
    }
    assertEquals(0, bench.memory.straying(), "seed " + seed);
    assertTrue(driver.batches() > leastBatches, "seed " + seed + ": only " + driver.batches() + " batches were served");
  }

  private static boolean serves(Bench<?> bench, Buffer buffer) {
    return serves(bench, 0, buffer, buffer.write() ? buffer.lengthBytes() : 0);
  }

  private static boolean serves(Bench<?> bench, int index, Buffer buffer, int written) {
    bench.function.reset();
    bench.bus.settle();
    QueueDriver queue = new PciDriver(bench.function, bench.bus, bench.memory).start(PciDriver.EVENT_INDEX).get(index);
    bench.bus.settle();
    queue.post(buffer);
    bench.bus.settle();
    return queue.collect().equals(List.of(new QueueDriver.Used(0, written)));
  }
}
