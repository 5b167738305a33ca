package org.ballastvm.vmm.devices;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ballastvm.kvm.FakeKvm;
import org.ballastvm.pci.PciFunction;
import org.ballastvm.vmm.config.DeviceModels;
import org.ballastvm.vmm.config.KeyValues;
import org.ballastvm.vmm.config.MemoryConfig;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.control.QmpCommand.NoArguments;
import org.ballastvm.vmm.control.QueryReplays;
import org.ballastvm.vmm.control.QueryReplays.ReplayInfo;
import org.ballastvm.vmm.cpu.HostCpu;
import org.ballastvm.vmm.event.MachineEvent;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.machine.TestMachine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A recording is a device of a machine, on a host that is played; the guest is this test. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ReplayPlugTest {
  private static final String RECORDING = """
      ballast-dialogue 1 type=5 name=virtio-balloon class=0xff00 offered=0x100000000 queues=128,128 config=0001 \
      status=0x0 features=0x0 bytes=256
      1 reset by=driver
      2 features offered=0x100000000 chosen=0x100000000 agreed=true
      3 status write=0xf now=0xf
      4 config-write offset=0 width=1 value=0x7 now=0x7
      """;
  private static final int REGISTERS_BAR = 4;
  private static final int STATUS = 0x14;
  private static final int CONFIG = 0x2000;

  @TempDir
  Path directory;
  private final List<MachineEvent> events = new ArrayList<>();
  private FakeKvm kvm;
  private Machine vm;

  @BeforeEach
  void start() {
    kvm = FakeKvm.begin(HostCpu.MILAN.supported());
    vm = TestMachine.idle(new MemoryConfig(256 << 20, 2, 2L << 30, Optional.empty()));
    vm.events().listen((event, when) -> events.add(event));
  }

  @AfterEach
  void end() {
    vm.close();
    kvm.close();
  }

  private void plug(String text) throws IOException {
    Path file = Files.writeString(directory.resolve("a.dialogue"), text);
    plugFile(file);
  }

  private void plugFile(Path file) {
    vm.onLoop(() -> vm.devices()
        .plug(DeviceModels.parse(KeyValues.parse("-device", "virtio-replay-pci,id=r0,file=" + file, "driver"))));
  }

  private ReplayInfo query() {
    List<ReplayInfo> all = new ArrayList<>();
    vm.onLoop(() -> all.addAll(new QueryReplays().run(vm, NoArguments.NONE)));
    return all.getFirst();
  }

  /** The driver agrees on features, and is ready. */
  private PciFunction drive() {
    PciFunction function = vm.devices().pci().getLast().function();
    function.configWrite(4, 2, 6);
    for (int status : new int[]{0, 3}) {
      function.barWrite(REGISTERS_BAR, STATUS, 1, status);
    }
    function.barWrite(REGISTERS_BAR, 8, 4, 1);
    function.barWrite(REGISTERS_BAR, 12, 4, 1);
    function.barWrite(REGISTERS_BAR, STATUS, 1, 11);
    function.barWrite(REGISTERS_BAR, STATUS, 1, 15);
    return function;
  }

  @Test
  void aDriverThatDoesTheSameFindsTheRecordedDevice() throws IOException {
    plug(RECORDING);
    PciFunction function = drive();
    assertEquals(0x1045_1af4, function.configRead(0, 4));
    assertEquals(0x0100, function.barRead(REGISTERS_BAR, CONFIG, 2));
    function.barWrite(REGISTERS_BAR, CONFIG, 1, 7);
    assertEquals(new ReplayInfo(Optional.of("r0"), "/machine/peripheral/r0", List.of(), 0, Optional.of(0L)), query());
  }

  @Test
  void whatADriverDoesOtherwiseIsAnEventAndCanBeAskedFor() throws IOException {
    plug(RECORDING);
    drive().barWrite(REGISTERS_BAR, CONFIG, 1, 8);
    String finding = "the driver writes 0x8 to 1 bytes of the configuration at 0; "
        + "recorded was 'config-write offset=0 width=1 value=0x7 now=0x7'";
    assertEquals(List.of(finding), query().findings());
    assertTrue(events.contains(
        new MachineEvent.ReplayDiverged(Optional.of("r0"), "/machine/peripheral/r0", finding)), events::toString);
  }

  @Test
  void whatIsNoRecordingIsRefusedInASentence() {
    assertTrue(assertThrows(UserError.class, () -> plug("hello\n")).getMessage()
        .endsWith("a.dialogue: not a recording: it must begin with 'ballast-dialogue 1'"));
    assertTrue(assertThrows(UserError.class, () -> plug(RECORDING.replace("0xf now=0xf", "0x3 now=0x3"))).getMessage()
        .endsWith("no driver was ever ready in it, so that there is nothing to answer"));
    assertTrue(assertThrows(UserError.class, () -> plugFile(directory.resolve("none"))).getMessage()
        .endsWith("there is no such file"));
  }
}
