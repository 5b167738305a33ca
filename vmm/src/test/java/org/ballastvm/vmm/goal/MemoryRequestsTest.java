package org.ballastvm.vmm.goal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.ballastvm.vmm.config.BackendConfig;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.config.DeviceModels;
import org.ballastvm.vmm.config.KeyValues;
import org.ballastvm.vmm.config.MemoryConfig;
import org.ballastvm.vmm.config.RunPolicy;
import org.ballastvm.vmm.event.MachineEvent.MemoryRequestOverdue;
import org.ballastvm.vmm.event.Obstacle;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.machine.Program;
import org.ballastvm.vmm.machine.TestMachine;
import org.ballastvm.vmm.diagnosis.MemoryRequest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A guest that halts does nothing that it is asked for, and that is reported. */
@Tag("kvm")
@Timeout(60)
class MemoryRequestsTest {
  private static final int MIB = 1 << 20;
  private static final BackendConfig.Common UNRESERVED = new BackendConfig.Common(false, false, false, false, true);

  @TempDir
  private Path directory;
  private final BlockingQueue<MemoryRequestOverdue> emitted = new LinkedBlockingQueue<>();
  private TestMachine guest;

  private static DeviceConfig device(String text) {
    return DeviceModels.parse(KeyValues.parse("-device", text, "driver"));
  }

  @BeforeEach
  void guestThatHalts() throws Exception {
    guest = TestMachine.of(directory, new Program().halt())
        .with(new MemoryConfig(16 * MIB, 2, 1024 * MIB, Optional.empty()))
        .holding(new BackendConfig.Ram("mem0", 256 * MIB, UNRESERVED),
            new BackendConfig.Ram("mem1", 128 * MIB, UNRESERVED))
        .with(new RunPolicy(true, true, true));
  }

  private Machine start(String... devices) {
    Machine machine = guest
        .with(java.util.Arrays.stream(devices).map(MemoryRequestsTest::device).toArray(DeviceConfig[]::new)).start();
    machine.events().listen((event, when) -> {
      if (event instanceof MemoryRequestOverdue overdue) {
        emitted.add(overdue);
      }
    });
    return machine;
  }

  @Test
  void aRequestThatNobodyAnswersIsReportedOnceForEachCause() throws Exception {
    try (Machine machine = start("virtio-mem-pci,id=vm0,memdev=mem0,requested-size=64M,request-timeout=1")) {
      MemoryRequestOverdue first = emitted.take();
      assertEquals(Obstacle.MACHINE_STOPPED, first.cause());
      machine.resume();
      MemoryRequestOverdue second = emitted.take();
      assertEquals(Obstacle.NO_DRIVER, second.cause());
      assertEquals(64L * MIB, second.requestedSize());
      assertEquals(0, second.size());
      assertTrue(second.seconds() >= 1 && second.reason().contains("CONFIG_VIRTIO_MEM"), second.reason());
    }
  }

  @Test
  void oneThatIsMetOrTakenBackIsNotOpen() {
    try (Machine machine = start("virtio-mem-pci,id=vm0,memdev=mem0,requested-size=64M")) {
      machine.onLoop(() -> {
        machine.devices().blockMemories().getFirst().request(0);
        MemoryRequest request = machine.memoryRequests().all().getFirst();
        assertFalse(request.open() || request.isOverdue());
        assertTrue(request.verdict().isEmpty());
      });
    }
  }

  @Test
  void aDimmThatNobodyTakesIsReportedToo() throws Exception {
    try (Machine machine = start()) {
      machine.resume();
      machine.onLoop(() -> machine.devices().plug(device("pc-dimm,id=d0,memdev=mem1,request-timeout=1")));
      MemoryRequestOverdue overdue = emitted.take();
      assertEquals(Optional.of("d0"), overdue.id());
      assertEquals(128L * MIB, overdue.requestedSize());
      machine.onLoop(() -> machine.devices().dimms().reported(0, 1, 0));
      machine.onLoop(() -> assertFalse(machine.memoryRequests().all().getFirst().open()));
      machine.onLoop(() -> machine.devices().requestUnplug("d0"));
      machine.onLoop(() -> assertTrue(machine.memoryRequests().all().getFirst().open()));
      machine.onLoop(() -> machine.devices().dimms().reported(0, 3, 0x81));
      machine.onLoop(() -> assertTrue(machine.memoryRequests().all().getFirst().details().toString()
          .contains("the device is in use")));
    }
  }
}
