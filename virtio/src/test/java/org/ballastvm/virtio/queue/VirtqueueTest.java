package org.ballastvm.virtio.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.ballastvm.virtio.driver.Bench;
import org.ballastvm.virtio.driver.EchoDevice;
import org.ballastvm.virtio.driver.EchoDevice.Seen;
import org.ballastvm.virtio.driver.PciDriver;
import org.ballastvm.virtio.driver.QueueDriver;
import org.ballastvm.virtio.driver.QueueDriver.Buffer;
import org.ballastvm.virtio.driver.QueueDriver.Used;
import org.junit.jupiter.api.Test;

class VirtqueueTest {
  private static final long BUFFER = 8L << 20;
  private static final long TABLE = 9L << 20;
  private static final long MESSAGES = 0xfee0_0000L;

  private final Bench<EchoDevice> bench = new Bench<>((memory, events) -> new EchoDevice());

  private QueueDriver start(long features) {
    QueueDriver queue = bench.start(features).getFirst();
    bench.driver.enableMessages(MESSAGES);
    return queue;
  }

  private int interrupts() { return bench.bus.takeMessages().size(); }

  @Test
  void aChainIsItsBuffersWhereverTheyAreDescribed() {
    QueueDriver queue = start(PciDriver.INDIRECT);
    queue.offerIndirect(TABLE, Buffer.read(BUFFER, 1), Buffer.read(BUFFER, 2), Buffer.write(BUFFER, 3));
    queue.descriptor(5, BUFFER, 4, QueueDriver.NEXT, 7);
    queue.descriptor(7, TABLE, 48, QueueDriver.INDIRECT, 0);
    queue.offerHead(5);
    queue.kick();
    bench.bus.settle();
    assertEquals(List.of(new Seen(0, 2, 3, 1, 3), new Seen(0, 3, 7, 1, 3)), bench.device.takeSeen());
    assertEquals(List.of(new Used(0, 3), new Used(5, 3)), queue.collect());
  }

  @Test
  void aChainMayBeAsLongAsTheQueue() {
    QueueDriver queue = start(0);
    Buffer[] buffers = new Buffer[EchoDevice.QUEUE_SIZE];
    java.util.Arrays.fill(buffers, Buffer.write(BUFFER, 16));
    queue.post(buffers);
    bench.bus.settle();
    assertEquals(List.of(new Seen(0, 0, 0, 64, 1024)), bench.device.takeSeen());
  }

  @Test
  void theWholeRingMayBeOfferedAtOnce() {
    QueueDriver queue = start(PciDriver.EVENT_INDEX);
    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < EchoDevice.QUEUE_SIZE; i++) {
        queue.offer(Buffer.read(BUFFER, 4));
      }
      queue.kick();
      bench.bus.settle();
      assertEquals(EchoDevice.QUEUE_SIZE, queue.collect().size());
    }
  }

  @Test
  void aDriverThatWantsNoInterruptsGetsNone() {
    QueueDriver queue = start(0);
    queue.suppressInterrupts(true);
    queue.post(Buffer.read(BUFFER, 4));
    bench.bus.settle();
    assertEquals(1, queue.collect().size());
    assertEquals(0, interrupts());
    queue.suppressInterrupts(false);
    queue.post(Buffer.read(BUFFER, 4));
    bench.bus.settle();
    assertEquals(1, interrupts());
  }

  @Test
  void aDriverIsInterruptedAtTheChainItNamed() {
    QueueDriver queue = start(PciDriver.EVENT_INDEX);
    queue.interruptAfter(3);
    for (int chain = 1; chain <= 5; chain++) {
      queue.post(Buffer.read(BUFFER, 4));
      bench.bus.settle();
      assertEquals(chain == 3 ? 1 : 0, interrupts(), "chain " + chain);
    }
  }

  @Test
  void withEventIndexTheFlagThatSuppressesMeansNothing() {
    QueueDriver queue = start(PciDriver.EVENT_INDEX);
    queue.suppressInterrupts(true);
    queue.post(Buffer.read(BUFFER, 4));
    bench.bus.settle();
    assertEquals(1, interrupts());
  }

  @Test
  void indicesWrapWithoutALostChainOrInterrupt() {
    for (long features : new long[]{0, PciDriver.EVENT_INDEX}) {
      QueueDriver queue = start(features);
      for (int chain = 0; chain < 66_000; chain++) {
        queue.post(Buffer.read(BUFFER, 4));
        bench.bus.settle();
        assertEquals(1, queue.collect().size(), "chain " + chain);
        assertEquals(1, interrupts(), "chain " + chain);
        bench.device.takeSeen();
      }
    }
  }

  @Test
  void aDriverNeedNotRingForWhatTheDeviceIsStillToSee() {
    QueueDriver queue = start(PciDriver.EVENT_INDEX);
    queue.offer(Buffer.read(BUFFER, 4));
    assertTrue(queue.kick());
    queue.offer(Buffer.read(BUFFER, 4));
    assertFalse(queue.kick());
    bench.bus.settle();
    assertEquals(2, queue.collect().size());
    queue.offer(Buffer.read(BUFFER, 4));
    assertTrue(queue.kick());
  }

  @Test
  void queuesAreApart() {
    List<QueueDriver> queues = bench.start(0);
    queues.get(1).post(Buffer.write(BUFFER, 4));
    bench.bus.settle();
    assertEquals(List.of(new Seen(1, 0, 0, 1, 4)), bench.device.takeSeen());
    assertEquals(List.of(), queues.get(0).collect());
  }
}
