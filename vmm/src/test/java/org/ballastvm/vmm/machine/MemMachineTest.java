package org.ballastvm.vmm.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.ballastvm.virtio.mem.MemConfig;
import org.ballastvm.vmm.acpi.AcpiPorts;
import org.ballastvm.vmm.config.BackendConfig;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.config.MemoryConfig;
import org.ballastvm.vmm.config.RunPolicy;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.devices.VirtioMemory;
import org.ballastvm.vmm.memory.GuestLayout;
import org.ballastvm.vmm.memory.MemoryBackend;
import org.ballastvm.vmm.state.EndReason;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A memory device of 64 MiB whose blocks a guest of a few instructions plugs, uses and comes near. */
@Tag("kvm")
@Timeout(60)
class MemMachineTest {
  private static final int MIB = 1 << 20;
  private static final int BLOCK = 2 * MIB;
  private static final int BLOCKS = 32;
  private static final int RING = 0x40_0000;
  private static final int PLUG = 0;
  private static final int UNPLUG = 1;
  private static final long BASE = GuestLayout.HIGH_BASE;
  /** Where the guest sees it. */
  private static final int SEEN = 1 << 30;

  @TempDir
  private Path directory;

  private TestMachine machine(Program guest) throws IOException {
    return TestMachine.of(directory, guest).with(new MemoryConfig(16 * MIB, 0, 1024 * MIB, Optional.empty()))
        .holding(new BackendConfig.Ram("mem0", BLOCKS * BLOCK,
            new BackendConfig.Common(false, false, false, false, true)))
        .with(device("mem0", 16 * MIB, OptionalLong.empty(), 0)).with(new RunPolicy(false, true, true));
  }

  private static DeviceConfig device(String memdev, long requested, OptionalLong block, int node) {
    return new DeviceConfig.Mem(Optional.of("vm0"), OptionalInt.empty(), memdev, node, requested, block,
        OptionalLong.of(BASE), false, MemConfig.Inaccessible.AUTO, 60);
  }

  private static VirtioMemory vm0(Machine machine) { return machine.devices().blockMemories().getFirst(); }

  private List<Integer> printed() throws IOException {
    byte[] sent = TestMachine.of(directory, new Program()).sent();
    return IntStream.range(0, sent.length / 4).mapToObj(i -> Program.intAt(sent, 4 * i)).toList();
  }

  private static void runUntilItStops(Machine machine) throws InterruptedException {
    while (machine.state() == org.ballastvm.vmm.state.RunState.RUNNING) {
      Thread.sleep(1); // It has no event of its own; an interrupt ends the wait when the test's time is up.
    }
  }

  @Test
  void whatIsPluggedIsMemoryAndWhatIsNotCannotBeReached() throws Exception {
    Program guest = new Program().mapHighMemory(BLOCKS).startVirtio(1, RING);
    guest.askForMemory(RING, 1, PLUG, BASE, 1).printInt();
    guest.askForMemory(RING, 2, PLUG, BASE + 2 * BLOCK, 2).printInt();
    guest.poke(SEEN + 2 * BLOCK, 0x1234).peek(SEEN + 2 * BLOCK).printInt();
    guest.touchPages(SEEN + BLOCK, BLOCK / 4096).printInt(); // between two that are plugged
    guest.touchPages(SEEN + 4 * BLOCK, (BLOCKS - 4) * BLOCK / 4096).printInt();
    try (Machine machine = machine(guest.powerOff()).start()) {
      runUntilItStops(machine);
      assertEquals(List.of(0, 0, 0x1234, -1, -1), printed());
      VirtioMemory vm0 = vm0(machine);
      assertEquals(3L * BLOCK, vm0.device().pluggedBytes());
      assertEquals(2L * (BLOCKS - 3) * BLOCK / 4096, vm0.strayAccesses());
      assertEquals(0, vm0.range().backend().mapping().residentBytes(BLOCK, BLOCK));
      assertEquals(0, vm0.range().backend().mapping().residentBytes(4 * BLOCK, (BLOCKS - 4) * BLOCK));
    }
  }

  @Test
  void whatIsUnpluggedIsGoneFromTheGuestAndBackWithTheHost() throws Exception {
    Program guest = new Program().mapHighMemory(BLOCKS).startVirtio(1, RING);
    guest.askForMemory(RING, 1, PLUG, BASE, 8).printInt();
    guest.touchPages(SEEN, 8 * BLOCK / 4096).printInt();
    guest.askForMemory(RING, 2, UNPLUG, BASE + 3 * BLOCK, 2).printInt(); // out of the middle
    guest.peek(SEEN + 3 * BLOCK).printInt().peek(SEEN + 2 * BLOCK).printInt().peek(SEEN + 5 * BLOCK).printInt();
    guest.askForMemory(RING, 3, PLUG, BASE + 3 * BLOCK, 1).printInt().peek(SEEN + 3 * BLOCK).printInt();
    try (Machine machine = machine(guest.powerOff()).start()) {
      runUntilItStops(machine);
      assertEquals(List.of(0, 0, 0, -1, 0x5a5a, 0x5a5a, 0, 0), printed());
      assertEquals(7L * BLOCK, vm0(machine).device().pluggedBytes());
      assertEquals(0, vm0(machine).range().backend().mapping().residentBytes(4 * BLOCK, BLOCK));
    }
  }

