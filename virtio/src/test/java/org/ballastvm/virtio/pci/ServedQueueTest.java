package org.ballastvm.virtio.pci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.ballastvm.virtio.DeviceEvent;
import org.ballastvm.virtio.QueueServer;
import org.ballastvm.virtio.driver.Bench;
import org.ballastvm.virtio.driver.EchoDevice;
import org.ballastvm.virtio.driver.FakeServer;
import org.ballastvm.virtio.driver.PciDriver;
import org.ballastvm.virtio.driver.QueueDriver;
import org.ballastvm.virtio.driver.QueueDriver.Buffer;
import org.ballastvm.virtio.driver.RecordingBus.Message;
import org.ballastvm.virtio.queue.GuestError;
import org.junit.jupiter.api.Test;

/** A device's first queue is served outside of it, and its second by itself. */
class ServedQueueTest {
  private static final long ADDRESS = 0xfee0_1000L;
  private static final Message QUEUE_0 = new Message(ADDRESS, 1);
  private static final int COMMAND = 4;
  private static final int MEMORY = 2;
  private static final int MEMORY_AND_MASTER = 6;
  private static final Buffer CHAIN = Buffer.read(8 << 20, 4);

  private final FakeServer server = new FakeServer();
  private final Bench<EchoDevice> bench = new Bench<>((memory, events) -> new EchoDevice(server));

  @Test
  void theServerHasTheQueueAndItsDoorbellAndTheDeviceTheOther() {
    List<QueueDriver> queues = bench.start(PciDriver.INDIRECT);
    assertEquals(List.of("start 0 at 0"), server.takeCalls());
    QueueServer.Ring ring = server.rings().get(0);
    assertEquals(new QueueServer.Ring(0, EchoDevice.QUEUE_SIZE, queues.get(0).descriptors(), queues.get(0).avail(),
        queues.get(0).used(), 0, PciDriver.VERSION_1 | PciDriver.INDIRECT), ring);
    assertTrue(bench.bus.takeKicks().contains(0), "what was offered before is found");
    queues.forEach(queue -> queue.post(CHAIN));
    bench.bus.settle();
    assertEquals(List.of(0), bench.bus.takeKicks());
    assertEquals(List.of(1), bench.device.takeSeen().stream().map(EchoDevice.Seen::queue).toList());
  }

  @Test
  void theDriverIsOfferedThoseRingFeaturesThatTheServerHas() {
    assertEquals(0, bench.driver.offered() & PciDriver.EVENT_INDEX);
    assertEquals(PciDriver.INDIRECT, bench.driver.offered() & PciDriver.INDIRECT);
  }

  @Test
  void aCallIsAMessageByItselfWhileItsVectorIsOpen() {
    bench.driver.enableMessages(ADDRESS);
    bench.start(0);
    assertTrue(bench.bus.isConnected(0));
    bench.bus.call(0);
    assertEquals(List.of(QUEUE_0), bench.bus.takeMessages());
    bench.driver.maskVector(1, true);
    assertFalse(bench.bus.isConnected(0));
    bench.bus.call(0);
    assertEquals(List.of(), bench.bus.takeMessages());
    assertEquals(0b010, bench.driver.pendingVectors());
    bench.driver.maskVector(1, false);
    assertEquals(List.of(QUEUE_0), bench.bus.takeMessages());
    assertTrue(bench.bus.isConnected(0));
    bench.driver.maskFunction(true);
    assertFalse(bench.bus.isConnected(0));
  }

  @Test
  void aCallRaisesThePinOfADriverWithoutMessages() {
    bench.start(0);
    assertFalse(bench.bus.isConnected(0));
    bench.bus.call(0);
    assertTrue(bench.bus.isPinHigh());
    assertEquals(1, bench.driver.interruptStatus());
  }

  @Test
  void aQueueWithoutAVectorCallsNobody() {
    bench.driver.enableMessages(ADDRESS);
    bench.start(0);
    bench.driver.common(0x16, 2, 0);
    bench.driver.common(0x1a, 2, PciDriver.NO_VECTOR);
    assertFalse(bench.bus.isConnected(0));
    bench.bus.call(0);
    assertEquals(List.of(), bench.bus.takeMessages());
  }

  @Test
  void aResetTakesTheQueueBackAndTheNextDriverBeginsAnew() {
    bench.driver.enableMessages(ADDRESS);
    bench.start(0);
    server.isAt(7);
    bench.driver.reset();
    assertEquals(List.of("start 0 at 0", "stop 0"), server.takeCalls());
    assertFalse(bench.bus.isConnected(0));
    bench.start(0);
    assertEquals(List.of("start 0 at 0"), server.takeCalls());
    bench.function.reset();
    bench.driver.findAgain();
    bench.start(0);
    bench.function.detach();
    assertEquals(List.of("stop 0", "start 0 at 0", "stop 0"), server.takeCalls());
  }

