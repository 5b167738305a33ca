package org.ballastvm.vmm.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** What fits together in one machine. */
class MachineConfigTest {
  private static final ChardevConfig ALONE = new ChardevConfig.Null("alone", false);
  private static final ChardevConfig SHARED = new ChardevConfig.Null("shared", true);

  private static MachineConfig machine(List<ChardevConfig> chardevs, List<String> serials, String... monitors) {
    return machine(List.of(), List.of(), chardevs, serials, monitors);
  }

  private static MachineConfig machine(List<BackendConfig> backends, List<DeviceConfig> devices,
      List<ChardevConfig> chardevs, List<String> serials, String... monitors) {
    return new MachineConfig("test", MachineConfig.NO_UUID, MemoryConfig.of(1 << 20), CpuConfig.of(1), NumaConfig.NONE,
        new BootConfig.Nothing(), backends, List.of(), List.of(), DiskConfig.NONE,
        devices, chardevs, serials,
        Arrays.stream(monitors).<MonitorConfig>map(id -> new MonitorConfig.Human(id, MonitorPrompt.BALLAST)).toList(),
        new RunPolicy(true, false, false), Optional.empty(), Optional.empty(), List.of(), FirmwareConfig.DEFAULT,
        List.of());
  }

  private static String refusal(List<ChardevConfig> chardevs, List<String> serials, String... monitors) {
    return assertThrows(UserError.class, () -> machine(chardevs, serials, monitors)).getMessage();
  }

  @Test
  void aSharedChardevHasAnyNumberOfUsers() {
    assertEquals(3, machine(List.of(SHARED, ALONE), List.of("shared"), "shared", "alone", "shared").monitors().size());
  }

  @Test
  void aChardevThatIsNotSharedHasOne() {
    String sentence = "-chardev id=alone: is used more than once; it can be shared if it has mux=on";
    assertEquals(sentence, refusal(List.of(ALONE), List.of("alone"), "alone"));
    assertEquals(sentence, refusal(List.of(ALONE), List.of(), "alone", "alone"));
  }

  @Test
  void thereIsOneStandardInput() {
    assertEquals(
        "-chardev stdio: standard input and output can be used by one chardev; "
            + "console and monitor share it by -serial mon:stdio, or by mux=on",
        refusal(List.of(new ChardevConfig.Stdio("a", false, true), new ChardevConfig.Stdio("b", true, true)),
            List.of()));
  }

  @Test
  void whatIsNamedMustBeThere() {
    assertEquals("-serial: chardev 'b' does not exist; it must be the id of a -chardev",
        refusal(List.of(ALONE), List.of("b")));
    assertEquals("-mon: chardev 'c' does not exist; it must be the id of a -chardev",
        refusal(List.of(ALONE), List.of(), "c"));
    assertEquals("-serial: 2 serial ports were asked for; this machine has one, COM1",
        refusal(List.of(SHARED), List.of("shared", "shared")));
  }

  @Test
  void anIdNamesOneThingOfAKind() {
    DeviceConfig device = new DeviceConfig.Rng(Optional.of("x"), OptionalInt.empty());
    DeviceConfig nameless = new DeviceConfig.Rng(Optional.empty(), OptionalInt.empty());
    BackendConfig backend = new BackendConfig.Ram("x", 4096, BackendConfig.Common.DEFAULTS);
    machine(List.of(backend), List.of(device, nameless, nameless), List.of(new ChardevConfig.Null("x", false)),
        List.of());
    assertEquals("-device: id 'x' is used twice; every id must be unique",
        assertThrows(UserError.class,
            () -> machine(List.of(), List.of(device, nameless, device), List.of(), List.of())).getMessage());
    assertEquals("-object: id 'x' is used twice; every id must be unique",
        assertThrows(UserError.class, () -> machine(List.of(backend, backend), List.of(), List.of(), List.of()))
            .getMessage());
    assertEquals("-chardev: id 'alone' is used twice; every id must be unique",
        refusal(List.of(ALONE, ALONE), List.of()));
  }

  @Test
  void cpusAreGroupedInWhole() {
    assertEquals(new CpuConfig(6, 1, 6, 1), CpuConfig.of(6));
    assertThrows(UserError.class, () -> CpuConfig.of(0));
    assertThrows(UserError.class, () -> new CpuConfig(6, 2, 2, 1));
    assertThrows(UserError.class, () -> new CpuConfig(Integer.MIN_VALUE, 1 << 16, 1 << 15, 1));
  }
}