  @Test
  void aGuestThatUsesABlockNeverMissesItWhileItsSlotIsCut() throws Exception {
    Program guest = new Program().mapHighMemory(BLOCKS).startVirtio(1, RING);
    guest.askForMemory(RING, 1, PLUG, BASE, BLOCKS).countForever(SEEN);
    try (
        Machine machine = machine(guest).with(device("mem0", (long) BLOCKS * BLOCK, OptionalLong.empty(), 0)).start()) {
      VirtioMemory vm0 = vm0(machine);
      MemorySegment memory = vm0.range().backend().mapping().chunk(0);
      int seen = 0;
      for (int block = BLOCKS - 1; block > 0; block--) {
        int before = seen;
        while ((seen = memory.get(ValueLayout.JAVA_INT, 0)) - before < 1000) {
          Thread.sleep(1); // The guest has all the time it needs.
        }
        long gpa = BASE + (long) block * BLOCK;
        machine.onLoop(() -> {
          vm0.range().unplug(gpa, BLOCK);
          machine.ram().devices().follow();
        });
        assertEquals(1, vm0.range().slotCount());
      }
      assertEquals(0, vm0.strayAccesses());
    }
  }

  @Test
  void aResetUnplugsAllAndTheGuestMayPlugAgain() throws Exception {
    Program guest = new Program().mapHighMemory(BLOCKS).startVirtio(1, RING);
    guest.askForMemory(RING, 1, PLUG, BASE, 8).printInt().touchPages(SEEN, 4).printInt();
    guest.count(0x30_0000).ifBelow(2, new Program().reset()).powerOff();
    try (Machine machine = machine(guest).with(new RunPolicy(false, false, true)).start()) {
      runUntilItStops(machine);
      assertEquals(List.of(0, 0, 0, 0), printed());
      assertEquals(8L * BLOCK, vm0(machine).device().pluggedBytes());
      machine.reset();
      assertEquals(16 * MIB, vm0(machine).device().requestedBytes());
    }
  }

  @Test
  void whatDoesNotFitTheMachineIsRefusedAndLeavesNothingBehind() throws Exception {
    TestMachine guest = machine(new Program().halt());
    for (String words : List.of("'requested-size' has to be multiples", "'requested-size' cannot exceed",
        "exceeds the number of numa nodes: 1", "there is no such object")) {
      DeviceConfig wrong = switch (words.substring(0, 20)) {
        case "'requested-size' has" -> device("mem0", MIB, OptionalLong.empty(), 0);
        case "'requested-size' can" -> device("mem0", 2L * BLOCKS * BLOCK, OptionalLong.empty(), 0);
        case "exceeds the number o" -> device("mem0", 0, OptionalLong.empty(), 1);
        default -> device("nope", 0, OptionalLong.empty(), 0);
      };
      UserError e = assertThrows(UserError.class, () -> guest.with(wrong).start().close());
      assertTrue(e.getMessage().startsWith("-device virtio-mem-pci,id=vm0: ") && e.getMessage().contains(words),
          e.getMessage());
    }
  }

  @Test
  @Tag("kvm")
  void aGuestMayLetADeviceGoWithMemoryInIt() throws Exception {
    Program guest = new Program().mapHighMemory(BLOCKS).startVirtio(1, RING);
    guest.askForMemory(RING, 1, PLUG, BASE, 8).touchPages(SEEN, 8 * BLOCK / 4096);
    guest.outInt(AcpiPorts.PCI_HOTPLUG_BASE + 8, 2).powerOff();
    try (Machine machine = machine(guest).start()) {
      MemoryBackend memory = vm0(machine).range().backend();
      runUntilItStops(machine);
      machine.onLoop(() -> assertTrue(machine.devices().find("vm0").isEmpty()));
      assertEquals(0, memory.residentBytes());
      assertEquals(org.ballastvm.vmm.state.RunState.SHUTDOWN, machine.state());
    }
  }

  @Test
  void aDeviceGoesOnlyWhenItIsEmptyAndItsMemoryIsFreeAgain() throws Exception {
    try (Machine machine = machine(new Program().halt()).with(new RunPolicy(true, false, false)).start()) {
      machine.onLoop(() -> {
        UserError e = assertThrows(UserError.class, () -> machine.devices().requestUnplug("vm0"));
        assertTrue(e.getMessage().contains("'requested-size' is nonzero"), e.getMessage());
        vm0(machine).request(0);
        machine.devices().requestUnplug("vm0");
      });
      machine.reset();
      machine.onLoop(() -> {
        assertTrue(machine.devices().find("vm0").isEmpty());
        machine.devices().plug(device("mem0", BLOCK, OptionalLong.of(4 * MIB / 2), 0));
        assertEquals(BASE, vm0(machine).range().base());
      });
      machine.quit(org.ballastvm.vmm.event.MachineEvent.Cause.HOST_QMP_QUIT);
      assertEquals(EndReason.HOST_QUIT, machine.end().get());
    }
  }
}
