package org.ballastvm.virtio.pci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.LongStream;
import org.ballastvm.virtio.VirtioDevice;
import org.ballastvm.virtio.balloon.BalloonConfig;
import org.ballastvm.virtio.balloon.BalloonDevice;
import org.ballastvm.virtio.driver.Bench;
import org.ballastvm.virtio.driver.EchoDevice;
import org.ballastvm.virtio.driver.FakeClock;
import org.ballastvm.virtio.driver.MemDriver;
import org.ballastvm.virtio.driver.PciDriver;
import org.ballastvm.virtio.driver.QueueDriver;
import org.ballastvm.virtio.driver.QueueDriver.Buffer;
import org.ballastvm.virtio.driver.RecordingBus.Message;
import org.ballastvm.virtio.mem.MemConfig;
import org.ballastvm.virtio.rng.RngDevice;
import org.junit.jupiter.api.Test;

/** Linux takes bus mastering away before a kexec, and resets no device: its memory is the next kernel's from then on. */
class BusMasterTest {
  private static final int COMMAND = 4;
  private static final int MEMORY = 2;
  private static final int MEMORY_AND_MASTER = 6;
  private static final long MUST_TELL_HOST = 1;
  private static final long STATS_VQ = 2;
  private static final long BUFFER = 8L << 20;
  private static final long MESSAGE_ADDRESS = 0xfee0_0000L;
  /** What the next kernel has where the rings were. */
  private static final long PATTERN = 0x1111_1111_1111_1111L;

  private final FakeClock clock = new FakeClock();

  private Bench<BalloonDevice> balloon() {
    Bench<BalloonDevice> bench = new Bench<>((memory, events) -> new BalloonDevice(
        BalloonConfig.DEFAULTS.withPollingInterval(1), memory, clock, events));
    return bench;
  }

  /** The guest forbids the device to use memory, and has other things where the rings were. */
  private static void kexec(Bench<?> bench, List<QueueDriver> queues) {
    bench.function.configWrite(COMMAND, 2, MEMORY);
    for (QueueDriver queue : queues) {
      LongStream.range(0, 0x2000).forEach(i -> bench.memory.putLong(queue.descriptors() + 8 * i, PATTERN));
    }
  }

  private static void assertUntouched(Bench<?> bench, List<QueueDriver> queues) {
    for (QueueDriver queue : queues) {
      assertTrue(LongStream.range(0, 0x2000)
          .allMatch(i -> bench.memory.getLong(queue.descriptors() + 8 * i) == PATTERN));
    }
    assertEquals(List.of(), bench.bus.takeMessages());
    assertEquals(List.of(), bench.memory.takeDiscarded());
  }

  @Test
  void statisticsAreNotAskedForInMemoryOfTheNextKernel() {
    Bench<BalloonDevice> bench = balloon();
    bench.driver.enableMessages(MESSAGE_ADDRESS);
    List<QueueDriver> queues = bench.start(STATS_VQ);
    queues.get(2).post(Buffer.read(BUFFER, 10));
    bench.bus.settle();
    kexec(bench, queues);
    clock.pass(1);
    bench.bus.settle();
    assertUntouched(bench, queues);
  }

  @Test
  void whatTheBalloonHeldIsThePropertyOfTheNextKernel() {
    Bench<BalloonDevice> bench = balloon();
    List<QueueDriver> queues = bench.start(MUST_TELL_HOST);
    bench.device.setTarget(512);
    bench.bus.settle();
    LongStream.range(0, 256).forEach(i -> bench.memory.putInt(BUFFER + 4 * i, (int) (5120 + i)));
    queues.get(0).post(Buffer.read(BUFFER, 1024));
    bench.bus.settle();
    bench.function.configWrite(COMMAND, 2, MEMORY);
    bench.device.setTarget(9000);
    bench.bus.settle();
    assertEquals(List.of(), bench.memory.takeDiscarded());
    bench.function.configWrite(COMMAND, 2, MEMORY_AND_MASTER); // pci_set_master comes before the driver's reset
    bench.device.setTarget(512);
    bench.bus.settle();
    assertEquals(List.of(), bench.memory.takeDiscarded());
  }

  @Test
  void noDeviceAnswersWhatWasAskedBefore() {
    answersNothing(new Bench<>((memory, events) -> new EchoDevice()));
    answersNothing(new Bench<>((memory, events) -> new RngDevice(bytes -> bytes.fill((byte) 7), events)));
    answersNothing(balloon());
    answersNothing(new MemDriver(
        new MemConfig(64L << 30, 1L << 30, 2L << 20, 0, true, MemConfig.Inaccessible.AUTO, 1L << 30)).bench);
  }

  private static <D extends VirtioDevice> void answersNothing(Bench<D> bench) {
    bench.driver.enableMessages(MESSAGE_ADDRESS);
    List<QueueDriver> queues = bench.start(0);
    queues.forEach(queue -> queue.post(Buffer.write(BUFFER, 64)));
    kexec(bench, queues);
    bench.bus.settle();
    assertUntouched(bench, queues);
    assertEquals(PciDriver.ACKNOWLEDGE | PciDriver.DRIVER | PciDriver.FEATURES_OK, bench.driver.status());
  }

  @Test
  void aDriverThatResetsTheDeviceHasItBack() {
    Bench<EchoDevice> bench = new Bench<>((memory, events) -> new EchoDevice());
    kexec(bench, bench.start(0));
    assertFalse(bench.device.isStarted());
    bench.function.configWrite(COMMAND, 2, MEMORY_AND_MASTER);
    QueueDriver queue = bench.start(0).get(0);
    queue.post(Buffer.read(BUFFER, 4));
    bench.bus.settle();
    assertEquals(1, queue.collect().size());
  }

  @Test
  void aDriverThatIsReadyBeforeItMayUseTheBusIsServedWhenItMay() {
    Bench<EchoDevice> bench = new Bench<>((memory, events) -> new EchoDevice());
    bench.function.configWrite(COMMAND, 2, MEMORY);
    bench.driver.enableMessages(MESSAGE_ADDRESS);
    QueueDriver queue = bench.start(0).get(0);
    bench.driver.common(0x10, 2, 0);
    queue.post(Buffer.read(BUFFER, 4));
    bench.function.change(() -> {});
    bench.bus.settle();
    assertEquals(List.of(), queue.collect());
    assertEquals(List.of(), bench.bus.takeMessages());
    bench.function.configWrite(COMMAND, 2, MEMORY_AND_MASTER);
    assertEquals(List.of(new Message(MESSAGE_ADDRESS, 0)), bench.bus.takeMessages());
    bench.bus.settle();
    assertEquals(1, queue.collect().size());
  }

  @Test
  void whoAsksForTheStateReadsNoRing() {
    Bench<EchoDevice> bench = new Bench<>((memory, events) -> new EchoDevice());
    bench.start(0);
    assertTrue(bench.function.driverState().queues().get(0).positions().isPresent());
    bench.function.configWrite(COMMAND, 2, MEMORY);
    assertTrue(bench.function.driverState().queues().get(0).positions().isEmpty());
    assertFalse(bench.function.driverState().started());
  }
}
