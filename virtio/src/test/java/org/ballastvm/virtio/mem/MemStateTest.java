package org.ballastvm.virtio.mem;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.BitSet;
import java.util.List;
import java.util.Set;
import org.ballastvm.state.SameFields;
import org.ballastvm.virtio.driver.Bench;
import org.ballastvm.virtio.driver.HostBlocks;
import org.ballastvm.virtio.driver.MemDriver;
import org.ballastvm.virtio.driver.MemDriver.Answer;
import org.ballastvm.virtio.mem.MemPlugger.PlugRefused;
import org.junit.jupiter.api.Test;

/** A memory device's state goes to another, whose host gives the guest the same blocks. */
class MemStateTest {
  private static final long MIB = 1L << 20;
  private static final long BASE = 256 * MIB;
  private static final MemConfig CONFIG = new MemConfig(BASE, 1024 * MIB, 2 * MIB, 0, true, MemConfig.Inaccessible.AUTO,
      128 * MIB);
  /** What is no state: scratch, what is made of it, the host's notes, and what is learned from the registers. */
  private static final Set<String> NO_STATE = Set.of("Turn.*", "DescriptorChain.*", "EventLimiter.*", "MemHistory.*",
      "MemDevice.words", "MsixTable.routed", "MsixTable.host", "PciFunction.host");

  private final MemDriver driver = new MemDriver(CONFIG).start();
  private final HostBlocks otherHost = new HostBlocks(BASE, CONFIG.sizeBytes(), CONFIG.blockBytes());

  private Bench<MemDevice> move() {
    return driver.bench.movedTo((memory, events) -> new MemDevice(CONFIG, otherHost, events));
  }

  /** Plugs blocks 0 to 2, 5, and 63 to 65, after more requests than the queue has entries. */
  private void plug() {
    for (int i = 0; i < 150; i++) {
      assertEquals(Answer.UNPLUGGED, driver.ask(MemDriver.STATE, BASE, 1));
    }
    assertEquals(Answer.ACK, driver.ask(MemDriver.PLUG, BASE, 3));
    assertEquals(Answer.ACK, driver.ask(MemDriver.PLUG, BASE + 10 * MIB, 1));
    assertEquals(Answer.ACK, driver.ask(MemDriver.PLUG, BASE + 126 * MIB, 3));
    driver.bench.device.request(64 * MIB);
  }

  @Test
  void theStateCoversEveryField() {
    plug();
    Bench<MemDevice> second = move();
    assertEquals(driver.bench.function.state(), second.function.state());
    assertEquals(Set.of(), SameFields.differences(driver.bench.function, second.function, NO_STATE));
    Set<String> touched = SameFields.differences(new MemDriver(CONFIG).bench.device, driver.bench.device,
        Set.of("EventLimiter.*", "MemHistory.*", "MemDevice.words", "Turn.*", "MemDevice.context",
            "MemDevice.notifier"));
    assertEquals(Set.of("MemBlocks.requestedBytes", "PlugBitmap.words"), touched);
  }

  @Test
  void theOtherHostGivesTheGuestTheSameBlocks() {
    plug();
    Bench<MemDevice> second = move();
    BitSet plugged = new BitSet();
    List.of(0, 1, 2, 5, 63, 64, 65).forEach(plugged::set);
    assertEquals(plugged, otherHost.reachable());
    assertEquals(3, otherHost.calls(), "a call for each run of them");
    assertEquals(14 * MIB, second.device.pluggedBytes());
    assertEquals(64 * MIB, second.driver.device(48, 8));
  }

  @Test
  void theDriverGoesOnWithTheOther() {
    plug();
    Bench<MemDevice> second = move();
    MemDriver moved = driver.movedTo(second, otherHost);
    second.bus.settle();
    assertEquals(Answer.MIXED, moved.ask(MemDriver.STATE, BASE, 4));
    assertEquals(Answer.ACK, moved.ask(MemDriver.UNPLUG, BASE + 126 * MIB, 3));
    assertEquals(Answer.ACK, moved.ask(MemDriver.PLUG, BASE + 6 * MIB, 2));
    assertEquals(12 * MIB, second.device.pluggedBytes());
    assertEquals(Answer.ERROR, moved.ask(MemDriver.PLUG, BASE, 1));
  }

  @Test
  void aRequestThatNobodyHasHeardIsAnsweredByTheOther() {
    plug();
    driver.offer(MemDriver.UNPLUG, BASE, 3);
    Bench<MemDevice> second = move();
    second.bus.settle();
    assertEquals(8 * MIB, second.device.pluggedBytes());
    assertEquals(14 * MIB, driver.bench.device.pluggedBytes());
    assertEquals(Answer.ACK, driver.answer());
  }

  @Test
  void aResetOfTheMachineIsPowerOnButForWhatTheHostAsks() {
    plug();
    driver.bench.function.reset();
    assertEquals(MemState.powerOn(CONFIG, 64 * MIB), driver.bench.device.state());
    assertEquals(new BitSet(), driver.host.reachable());
  }

  @Test
  void aResetByTheDriverChangesNoBlock() {
    plug();
    MemState before = driver.bench.device.state();
    driver.bench.driver.reset();
    assertEquals(before, driver.bench.device.state());
  }

  @Test
  void whatIsPluggedGoesFirst() {
    MemState before = driver.bench.device.state();
    plug();
    MemState plugged = driver.bench.device.state();
    driver.bench.device.restore(before);
    assertEquals(new BitSet(), driver.host.reachable());
    driver.bench.device.restore(plugged);
    assertEquals(7, driver.host.reachable().cardinality());
    driver.bench.device.restore(plugged);
    assertEquals(plugged, driver.bench.device.state());
  }

  @Test
  void aHostThatRefusesIsAnErrorAndTheDeviceSaysWhatThereIs() {
    plug();
    otherHost.refuse("no memory");
    assertThrows(PlugRefused.class, this::move);
    assertEquals(new BitSet(), otherHost.reachable());
  }
}
