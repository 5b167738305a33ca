package org.ballastvm.virtio.pci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import org.ballastvm.pci.PciFunction;
import org.ballastvm.state.SameFields;
import org.ballastvm.virtio.driver.Bench;
import org.ballastvm.virtio.driver.EchoDevice;
import org.ballastvm.virtio.driver.PciDriver;
import org.ballastvm.virtio.driver.QueueDriver;
import org.ballastvm.virtio.driver.QueueDriver.Buffer;
import org.ballastvm.virtio.driver.QueueDriver.Used;
import org.ballastvm.virtio.driver.RecordingBus.Message;
import org.ballastvm.virtio.rng.RngDevice;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The transport's state goes to another function, and the driver goes on with that. */
class TransportStateTest {
  private static final long ADDRESS = 0xfee0_1000L;
  private static final Buffer BUFFER = Buffer.write(8 << 20, 64);

  private static Bench<EchoDevice> bench() { return new Bench<>((memory, events) -> new EchoDevice()); }

  private static Bench<EchoDevice> move(Bench<EchoDevice> from) {
    return from.movedTo((memory, events) -> new EchoDevice());
  }

  private static void use(Bench<?> bench, QueueDriver queue, int times) {
    for (int i = 0; i < times; i++) {
      queue.post(BUFFER);
      bench.bus.settle();
      assertEquals(1, queue.collect().size());
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0, PciDriver.EVENT_INDEX, PciDriver.EVENT_INDEX | PciDriver.INDIRECT})
  void queuesGoOnWhereTheyWere(long features) {
    Bench<EchoDevice> bench = bench();
    List<QueueDriver> queues = bench.start(features);
    for (int moves = 0; moves < 5; moves++) {
      use(bench, queues.get(0), 100);
      use(bench, queues.get(1), 33);
      Bench<EchoDevice> next = move(bench);
      assertEquals(bench.function.state(), next.function.state());
      assertEquals(0, next.memory.straying());
      next.bus.settle();
      assertEquals(List.of(), queues.get(0).collect(), "nothing comes twice");
      bench = next;
    }
    use(bench, queues.get(0), 1);
    TransportState state = (TransportState) bench.function.state().registers();
    assertEquals(501, state.common().queues().getFirst().ring().orElseThrow().returned());
  }

  @Test
  void whatWasOfferedAndNotHeardIsServedByTheOther() {
    Bench<EchoDevice> first = bench();
    QueueDriver queue = first.start(PciDriver.EVENT_INDEX).getFirst();
    first.driver.enableMessages(ADDRESS);
    use(first, queue, 70);
    first.bus.takeMessages();
    queue.post(BUFFER, BUFFER);
    Bench<EchoDevice> second = move(first);
    assertEquals(List.of(), queue.collect());
    second.bus.settle();
    assertEquals(128, queue.collect().getFirst().writtenBytes());
    assertEquals(List.of(new Message(ADDRESS, 1)), second.bus.takeMessages());
  }

  @Test
  void theStateIsWhatItWasInEachRegister() {
    Bench<EchoDevice> first = bench();
    assertTrue(first.driver.negotiate(PciDriver.VERSION_1 | EchoDevice.FEATURE));
    first.driver.openQueue(1, 8, 2);
    first.driver.addStatus(PciDriver.DRIVER_OK);
    first.driver.enableMessages(ADDRESS);
    first.driver.maskVector(1, true);
    first.driver.common(0x00, 4, 2);
    first.driver.device(0, 8, 0x0123_4567_89ab_cdefL);
    first.function.change(() -> {});
    Bench<EchoDevice> second = move(first);
    for (int register = 0; register < 0x38; register += 2) {
      assertEquals(first.driver.common(register, 2), second.driver.common(register, 2), "at " + register);
    }
    for (int at = 0; at < 256; at += 4) {
      assertEquals(first.function.configRead(at, 4), second.function.configRead(at, 4), "at " + at);
    }
    assertEquals(0x0123_4567_89ab_cdefL, second.driver.device(0, 8));
    assertEquals(first.bus.bars(), second.bus.bars());
    assertEquals(2, second.driver.interruptStatus());
  }

