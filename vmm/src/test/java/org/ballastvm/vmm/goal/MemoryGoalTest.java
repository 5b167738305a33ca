package org.ballastvm.vmm.goal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.ballastvm.vmm.config.BackendConfig;
import org.ballastvm.vmm.config.DeviceModels;
import org.ballastvm.vmm.config.KeyValues;
import org.ballastvm.vmm.config.MemoryConfig;
import org.ballastvm.vmm.config.RunPolicy;
import org.ballastvm.vmm.event.MachineEvent.MemorySetEnded;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.machine.Program;
import org.ballastvm.vmm.machine.TestMachine;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A virtio-mem device that no driver takes, and what is tried instead. */
@Tag("kvm")
@Timeout(60)
class MemoryGoalTest {
  private static final long MIB = 1L << 20;

  @TempDir
  private Path directory;
  private final BlockingQueue<MemorySetEnded> ended = new LinkedBlockingQueue<>();

  private Machine start(int slots) throws Exception {
    Machine machine = TestMachine.of(directory, new Program().halt())
        .with(new MemoryConfig(64 * MIB, slots, 1024 * MIB, Optional.empty()))
        .holding(new BackendConfig.Ram("mem0", 256 * MIB, new BackendConfig.Common(false, false, false, false, true)))
        .with(DeviceModels.parse(
            KeyValues.parse("-device", "virtio-mem-pci,id=vm0,memdev=mem0,request-timeout=1", "driver")))
        .with(new RunPolicy(false, true, true)).start();
    listen(machine);
    return machine;
  }

  private void listen(Machine machine) {
    machine.events().listen((event, when) -> {
      if (event instanceof MemorySetEnded end) {
        ended.add(end);
      }
    });
  }

  @Test
  void whatOneDeviceDoesNotGiveComesFromTheNext() throws Exception {
    try (Machine machine = start(1)) {
      machine.onLoop(() -> assertEquals(List.of("vm0: from 0 bytes to 128 MiB"),
          machine.memoryGoal().set(192 * MIB)));
      boolean plugged = false;
      while (!plugged) {
        Thread.sleep(10); // A DIMM comes when the device has had its second.
        plugged = machine.devices().dimms().find("memory0").isPresent();
      }
      machine.onLoop(() -> machine.devices().dimms().reported(0, 1, 0));
      MemorySetEnded end = ended.take();
      assertEquals(192 * MIB, end.actual());
      assertTrue(end.reached() && end.reason().orElseThrow().startsWith("vm0: no driver"), end.toString());
    }
  }

  private void answer(Machine machine, int slot, long sizeBytes, int status) throws Exception {
    boolean plugged = false;
    while (!plugged) {
      Thread.sleep(10);
      plugged = machine.devices().dimms().all().stream()
          .anyMatch(dimm -> dimm.slot() == slot && dimm.sizeBytes() == sizeBytes);
    }
    machine.onLoop(() -> machine.devices().dimms().reported(slot, 1, status));
  }

  @Test
  @Tag("kvm")
  void aDimmThatTheGuestTurnsDownComesAgainAtHalfTheSizeInTheSameSlot() throws Exception {
    TestMachine small = TestMachine.of(directory, new Program().halt())
        .with(new MemoryConfig(64 * MIB, 2, 8192 * MIB, Optional.empty())).with(new RunPolicy(false, true, true));
    try (Machine machine = small.start()) {
      listen(machine);
      machine
          .onLoop(() -> assertEquals(List.of("memory0: a new DIMM of 1 GiB", "a new DIMM of 1 GiB, when that is done"),
              machine.memoryGoal().set(2112 * MIB)));
      answer(machine, 0, 1024 * MIB, 1);
      answer(machine, 0, 512 * MIB, 0);
      answer(machine, 1, 512 * MIB, 0);
      MemorySetEnded end = ended.take();
      assertEquals(List.of(1088 * MIB, false), List.of(end.actual(), end.reached()), end.toString());
      assertTrue(end.reason().orElseThrow().startsWith("a DIMM of 1 GiB: the guest did not take it"), end.toString());
      assertEquals(2, machine.devices().dimms().all().size());
    }
  }

  @Test
  void whenNothingIsLeftItSaysWhyNot() throws Exception {
    try (Machine machine = start(0)) {
      machine.onLoop(() -> machine.memoryGoal().set(192 * MIB));
      MemorySetEnded end = ended.take();
      assertFalse(end.reached());
      assertEquals(64 * MIB, end.actual());
      assertTrue(end.reason().orElseThrow().contains("CONFIG_VIRTIO_MEM"), end.toString());
      machine.onLoop(() -> assertEquals(MemoryGoal.State.FAILED,
          machine.memoryGoal().status().orElseThrow().state()));
    }
  }
}
