package org.ballastvm.vmm.devices;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.ballastvm.vmm.acpi.AcpiPorts;
import org.ballastvm.vmm.config.BackendConfig;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.config.DeviceModels;
import org.ballastvm.vmm.config.KeyValues;
import org.ballastvm.vmm.config.MemoryConfig;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.event.MachineEvent;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.machine.TestMachine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** DIMMs come and go, with a guest that is this test: it reads and writes the registers as one does. */
@Tag("kvm")
class DimmTest {
  private static final long MIB = 1 << 20;
  private static final long GIB = 1 << 30;
  private static final int BASE = AcpiPorts.MEMORY_HOTPLUG_BASE;
  private static final int FLAGS = BASE + 0x14;
  private static final int LETS_GO = 1 << 3;

  private final Machine vm = TestMachine.idle(new MemoryConfig(GIB, 4, 8 * GIB, Optional.empty()));
  private final List<MachineEvent> events = new ArrayList<>();

  @BeforeEach
  void listen() {
    vm.events().listen((event, when) -> events.add(event));
    for (String id : List.of("mem1", "mem2", "odd")) {
      long size = id.equals("odd") ? 130 * MIB + 4096 : 256 * MIB;
      onLoop(() -> vm.objects().memory().create(new BackendConfig.Ram(id, size, BackendConfig.Common.DEFAULTS)));
    }
  }

  @AfterEach
  void end() { vm.close(); }

  private void onLoop(Runnable task) { vm.onLoop(task); }

  private static DeviceConfig.Dimm dimm(String id, String memdev) {
    return new DeviceConfig.Dimm(Optional.of(id), memdev, OptionalInt.empty(), OptionalLong.empty(), 0, 60);
  }

  private void plug(DeviceConfig config) { onLoop(() -> vm.devices().plug(config)); }

  private String refused(Runnable task) { return assertThrows(UserError.class, () -> vm.onLoop(task)).getMessage(); }

  private long read(int port, int width) { return vm.buses().ports().read(port, width); }

  private void write(int port, int width, long value) {
    vm.buses().ports().write(port, width, value);
    onLoop(() -> {
      // What the guest did is done now.
    });
  }

  private void select(int slot) { write(BASE, 4, slot); }

  @Test
  void aGuestSeesWhereADimmIsAndLetsItGo() {
    plug(dimm("dimm1", "mem1"));
    select(0);
    assertEquals(1 | 1 << 1, read(FLAGS, 1), "there, and new");
    assertEquals(4 * GIB, read(BASE, 4) | read(BASE + 4, 4) << 32);
    assertEquals(256 * MIB, read(BASE + 8, 4) | read(BASE + 12, 4) << 32);
    write(FLAGS, 1, 1 << 1);
    assertEquals(1, read(FLAGS, 1));
    onLoop(() -> vm.devices().requestUnplug("dimm1"));
    assertEquals(1 | 1 << 2, read(FLAGS, 1), "there, and asked to go");
    write(FLAGS, 1, LETS_GO);
    assertEquals(0, read(FLAGS, 1));
    assertEquals(List.of(new MachineEvent.DeviceDeleted(Optional.of("dimm1"), "/machine/peripheral/dimm1")), events);
    onLoop(() -> vm.objects().memory().delete("mem1"));
  }

  @Test
  void aRefusalIsEmittedWithItsReasonAndTheDimmStays() {
    plug(dimm("dimm1", "mem1"));
    onLoop(() -> vm.devices().requestUnplug("dimm1"));
    select(0);
    write(BASE + 4, 4, 3);
    write(BASE + 8, 4, 1);
    MachineEvent.OspmStatus reported = new MachineEvent.OspmStatus(Optional.of("dimm1"), "0", "DIMM", 3, 1);
    assertEquals(List.of(new MachineEvent.AcpiDeviceOst(reported),
        new MachineEvent.MemUnplugError("dimm1",
            "it could not, and does not say why; memory that cannot be moved is the usual reason"),
        new MachineEvent.DeviceUnplugGuestError(Optional.of("dimm1"), "/machine/peripheral/dimm1")), events);
    assertEquals(reported, vm.devices().dimms().lastReported().getFirst());
    assertEquals("object 'mem1' is in use, can not be deleted: device dimm1 has it",
        refused(() -> vm.objects().memory().delete("mem1")));
    onLoop(() -> vm.devices().requestUnplug("dimm1"));
  }