  @Test
  void aPendingMessageIsSentByTheOther() {
    Bench<EchoDevice> first = bench();
    List<QueueDriver> queues = first.start(0);
    first.driver.enableMessages(ADDRESS);
    first.driver.maskVector(1, true);
    use(first, queues.getFirst(), 1);
    Bench<EchoDevice> second = move(first);
    second.bus.settle();
    assertEquals(0b010, second.driver.pendingVectors());
    assertEquals(List.of(), second.bus.takeMessages());
    second.driver.maskVector(1, false);
    assertEquals(List.of(new Message(ADDRESS, 1)), second.bus.takeMessages());
  }

  @Test
  void aPinThatIsHighIsHighOnTheOtherBus() {
    Bench<EchoDevice> first = bench();
    use(first, first.start(0).getFirst(), 1);
    assertTrue(first.bus.isPinHigh());
    Bench<EchoDevice> second = move(first);
    assertTrue(second.bus.isPinHigh());
    second.bus.settle();
    assertEquals(1, second.driver.interruptStatus());
    assertFalse(second.bus.isPinHigh());
  }

  @Test
  void aDeviceThatWaitsForItsResetGoesOnWaiting() {
    Bench<EchoDevice> first = bench();
    QueueDriver queue = first.start(0).getFirst();
    queue.advance(1000);
    queue.kick();
    first.bus.settle();
    Bench<EchoDevice> second = move(first);
    second.bus.settle();
    assertTrue(second.function.driverState().broken());
    assertEquals(List.of(), second.device.takeSeen());
    use(second, second.start(0).getFirst(), 3);
  }

  @Test
  void aRingInMemoryThatTheGuestHasGivenAwayIsItsMistakeAndNotThatOfWhoRestores() {
    Bench<EchoDevice> first = bench();
    QueueDriver queue = first.start(0).getFirst();
    first.memory.remove(queue.avail(), 4096);
    Bench<EchoDevice> second = move(first);
    assertFalse(second.function.driverState().broken());
    second.bus.settle();
    assertTrue(second.function.driverState().broken());
  }

  @Test
  void aResetIsPowerOnButForTheCountOfChanges() {
    Bench<EchoDevice> worked = bench();
    use(worked, worked.start(EchoDevice.FEATURE).getFirst(), 5);
    worked.driver.enableMessages(ADDRESS);
    worked.function.reset();
    Bench<EchoDevice> fresh = bench();
    fresh.function.reset();
    assertEquals(Set.of("CommonConfig.generation"), SameFields.differences(fresh.function, worked.function,
        Set.of("MsixTable.host", "PciFunction.host")));
    PciFunction.State state = worked.function.state();
    assertEquals(fresh.function.state().messages(), state.messages());
    assertEquals(fresh.function.state().config(), state.config());
  }

  @Test
  void anEntropyDeviceGoesOnToo() {
    Bench<RngDevice> first = rng(0x11);
    QueueDriver queue = first.start(PciDriver.EVENT_INDEX).getFirst();
    use(first, queue, 20);
    queue.post(BUFFER);
    Bench<RngDevice> second = first.movedTo((memory, events) -> new RngDevice(into -> into.fill((byte) 0x22), events));
    assertEquals(first.function.state(), second.function.state());
    second.bus.settle();
    assertEquals(List.of(new Used(20 % 8, 64)), queue.collect());
    assertEquals(0x22, second.memory.getByte(8 << 20));
    second.driver.reset();
    assertEquals(RngDevice.POWER_ON, second.device.state());
  }

  private static Bench<RngDevice> rng(int value) {
    return new Bench<>((memory, events) -> new RngDevice(into -> into.fill((byte) value), events));
  }
}
