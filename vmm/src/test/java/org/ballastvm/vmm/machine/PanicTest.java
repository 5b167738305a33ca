package org.ballastvm.vmm.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import org.ballastvm.vmm.acpi.AcpiPorts;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.config.PanicPolicy;
import org.ballastvm.vmm.config.RunPolicy;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.devices.Devices;
import org.ballastvm.vmm.event.MachineEvent;
import org.ballastvm.vmm.event.MachineEvent.Cause;
import org.ballastvm.vmm.event.MachineEvent.PanicAction;
import org.ballastvm.vmm.loop.Await;
import org.ballastvm.vmm.state.EndReason;
import org.ballastvm.vmm.state.RunState;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A guest reports that it has panicked. */
@Tag("kvm")
@Timeout(120)
class PanicTest {
  private static final DeviceConfig PANIC = new DeviceConfig.Panic(Optional.of("panic0"));

  private static final int EXIT_PORT = 0xf4;

  @TempDir
  private Path directory;

  private final List<MachineEvent> events = new CopyOnWriteArrayList<>();

  @Test
  void aPanicIsTheEnd() throws Exception {
    Program program = new Program().inByte(AcpiPorts.PANIC).printByte().outByte(AcpiPorts.PANIC, 2)
        .outByte(AcpiPorts.PANIC, 1).print("no more");
    TestMachine guest = TestMachine.of(directory, program).with(PANIC).with(new RunPolicy(true, false, false));
    try (Machine machine = start(guest)) {
      assertEquals(EndReason.GUEST_PANIC, TestMachine.await(machine));
    }
    assertEquals("\u0003", guest.printed());
    assertEquals(List.of(new MachineEvent.Resume(), new MachineEvent.GuestCrashloaded(PanicAction.RUN),
        new MachineEvent.GuestPanicked(PanicAction.POWEROFF), new MachineEvent.Stop(),
        new MachineEvent.Shutdown(true, Cause.GUEST_PANIC)), events);
  }

  @Test
  void withNoShutdownAPanicStopsAndTheGuestMayGoOn() throws Exception {
    Program program = new Program().outByte(AcpiPorts.PANIC, 1).print("on").reset();
    TestMachine guest = TestMachine.of(directory, program).with(PANIC).with(new RunPolicy(true, true, true));
    try (Machine machine = start(guest)) {
      awaitState(machine, RunState.GUEST_PANICKED);
      machine.onLoop(() -> assertEquals(List.of(new MachineEvent.Resume(),
          new MachineEvent.GuestPanicked(PanicAction.PAUSE), new MachineEvent.Stop()), events));
      machine.resume();
      awaitState(machine, RunState.SHUTDOWN);
    }
    assertEquals("on", guest.printed());
  }

  @Test
  @Tag("kvm")
  void aPanicCanBeAFailureOrNothing() throws Exception {
    Program program = new Program().outByte(AcpiPorts.PANIC, 1).print("on").outByte(EXIT_PORT, 0x10);
    DeviceConfig exit = new DeviceConfig.DebugExit(Optional.empty(), EXIT_PORT, 4);
    TestMachine guest = TestMachine.of(directory, program).with(PANIC, exit);
    try (Machine machine = start(guest.with(new RunPolicy(true, false, true, PanicPolicy.EXIT_FAILURE)))) {
      assertEquals(EndReason.GUEST_PANIC_FAILURE, TestMachine.await(machine));
      assertEquals(1, machine.exitStatus());
    }
    try (Machine machine = start(guest.with(new RunPolicy(true, false, true, PanicPolicy.NONE)))) {
      assertEquals(EndReason.GUEST_EXIT, TestMachine.await(machine));
      assertEquals(33, machine.exitStatus());
    }
    assertEquals("on", guest.printed());
  }

  @Test
  @Tag("kvm")
  void anErrorThatWasPostedBeforeAResetDoesNotStopTheNextGuest() throws Exception {
    TestMachine guest = TestMachine.of(directory, new Program().halt()).with(RunPolicy.DEFAULT);
    try (Machine machine = guest.start()) {
      machine.onLoop(() -> { // So that both wait when the first is done.
        machine.guestRequests().resetAsked("a test");
        machine.guestRequests().vcpuFailed("vCPU 0: a test");
        machine.guestRequests().unusableMemory(machine.vcpus().getFirst());
      });
      machine.onLoop(() -> assertEquals(RunState.RUNNING, machine.state()));
    }
  }

  @Test
  void theDeviceStays() throws Exception {
    TestMachine guest = TestMachine.of(directory, new Program().halt()).with(PANIC);
    try (Machine machine = guest.start()) {
      machine.onLoop(() -> {
        Devices devices = machine.devices();
        String stays = "Bus 'isa.0' does not support hotplugging";
        assertEquals(stays, refused(() -> devices.requestUnplug("panic0")));
        assertEquals(stays, refused(() -> devices.requestUnplug("/machine/peripheral/panic0")));
        assertEquals(stays, refused(() -> devices.plug(new DeviceConfig.Panic(Optional.empty()))));
        DeviceConfig sameId = new DeviceConfig.Rng(Optional.of("panic0"), OptionalInt.empty());
        assertEquals("Duplicate device ID 'panic0'", refused(() -> devices.plug(sameId)));
      });
    }
    assertEquals("-device pvpanic: Only one pvpanic device is supported",
        refused(() -> guest.with(PANIC, new DeviceConfig.Panic(Optional.empty())).start()));
  }

  private static String refused(Runnable change) { return assertThrows(UserError.class, change::run).getMessage(); }

  private Machine start(TestMachine guest) {
    Machine machine = guest.start();
    machine.events().listen((event, when) -> events.add(event));
    machine.resume();
    return machine;
  }

  private static void awaitState(Machine machine, RunState state) { Await.until(() -> machine.state() == state); }
}
