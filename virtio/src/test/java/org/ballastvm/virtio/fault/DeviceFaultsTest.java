package org.ballastvm.virtio.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.ballastvm.fault.DeviceFaults;
import org.ballastvm.fault.Fault;
import org.ballastvm.virtio.driver.FakeTimer;
import org.ballastvm.virtio.driver.MemDriver;
import org.ballastvm.virtio.driver.MemDriver.Answer;
import org.ballastvm.virtio.mem.MemConfig;
import org.junit.jupiter.api.Test;

/** What belongs to virtio-mem goes wrong. */
class DeviceFaultsTest {
  private static final long BASE = 4L << 30;
  private static final long BLOCK = 2L << 20;

  private final DeviceFaults faults = new DeviceFaults(strike -> {
    // The history has it.
  });

  @Test
  void aMemoryDeviceAnswersAsItIsToldAndDoesNothing() {
    MemDriver memory = new MemDriver(
        new MemConfig(BASE, 64 * BLOCK, BLOCK, 0, false, MemConfig.Inaccessible.AUTO, 16 * BLOCK));
    memory.bench.function.goWrong(faults, new FakeTimer());
    memory.start();
    faults.add(Fault.parse("what=mem-busy,request=plug"));
    faults.add(Fault.parse("what=mem-nack,request=plug,nth=2"));
    faults.add(Fault.parse("what=mem-error,request=state"));
    assertEquals(Answer.BUSY, memory.ask(MemDriver.PLUG, BASE, 1));
    assertEquals(Answer.NACK, memory.ask(MemDriver.PLUG, BASE, 1));
    assertEquals(Answer.ERROR, memory.ask(MemDriver.STATE, BASE, 1));
    assertEquals(Answer.UNPLUGGED, memory.ask(MemDriver.STATE, BASE, 1));
    assertEquals(Answer.ACK, memory.ask(MemDriver.PLUG, BASE, 1));
    assertEquals(BLOCK, memory.bench.device.pluggedBytes());
  }

  @Test
  void theRequestedSizeMovesWhileARequestIsAnswered() {
    MemDriver memory = new MemDriver(
        new MemConfig(BASE, 64 * BLOCK, BLOCK, 0, false, MemConfig.Inaccessible.AUTO, 16 * BLOCK));
    memory.bench.function.goWrong(faults, new FakeTimer());
    memory.start();
    faults.add(Fault.parse("what=requested-size,bytes=" + 2 * BLOCK + ",nth=2"));
    assertEquals(Answer.ACK, memory.ask(MemDriver.PLUG, BASE, 1));
    assertEquals(Answer.NACK, memory.ask(MemDriver.PLUG, BASE + BLOCK, 8));
    assertEquals(2 * BLOCK, memory.bench.device.requestedBytes());
    assertTrue(memory.bench.bus.isPinHigh(), "the driver is notified");
  }
}
