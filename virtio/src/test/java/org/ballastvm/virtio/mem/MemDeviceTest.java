package org.ballastvm.virtio.mem;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.ballastvm.virtio.DeviceEvent;
import org.ballastvm.virtio.driver.MemDriver;
import org.ballastvm.virtio.driver.MemDriver.Answer;
import org.ballastvm.virtio.driver.PciDriver;
import org.ballastvm.virtio.mem.MemConfig.Inaccessible;
import org.junit.jupiter.api.Test;

class MemDeviceTest {
  private static final long MIB = 1L << 20;
  private static final long BLOCK = 2 * MIB;
  private static final long BASE = 0x1_4000_0000L;
  private static final int USABLE = 32;
  private static final int PLUGGED = 40;
  private static final int REQUESTED = 48;

  private final MemDriver guest = new MemDriver(config(Inaccessible.AUTO, 16 * MIB)).start();
  private final MemDevice device = guest.bench.device;

  private static MemConfig config(Inaccessible inaccessible, long requestedBytes) {
    return new MemConfig(BASE, 1024 * MIB, BLOCK, 3, true, inaccessible, requestedBytes);
  }

  @Test
  void theRegistersSayWhereBlocksAreAndHowManyAreWanted() {
    assertEquals(BLOCK, guest.register(0));
    assertEquals(3, guest.register(8));
    assertEquals(BASE, guest.register(16));
    assertEquals(1024 * MIB, guest.register(24));
    assertEquals((16 + 256) * MIB, guest.register(USABLE));
    assertEquals(0, guest.register(PLUGGED));
    assertEquals(16 * MIB, guest.register(REQUESTED));
    assertEquals(BASE >>> 32, guest.bench.driver.device(20, 4));
  }

  @Test
  void itOffersWhatItHasAndNotWhatTheMachineHasNot() {
    assertEquals(7, guest.bench.driver.offered() & 0xff);
    MemConfig plain = new MemConfig(BASE, BLOCK, BLOCK, 0, false, Inaccessible.OFF, 0);
    assertEquals(4, new MemDriver(plain).bench.driver.offered() & 0xff);
  }

  @Test
  void aGuestPlugsUntilItHasWhatIsWanted() {
    assertEquals(Answer.ACK, guest.ask(MemDriver.PLUG, BASE + 4 * BLOCK, 6));
    assertEquals(Answer.ACK, guest.ask(MemDriver.PLUG, BASE, 2));
    assertEquals(Answer.NACK, guest.ask(MemDriver.PLUG, BASE + 2 * BLOCK, 1));
    assertEquals("{0, 1, 4, 5, 6, 7, 8, 9}", guest.host.reachable().toString());
    assertEquals(16 * MIB, guest.register(PLUGGED));
    assertEquals(List.of(new DeviceEvent.MemorySizeChanged(12 * MIB), new DeviceEvent.MemorySizeChanged(16 * MIB)),
        guest.bench.events);
  }

  @Test
  void aStateIsPluggedUnpluggedOrMixed() {
    guest.ask(MemDriver.PLUG, BASE + BLOCK, 2);
    assertEquals(Answer.ACK, guest.ask(MemDriver.STATE, BASE + BLOCK, 2));
    assertEquals(Answer.UNPLUGGED, guest.ask(MemDriver.STATE, BASE + 3 * BLOCK, 5));
    assertEquals(Answer.MIXED, guest.ask(MemDriver.STATE, BASE, 2));
    assertEquals(Answer.ERROR, guest.ask(MemDriver.STATE, BASE, 137));
  }

  @Test
  void aLargerRequestIsSeenAndTheChoiceGrowsWithIt() {
    guest.bench.driver.interruptStatus();
    device.request(64 * MIB);
    assertEquals(2, guest.bench.driver.interruptStatus());
    assertEquals(64 * MIB, guest.register(REQUESTED));
    assertEquals(320 * MIB, guest.register(USABLE));
    device.request(1024 * MIB);
    assertEquals(1024 * MIB, guest.register(USABLE));
    device.request(1024 * MIB);
    assertEquals(2, guest.bench.driver.interruptStatus());
    assertEquals(0, guest.bench.driver.interruptStatus(), "notified of a request that changed nothing");
  }

