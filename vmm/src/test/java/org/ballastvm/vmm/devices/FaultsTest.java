package org.ballastvm.vmm.devices;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ballastvm.kvm.FakeKvm;
import org.ballastvm.vmm.acpi.AcpiPorts;
import org.ballastvm.vmm.config.BackendConfig;
import org.ballastvm.vmm.config.DeviceModels;
import org.ballastvm.vmm.config.FaultConfig;
import org.ballastvm.vmm.config.KeyValues;
import org.ballastvm.vmm.config.MemoryConfig;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.cpu.HostCpu;
import org.ballastvm.vmm.event.MachineEvent;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.machine.TestMachine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Faults of devices in a machine, on a host that is played; the guest is this test. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FaultsTest {
  private static final int BASE = AcpiPorts.MEMORY_HOTPLUG_BASE;
  private static final int FLAGS = BASE + 0x14;
  private static final int PRESENT = 1;
  private static final int CAME = 2;
  private static final int EJECT = 8;

  private final List<MachineEvent> events = new ArrayList<>();
  private FakeKvm kvm;
  private Machine vm;

  @BeforeEach
  void start() {
    kvm = FakeKvm.begin(HostCpu.MILAN.supported());
    vm = TestMachine.idle(new MemoryConfig(256 << 20, 2, 2L << 30, Optional.empty()));
    vm.events().listen((event, when) -> events.add(event));
    vm.onLoop(
        () -> vm.objects().memory().create(new BackendConfig.Ram("mem0", 128 << 20, BackendConfig.Common.DEFAULTS)));
    plug("virtio-rng-pci,id=rng0");
  }

  @AfterEach
  void end() {
    vm.close();
    kvm.close();
  }

  private void plug(String device) {
    vm.onLoop(() -> vm.devices().plug(DeviceModels.parse(KeyValues.parse("-device", device, "driver"))));
  }

  private void inject(String words) {
    FaultConfig wish = FaultConfig.parse("-fault", words);
    vm.onLoop(() -> vm.devices().faults().inject(wish.device(), wish.fault()));
  }

  private String refused(String words) { return assertThrows(UserError.class, () -> inject(words)).getMessage(); }

  private void write(int port, int width, long value) {
    vm.buses().ports().write(port, width, value);
    vm.onLoop(() -> {
      // What the guest did is done now.
    });
  }

  private long flags() { return vm.buses().ports().read(FLAGS, 1); }

  private List<Faults.Faulty> faulty() {
    List<Faults.Faulty> all = new ArrayList<>();
    vm.onLoop(() -> all.addAll(vm.devices().faults().all()));
    return all;
  }

  @Test
  void whatCannotBeIsRefusedWithASentence() {
    assertEquals("Device 'nobody' not found", refused("nobody,what=drop"));
    assertTrue(refused("rng0,what=mem-busy").startsWith(
        "what=mem-busy cannot happen to virtio-rng-pci; there are drop, delay, hold,"), refused("rng0,what=mem-busy"));
    assertTrue(refused("rng0,what=drip").startsWith("-fault rng0,what=drip: what=drip: must be one of drop, delay"));
    assertEquals("-fault what=drop: must be DEVICE,what=KIND[,KEY=VALUE]...", refused("what=drop"));
    assertEquals(List.of(), faulty());
  }

  @Test
  void aDeviceThatIsPulledOutIsGoneAndTheGuestIsNotified() {
    inject("rng0,what=remove");
    vm.onLoop(() -> {
      // It was pulled out in a turn of its own.
    });
    assertEquals(Optional.empty(), vm.devices().find("rng0"));
    assertTrue(events.stream().anyMatch(event -> event instanceof MachineEvent.DeviceDeleted gone
        && gone.device().equals(Optional.of("rng0"))), events.toString());
    assertEquals(List.of(), faulty());
    plug("virtio-rng-pci,id=rng0");
  }

  @Test
  void aDimmStaysThatTheGuestEjectsUntilItTriesAgain() {
    plug("pc-dimm,id=dimm0,memdev=mem0");
    inject("dimm0,what=eject-withheld");
    write(BASE, 4, 0);
    write(FLAGS, 1, EJECT);
    assertEquals(PRESENT, flags() & PRESENT);
    assertTrue(vm.devices().find("dimm0").isPresent());
    write(FLAGS, 1, EJECT);
    assertEquals(0, flags() & PRESENT);
    assertEquals(Optional.empty(), vm.devices().find("dimm0"));
  }

  @Test
  void aGuestIsNotifiedOfADimmAgain() {
    plug("pc-dimm,id=dimm0,memdev=mem0");
    inject("dimm0,what=notified-twice");
    write(BASE, 4, 0);
    write(FLAGS, 1, CAME);
    assertEquals(PRESENT | CAME, flags());
    write(FLAGS, 1, CAME);
    assertEquals(PRESENT, flags());
    assertEquals(1, faulty().getFirst().faults().history().size());
  }

  @Test
  void aReportOfTheGuestIsNotHeard() {
    plug("pc-dimm,id=dimm0,memdev=mem0");
    inject("dimm0,what=ost-ignored");
    write(BASE, 4, 0);
    write(BASE + 4, 4, 1);
    write(BASE + 8, 4, 0);
    assertTrue(events.stream().noneMatch(MachineEvent.AcpiDeviceOst.class::isInstance), events.toString());
    write(BASE + 8, 4, 0);
    assertTrue(events.stream().anyMatch(MachineEvent.AcpiDeviceOst.class::isInstance), events.toString());
  }
}
