package org.ballastvm.vmm.devices;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.ballastvm.virtio.balloon.BalloonConfig;
import org.ballastvm.vmm.acpi.AcpiPorts;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.config.RunPolicy;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.event.MachineEvent;
import org.ballastvm.vmm.loop.Await;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.machine.Program;
import org.ballastvm.vmm.machine.TestMachine;
import org.ballastvm.vmm.state.EndReason;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Devices come to a machine that runs, and go when its guest lets them. */
@Tag("kvm")
@Timeout(120)
class HotplugTest {
  private static final int CAME = AcpiPorts.PCI_HOTPLUG_BASE;
  private static final int ASKED_TO_GO = CAME + 4;
  private static final int EJECT = CAME + 8;
  private static final int RING = 0x60_0000;
  private static final int SLOT_1 = 0x8000_0800;
  private static final long LATER = 5_000_000_000L;
  private static final DeviceConfig RNG = rng("rng0");
  private static final DeviceConfig BALLOON = new DeviceConfig.Balloon(Optional.of("balloon0"), OptionalInt.empty(),
      BalloonConfig.DEFAULTS);
  private static final List<String> RNG_GONE = List.of("- /machine/peripheral/rng0/virtio-backend",
      "rng0 /machine/peripheral/rng0");

  @TempDir
  private Path directory;

  private final List<String> gone = new CopyOnWriteArrayList<>();

  @Test
  void aGuestUsesWhatCameAndLetsItGo() throws Exception {
    Program program = new Program().awaitPort(CAME, 2).startVirtio(1, RING).offer(RING, 64, true)
        .peek(RING + 0x2008).printInt().awaitPort(ASKED_TO_GO, 2).outInt(EJECT, 2).outInt(0xcf8, SLOT_1).inInt(0xcfc)
        .printInt().powerOff();
    try (Machine machine = start(TestMachine.of(directory, program))) {
      machine.onLoop(() -> machine.devices().plug(RNG));
      machine.onLoop(() -> machine.devices().requestUnplug("rng0"));
      assertEquals(EndReason.GUEST_SHUTDOWN, TestMachine.await(machine));
      assertEquals(RNG_GONE, gone);
      assertEquals(List.of(), machine.devices().pci());
      assertEquals(List.of(), machine.buses().memory().ranges());
    }
    byte[] sent = Files.readAllBytes(directory.resolve("serial"));
    assertEquals(64, Program.intAt(sent, 0), "random bytes");
    assertEquals(-1, Program.intAt(sent, 4), "nothing is left in the slot");
  }

  @Test
  void ahundredRoundsLeaveNothingBehind() throws Exception {
    Program round = new Program().awaitPort(CAME, 2).startVirtio(1, RING).awaitPort(ASKED_TO_GO, 2).outInt(EJECT, 2);
    try (Machine machine = start(TestMachine.of(directory, new Program().forever(round)))) {
      round(machine, RNG);
      round(machine, BALLOON);
      long before = openFiles();
      for (int i = 0; i < 50; i++) {
        round(machine, RNG);
        round(machine, BALLOON);
      }
      assertEquals(before, openFiles());
      assertEquals(Optional.empty(), machine.devices().balloon());
      assertEquals(2 * 2 * 51, gone.size());
    }
  }

  private void round(Machine machine, DeviceConfig device) {
    machine.onLoop(() -> machine.devices().plug(device));
    machine.onLoop(() -> machine.devices().requestUnplug(device.id().orElseThrow()));
    Await.until(() -> machine.devices().pci().isEmpty());
  }

  @Test
  void aGuestIsAskedOnceInAWhile() throws Exception {
    try (Machine machine = paused(RNG)) {
      Devices devices = machine.devices();
      machine.onLoop(() -> {
        assertEquals("Device 'other' not found", refused(() -> devices.requestUnplug("other")));
        devices.requestUnplug("rng0", 7);
        assertTrue(devices.pci().getFirst().unplugPending());
        String twice = refused(() -> devices.requestUnplug("rng0", 7 + LATER - 1));
        assertEquals("Device rng0 is already in the process of unplug", twice);
        assertEquals(2, machine.buses().ports().read(ASKED_TO_GO, 4));
        devices.requestUnplug("rng0", 7 + LATER);
        assertEquals(2, machine.buses().ports().read(ASKED_TO_GO, 4));
      });
      assertEquals(List.of(), gone);
    }
  }