  @Test
  void aFunctionThatMayNotReachMemoryIsNotServed() {
    bench.start(0);
    bench.function.configWrite(COMMAND, 2, MEMORY);
    assertTrue(server.rings().isEmpty());
    bench.start(0);
    assertTrue(server.rings().isEmpty());
    bench.function.configWrite(COMMAND, 2, MEMORY_AND_MASTER);
    assertFalse(server.rings().isEmpty());
  }

  @Test
  void whileItMayNotServeTheQueueIsLeftWhereItIs() {
    List<QueueDriver> queues = bench.start(0);
    bench.memory.putShort(queues.get(0).used() + 2, 5);
    server.isAt(9);
    bench.function.letServe(false);
    assertTrue(server.rings().isEmpty());
    TransportState state = (TransportState) bench.function.state().registers();
    assertEquals(9, state.common().queues().get(0).ring().orElseThrow().taken());
    assertEquals(5, state.common().queues().get(0).ring().orElseThrow().returned());
    bench.function.letServe(true);
    assertEquals(List.of("start 0 at 0", "stop 0", "start 0 at 9"), server.takeCalls());
  }

  @Test
  void ofAServerThatDoesNotSayTheUsedRingSaysHowFarItIs() {
    List<QueueDriver> queues = bench.start(0);
    bench.memory.putShort(queues.get(0).used() + 2, 5);
    bench.function.letServe(false);
    bench.function.letServe(true);
    assertEquals(5, server.rings().get(0).next());
  }

  @Test
  void aDeviceElsewhereGoesOnWithWhatWasNotGivenBack() {
    List<QueueDriver> queues = bench.start(0);
    bench.memory.putShort(queues.get(0).used() + 2, 3);
    FakeServer other = new FakeServer();
    bench.movedTo((memory, events) -> new EchoDevice(other));
    assertEquals(3, other.rings().get(0).next());
  }

  @Test
  void aQueueThatCannotBeServedStopsTheDevice() {
    server.refuse(new GuestError("queue 0: not there"));
    bench.start(0);
    assertTrue((bench.driver.status() & PciDriver.NEEDS_RESET) != 0);
    assertInstanceOf(DeviceEvent.GuestMistake.class, bench.events.getFirst());
    server.refuse(new QueueServer.Failure("no room", null));
    bench.start(0);
    assertTrue(bench.events.getLast() instanceof DeviceEvent.HostRefusal refusal
        && refusal.sentence().startsWith("no room"), bench.events.toString());
    server.refuse(null);
    bench.start(0);
    assertEquals(0, bench.driver.status() & PciDriver.NEEDS_RESET);
    assertFalse(server.rings().isEmpty());
  }

  @Test
  void aServerThatEndsStopsTheDeviceUntilItsDriverResetsIt() {
    bench.driver.enableMessages(ADDRESS);
    bench.function.serverFailed("nobody has it");
    assertEquals(List.of(), bench.events);
    bench.start(0);
    bench.bus.takeMessages();
    bench.function.serverFailed("it has ended");
    assertTrue((bench.driver.status() & PciDriver.NEEDS_RESET) != 0);
    assertTrue(server.rings().isEmpty());
    assertEquals(List.of(new Message(ADDRESS, 0)), bench.bus.takeMessages());
    bench.function.letServe(true);
    assertTrue(server.rings().isEmpty());
    bench.start(0);
    assertFalse(server.rings().isEmpty());
  }

  @Test
  void aMistakeInAQueueOfTheDevicesTakesTheOtherBackToo() {
    List<QueueDriver> queues = bench.start(0);
    queues.get(1).post(Buffer.read(1L << 60, 4));
    bench.bus.settle();
    assertTrue((bench.driver.status() & PciDriver.NEEDS_RESET) != 0);
    assertTrue(server.rings().isEmpty());
  }

  @Test
  void aDriverThatHasFailedIsServedNoMore() {
    bench.start(0);
    bench.driver.addStatus(128);
    assertTrue(server.rings().isEmpty());
  }

  @Test
  void aRingThatIsNoMemoryIsRefusedBeforeTheServerSeesIt() {
    bench.driver.negotiate(PciDriver.VERSION_1);
    bench.driver.common(0x16, 2, 0);
    for (int register = 0x20; register <= 0x30; register += 8) {
      bench.driver.common(register, 4, 0x1000);
      bench.driver.common(register + 4, 4, 0x7fff_ffff);
    }
    bench.driver.common(0x1c, 2, 1);
    bench.driver.addStatus(PciDriver.DRIVER_OK);
    assertEquals(List.of(), server.takeCalls());
    assertTrue((bench.driver.status() & PciDriver.NEEDS_RESET) != 0);
  }
}
