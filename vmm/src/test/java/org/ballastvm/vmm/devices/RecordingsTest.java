package org.ballastvm.vmm.devices;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ballastvm.kvm.FakeKvm;
import org.ballastvm.record.Recording;
import org.ballastvm.virtio.pci.VirtioPciFunction;
import org.ballastvm.vmm.config.DeviceModels;
import org.ballastvm.vmm.config.KeyValues;
import org.ballastvm.vmm.config.MemoryConfig;
import org.ballastvm.vmm.config.RecordConfig;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.control.QmpCommand.NoArguments;
import org.ballastvm.vmm.control.QueryRecords;
import org.ballastvm.vmm.control.QueryRecords.RecordInfo;
import org.ballastvm.vmm.cpu.HostCpu;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.machine.TestMachine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Recordings of devices in a machine, on a host that is played; the guest is this test. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RecordingsTest {
  private static final int REGISTERS_BAR = 4;
  private static final int STATUS = 0x14;

  @TempDir
  Path directory;
  private FakeKvm kvm;
  private Machine vm;
  private Path file;

  @BeforeEach
  void start() {
    kvm = FakeKvm.begin(HostCpu.MILAN.supported());
    vm = TestMachine.idle(new MemoryConfig(256 << 20, 2, 2L << 30, Optional.empty()));
    plug("virtio-rng-pci,id=rng0");
    plug("i6300esb,id=dog0");
    file = directory.resolve("rng0.dialogue");
  }

  @AfterEach
  void end() {
    vm.close();
    kvm.close();
  }

  private void plug(String device) {
    vm.onLoop(() -> vm.devices().plug(DeviceModels.parse(KeyValues.parse("-device", device, "driver"))));
  }

  private void record(String words) {
    RecordConfig wish = RecordConfig.parse("-record", words);
    vm.onLoop(() -> vm.devices().recordings().start(wish));
  }

  private String refused(String words) { return assertThrows(UserError.class, () -> record(words)).getMessage(); }

  private void acknowledge() {
    List<PciDevice> found = vm.devices().pci().stream().filter(each -> each.id().equals(Optional.of("rng0"))).toList();
    VirtioPciFunction function = (VirtioPciFunction) found.getFirst().function();
    function.barWrite(REGISTERS_BAR, STATUS, 1, 1);
  }

  private List<RecordInfo> query() {
    List<RecordInfo> all = new ArrayList<>();
    vm.onLoop(() -> all.addAll(new QueryRecords().run(vm, NoArguments.NONE)));
    return all;
  }

  @Test
  void whatIsRecordedIsInTheFileWhenItIsAskedForAndWholeWhenItWasStopped() throws IOException {
    record("rng0,file=" + file + ",bytes=16");
    acknowledge();
    assertEquals("recording", query().getFirst().state());
    assertEquals(1, Recording.parse(Files.readString(file)).entries().size());
    vm.onLoop(() -> vm.devices().recordings().stop("rng0"));
    Recording recording = Recording.parse(Files.readString(file));
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    assertEquals(16, recording.header().mostBytes());
    assertEquals("virtio-rng", recording.header().name());
    assertEquals(Optional.of("the recording was stopped"), recording.end());
    assertEquals(new RecordInfo(Optional.of("rng0"), "/machine/peripheral/rng0", file.toString(), "ended", 1,
        Files.size(file), 64 << 20), query().getFirst());
  }

  @Test
  void aRecordingEndsWithItsMachine() throws IOException {
    record("rng0,file=" + file);
    vm.close();
    assertEquals(Optional.of("the machine has ended"), Recording.parse(Files.readString(file)).end());
  }

  @Test
  void aDeviceIsRecordedOnceAtATimeAndAgainLater() {
    record("rng0,file=" + file);
    assertEquals("device 'rng0' is recorded to " + file + "; stop that first", refused("rng0,file=" + file));
    vm.onLoop(() -> vm.devices().recordings().stop());
    record("rng0,file=" + file);
    assertEquals("recording", query().getFirst().state());
  }

  @Test
  void whatCannotBeRecordedIsRefusedInASentence() {
    assertTrue(refused("rng1,file=/tmp/x").contains("rng1"));
    assertEquals("device 'dog0' is a i6300esb; what can be recorded is a virtio device on PCI",
        refused("dog0,file=" + file));
    assertEquals("file=" + directory + "/no/file: there is no such directory",
        refused("rng0,file=" + directory + "/no/file"));
    assertTrue(refused("rng0").contains("file"), refused("rng0"));
    assertTrue(refused("rng0,file=x,bytes=-1").endsWith("must be a number from 0 to 1048576"));
    assertTrue(refused("rng0,file=x,limit=12").endsWith("limit=12: must be a number from 4096 to 4294967296"));
    assertTrue(refused("rng0,file=x,lines=3").contains("allowed are device, file, bytes, limit"));
    assertTrue(assertThrows(UserError.class, () -> vm.onLoop(() -> vm.devices().recordings().stop("rng0"))).getMessage()
        .contains("is not recorded"));
    assertEquals(List.of(), query());
  }
}