  @Test
  void aResetCompletesWhatWasAskedFor() throws Exception {
    try (Machine machine = paused(RNG, BALLOON)) {
      machine.onLoop(() -> machine.devices().requestUnplug("rng0"));
      machine.reset();
      assertEquals(RNG_GONE, gone);
      assertEquals(List.of(BALLOON), configs(machine));
      assertEquals(0, machine.buses().ports().read(ASKED_TO_GO, 4));
      machine.onLoop(() -> machine.devices().plug(RNG));
      assertEquals(1, machine.devices().pci().getLast().slot());
    }
  }

  @Test
  void aGuestMayLetGoUnasked() throws Exception {
    try (Machine machine = paused(RNG, rng(""), BALLOON)) {
      machine.buses().ports().write(EJECT, 4, 0xffff_fff5L);
      machine.buses().ports().write(EJECT, 4, 0xffff_fff5L);
      Await.until(() -> gone.size() == 2);
      assertEquals(
          List.of("- /machine/peripheral-anon/device[0]/virtio-backend", "- /machine/peripheral-anon/device[0]"), gone);
      assertEquals(List.of(RNG, BALLOON), configs(machine));
    }
  }

  @Test
  void aResetAndAnEjectAtOnceRemoveADeviceOnce() throws Exception {
    try (Machine machine = paused(RNG)) {
      machine.onLoop(() -> {
        machine.devices().requestUnplug("rng0");
        machine.buses().ports().write(EJECT, 4, 2);
        machine.reset();
      });
      machine.onLoop(() -> assertEquals(RNG_GONE, gone));
    }
  }

  @Test
  void whatCannotBePluggedChangesNothing() throws Exception {
    try (Machine machine = paused(RNG, BALLOON)) {
      Devices devices = machine.devices();
      machine.onLoop(() -> {
        assertEquals("Duplicate device ID 'rng0'", refused(() -> devices.plug(RNG)));
        DeviceConfig another = new DeviceConfig.Balloon(Optional.of("b"), OptionalInt.empty(),
            BalloonConfig.DEFAULTS);
        assertEquals("Only one balloon device is supported", refused(() -> devices.plug(another)));
        DeviceConfig there = new DeviceConfig.Rng(Optional.of("r"), OptionalInt.of(2));
        assertEquals(
            "PCI: slot 2 function 0 not available for virtio-rng-pci, in use by virtio-balloon-pci,id=balloon0",
            refused(() -> devices.plug(there)));
        IntStream.range(3, 32).forEach(i -> devices.plug(rng("r" + i)));
        assertEquals("PCI: no slot/function available for virtio-rng-pci, all in use or reserved",
            refused(() -> devices.plug(rng("last"))));
        assertEquals(31, devices.pci().size());
        assertEquals(0xffff_fff8L, machine.buses().ports().read(CAME, 4));
      });
    }
  }

  private static String refused(Runnable change) { return assertThrows(UserError.class, change::run).getMessage(); }

  private static List<DeviceConfig> configs(Machine machine) {
    return machine.devices().pci().stream().<DeviceConfig>map(PciDevice::config).toList();
  }

  private Machine paused(DeviceConfig... devices) throws IOException {
    return start(TestMachine.of(directory, new Program().halt()).with(devices).with(new RunPolicy(true, false, false)));
  }

  private Machine start(TestMachine guest) {
    Machine machine = guest.start();
    machine.events().listen((event, when) -> {
      if (event instanceof MachineEvent.DeviceDeleted deleted) {
        gone.add(deleted.device().orElse("-") + " " + deleted.path());
      }
    });
    return machine;
  }

  private static DeviceConfig rng(String id) {
    return new DeviceConfig.Rng(Optional.of(id).filter(given -> !given.isEmpty()), OptionalInt.empty());
  }

  private static long openFiles() throws IOException {
    try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
      return all.filter(HotplugTest::isEventFd).count();
    }
  }

  private static boolean isEventFd(Path link) {
    try {
      return Files.readSymbolicLink(link).toString().contains("anon_inode");
    } catch (IOException e) {
      return false;
    }
  }
}