  @Test
  void whatCannotBePluggedIsNamedAndNothingChanges() {
    plug(dimm("dimm1", "mem1"));
    assertEquals("memdev=mem1: can't use already busy memdev: device dimm1 has it",
        refused(() -> vm.devices().plug(dimm("dimm2", "mem1"))));
    assertEquals("memdev=nope: there is no such object; it must be the id of a memory-backend-*",
        refused(() -> vm.devices().plug(dimm("dimm2", "nope"))));
    assertEquals("Duplicate device ID 'dimm1'", refused(() -> vm.devices().plug(dimm("dimm1", "mem2"))));
    assertEquals("slot 0 is busy", refused(() -> vm.devices().plug(at(OptionalInt.of(0), OptionalLong.empty()))));
    assertEquals("invalid slot# 4, should be less than 4, the slots of -m",
        refused(() -> vm.devices().plug(at(OptionalInt.of(4), OptionalLong.empty()))));
    assertEquals("pc-dimm: address range conflicts with memory device id='dimm1'",
        refused(() -> vm.devices().plug(at(OptionalInt.empty(), OptionalLong.of(4 * GIB + 128 * MIB)))));
    assertEquals("pc-dimm: backend memory size must be multiple of 0x200000",
        refused(() -> vm.devices().plug(dimm("dimm2", "odd"))));
    assertEquals("'node' property has value '5', which exceeds the number of numa nodes: 1",
        refused(() -> vm.devices().plug(typed("pc-dimm,id=dimm2,memdev=mem2,node=5"))));
    assertEquals(1, vm.devices().dimms().all().size());
    plug(dimm("dimm2", "mem2"));
    onLoop(() -> vm.objects().memory().delete("odd"));
  }

  @Test
  void anAddressIsWrittenInEitherBase() {
    plug(typed("pc-dimm,memdev=mem1,addr=0x140000000"));
    plug(typed("pc-dimm,memdev=mem2,addr=5905580032"));
    assertEquals(List.of(0x1_4000_0000L, 0x1_6000_0000L),
        vm.devices().dimms().all().stream().map(Dimm::address).toList());
    assertTrue(assertThrows(UserError.class, () -> typed("pc-dimm,memdev=mem1,addr=4Q")).getMessage()
        .contains("addr=4Q must be a guest physical address such as 0x140000000"));
  }

  private static DeviceConfig typed(String text) {
    return DeviceModels.parse(KeyValues.parse("-device", text, "driver"));
  }

  private static DeviceConfig.Dimm at(OptionalInt slot, OptionalLong address) {
    return new DeviceConfig.Dimm(Optional.of("dimm2"), "mem2", slot, address, 0, 60);
  }

  @Test
  void whatTheGuestEjectsIsGoneWhenItLooksAtOnce() {
    plug(dimm("dimm1", "mem1"));
    select(0);
    onLoop(() -> {
      // The event loop does something else meanwhile.
      vm.buses().ports().write(FLAGS, 1, LETS_GO);
      assertEquals(0, read(FLAGS, 1));
    });
    onLoop(() -> assertEquals(List.of(), vm.devices().dimms().all()));
  }

  @Test
  void whatWasReportedOfADimmIsNotSaidOfTheNextInItsSlot() {
    plug(dimm("dimm1", "mem1"));
    assertEquals(Optional.empty(), vm.devices().dimms().reported(0));
    select(0);
    write(BASE + 4, 4, 3);
    write(BASE + 8, 4, 0x84);
    assertEquals(0x84, vm.devices().dimms().reported(0).orElseThrow().status());
    write(FLAGS, 1, LETS_GO);
    assertEquals(0x84, vm.devices().dimms().lastReported().getFirst().status(), "as long as the slot is empty");
    plug(dimm("dimm1", "mem1"));
    assertEquals(0, vm.devices().dimms().lastReported().getFirst().status());
  }

  @Test
  void aResetCompletesWhatTheGuestWasAskedFor() {
    plug(dimm("dimm1", "mem1"));
    plug(dimm("dimm2", "mem2"));
    onLoop(() -> vm.devices().requestUnplug("dimm1"));
    vm.reset();
    assertEquals(List.of("dimm2"), vm.devices().dimms().all().stream().flatMap(d -> d.id().stream()).toList());
    select(1);
    assertEquals(1, read(FLAGS, 1), "there, and nothing to notify it of");
  }

  @Test
  void aSlotThatThereIsNotReadsAsOnesAndDoesNothing() {
    plug(dimm("dimm1", "mem1"));
    select(4);
    assertEquals(-1, read(BASE, 4));
    write(FLAGS, 1, LETS_GO);
    select(-1);
    write(BASE + 8, 4, 1);
    select(3);
    write(FLAGS, 1, LETS_GO);
    assertEquals(List.of(), events);
    assertEquals(1, vm.devices().dimms().all().size());
  }
}
