package org.ballastvm.vmm.devices;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.ballastvm.virtio.balloon.BalloonConfig;
import org.ballastvm.vmm.config.BackendConfig;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.config.MemoryConfig;
import org.ballastvm.vmm.control.Balloon;
import org.ballastvm.vmm.event.MachineEvent.BalloonChange;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.machine.TestMachine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a machine's size, its balloon and its target have to do with each other: as QEMU 7.2 has it, but for resets. */
@Tag("kvm")
class BalloonSizeTest {
  private static final long MIB = 1 << 20;
  private static final long GIB = 1 << 30;
  private static final int ACTUAL = 4; // virtio 1.3, 5.5.4

  private final Machine vm = TestMachine.idle(new MemoryConfig(GIB, 4, 8 * GIB, Optional.empty()),
      new DeviceConfig.Balloon(Optional.of("b0"), OptionalInt.empty(), BalloonConfig.DEFAULTS));
  private final BlockingQueue<BalloonChange> changes = new LinkedBlockingQueue<>();

  @BeforeEach
  void listen() {
    vm.onLoop(() -> vm.events().listen((event, when) -> {
      if (event instanceof BalloonChange change) {
        changes.add(change);
      }
    }));
  }

  @AfterEach
  void end() { vm.close(); }

  private void target(long bytes) { vm.onLoop(() -> new Balloon().run(vm, new Balloon.Target(bytes))); }

  private long targetBytes() { return vm.devices().balloon().orElseThrow().targetPages() << 12; }

  /** What a driver writes when it has given so much. */
  private void guestGives(long mebibytes) {
    vm.devices().balloon().orElseThrow().configWrite(ACTUAL, 4, mebibytes << 8);
  }

  private void assertEmitted(long guestMebibytes) throws InterruptedException {
    BalloonChange change = changes.poll(20, TimeUnit.SECONDS);
    assertNotNull(change, "no BALLOON_CHANGE");
    assertEquals(guestMebibytes, change.actual() / MIB);
  }

  private void plugDimm() {
    vm.onLoop(() -> {
      vm.objects().memory().create(new BackendConfig.Ram("mem1", 256 * MIB, BackendConfig.Common.DEFAULTS));
      vm.devices()
          .plug(new DeviceConfig.Dimm(Optional.of("dimm1"), "mem1", OptionalInt.empty(), OptionalLong.empty(), 0, 60));
    });
  }

  @Test
  void aDimmMakesTheGuestLargerAndLeavesTheBalloonAlone() throws InterruptedException {
    target(768 * MIB);
    guestGives(256);
    assertEmitted(768);
    plugDimm();
    assertEquals(256 * MIB, targetBytes());
    assertEquals(1024 * MIB, vm.devices().sizes().balloonedBytes());
    target(768 * MIB);
    assertEquals(512 * MIB, targetBytes());
    guestGives(512);
    assertEmitted(768);
    target(5 * GIB);
    assertEquals(0, targetBytes());
  }

  @Test
  void aTargetBetweenPagesLeavesTheGuestThePageInWhichItLies() {
    target(512 * MIB + 1);
    assertEquals(512 * MIB - 4096, targetBytes());
    target(1);
    assertEquals(GIB - 4096, targetBytes());
  }

  @Test
  void aTargetThatChangesHalfWayIsTheOneThatCounts() throws InterruptedException {
    target(256 * MIB);
    guestGives(300);
    assertEmitted(724);
    target(900 * MIB);
    assertEquals(124 * MIB, targetBytes());
    guestGives(124);
    assertEmitted(900);
  }

  @Test
  void aResetEmptiesTheBalloonEmitsThatAndKeepsTheTarget() throws InterruptedException {
    target(256 * MIB);
    guestGives(768);
    assertEmitted(256);
    vm.reset();
    assertEmitted(1024);
    assertEquals(GIB, vm.devices().sizes().balloonedBytes());
    assertEquals(768 * MIB, targetBytes(), "the next driver gives as much again");
  }

  @Test
  void aGuestThatGivesMoreThanItHasHasNothing() throws InterruptedException {
    guestGives(4096);
    assertEmitted(0);
    assertEquals(0, vm.devices().sizes().balloonedBytes());
  }

  @Test
  void withItsBalloonAGuestLosesNoMemory() {
    target(256 * MIB);
    guestGives(768);
    vm.onLoop(() -> vm.devices().requestUnplug("b0"));
    vm.reset(); // which lets go of what the guest was asked for
    assertTrue(vm.devices().balloon().isEmpty());
    assertEquals(GIB, vm.devices().sizes().balloonedBytes());
  }
}