  @Test
  void theChoiceShrinksOnlyWhenAllIsUnplugged() {
    guest.ask(MemDriver.PLUG, BASE, 4);
    device.request(4 * MIB);
    assertEquals(272 * MIB, guest.register(USABLE));
    assertEquals(Answer.ACK, guest.ask(MemDriver.UNPLUG, BASE, 2));
    assertEquals(272 * MIB, guest.register(USABLE));
    assertEquals(Answer.ACK, guest.ask(MemDriver.UNPLUG_ALL, -1, 0xffff));
    assertEquals(260 * MIB, guest.register(USABLE));
    assertEquals(0, device.pluggedBytes());
    device.request(0);
    guest.ask(MemDriver.UNPLUG_ALL, 0, 0);
    assertEquals(0, guest.register(USABLE));
    assertEquals(List.of(8 * MIB, 4 * MIB, 0L), sizes());
  }

  @Test
  void aRequestAgainstTheRulesOfTheRegionIsAnOffenceOfOurOwnCode() {
    assertThrows(IllegalArgumentException.class, () -> device.request(MIB));
    assertThrows(IllegalArgumentException.class, () -> device.request(1026 * MIB));
    assertThrows(IllegalArgumentException.class, () -> device.request(-BLOCK));
    assertEquals(16 * MIB, device.requestedBytes());
  }

  @Test
  void aResetByTheDriverKeepsBlocksAndOneOfTheMachineUnplugsThem() {
    guest.ask(MemDriver.PLUG, BASE, 4);
    guest.bench.driver.reset();
    assertEquals(8 * MIB, device.pluggedBytes());
    assertEquals(4, guest.host.reachable().cardinality());
    guest.bench.function.reset();
    assertEquals(0, device.pluggedBytes());
    assertTrue(guest.host.reachable().isEmpty());
    assertEquals(16 * MIB, device.requestedBytes());
  }

  @Test
  void aHostThatRefusesIsBusyAndNothingHasChanged() {
    guest.host.refuse("KVM_SET_USER_MEMORY_REGION: ENOMEM");
    assertEquals(Answer.BUSY, guest.ask(MemDriver.PLUG, BASE, 4));
    assertEquals(0, device.pluggedBytes());
    guest.host.refuse(null);
    guest.ask(MemDriver.PLUG, BASE, 4);
    guest.host.refuse("madvise: EINVAL");
    assertEquals(Answer.BUSY, guest.ask(MemDriver.UNPLUG, BASE, 1));
    assertEquals(Answer.BUSY, guest.ask(MemDriver.UNPLUG_ALL, 0, 0));
    assertEquals(8 * MIB, device.pluggedBytes());
    assertEquals(new DeviceEvent.HostRefusal("virtio-mem", "KVM_SET_USER_MEMORY_REGION: ENOMEM"),
        guest.bench.events.getFirst());
  }

  @Test
  void aDriverThatWillNotStayAwayIsTurnedDownWhereThatIsAsked() {
    PciDriver strict = new MemDriver(config(Inaccessible.ON, 0)).bench.driver;
    assertFalse(strict.negotiate(PciDriver.VERSION_1));
    assertTrue(strict.negotiate(PciDriver.VERSION_1 | MemDriver.INACCESSIBLE));
    assertTrue(new MemDriver(config(Inaccessible.AUTO, 0)).bench.driver.negotiate(PciDriver.VERSION_1));
  }

  private List<Long> sizes() {
    return guest.bench.events.stream().map(event -> ((DeviceEvent.MemorySizeChanged) event).sizeBytes()).toList();
  }

  @Test
  void whatAGuestLetsGoKeepsItsMemoryUntilTheLoopTakesItAway() {
    MemDriver driver = new MemDriver(config(Inaccessible.AUTO, 64 * MIB)).start();
    driver.ask(MemDriver.PLUG, BASE, 4);
    int calls = driver.host.calls();
    driver.bench.function.detach(); // as the eject register does, on a vCPU's thread
    assertEquals(calls, driver.host.calls());
    assertEquals(4 * BLOCK, driver.bench.device.pluggedBytes());
    driver.bench.device.close();
    assertTrue(driver.host.reachable().isEmpty());
    assertEquals(0, driver.bench.device.pluggedBytes());
  }

  @Test
  void aGuestGetsNoMoreWhileTheHostTakesBackWhatItHad() {
    MemDriver driver = new MemDriver(config(Inaccessible.AUTO, 64 * MIB)).start();
    assertEquals(Answer.ACK, driver.ask(MemDriver.PLUG, BASE, 4));
    driver.host.givingBack(true);
    assertEquals(Answer.ACK, driver.ask(MemDriver.UNPLUG, BASE, 2));
    assertEquals(Answer.BUSY, driver.ask(MemDriver.PLUG, BASE, 2));
    assertEquals(Answer.MIXED, driver.ask(MemDriver.STATE, BASE, 4));
    driver.host.givingBack(false);
    assertEquals(Answer.ACK, driver.ask(MemDriver.PLUG, BASE, 2));
  }
}
