package org.ballastvm.vmm.boot;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.ballastvm.vmm.config.BootConfig;
import org.junit.jupiter.api.Test;

class KernelParametersTest {
  private static BootConfig commandLine(String commandLine) {
    return new BootConfig.Linux(Path.of("kernel"), Optional.empty(), commandLine);
  }

  @Test
  void aParameterIsAWordOfItsOwn() {
    for (String line : List.of("acpi=off", "quiet acpi=off", "acpi=off\tquiet", " a acpi=off b ")) {
      assertTrue(commandLine(line).has("acpi=off"), line);
    }
    for (String line : List.of("", "acpi=offended", "noacpi=off", "acpi= off")) {
      assertFalse(commandLine(line).has("acpi=off"), line);
    }
    assertFalse(new BootConfig.Nothing().has("acpi=off"));
  }

  @Test
  void aKernelWithoutKvmsClockGetsATimer() {
    assertTrue(KernelParameters.needsPmTimer(commandLine("console=ttyS0 no-kvmclock")));
    assertTrue(KernelParameters.needsPmTimer(commandLine("nopv")));
    assertTrue(KernelParameters.needsPmTimer(commandLine("kunit.enable=1 console=ttyS0 kunit_shutdown=reboot")));
    assertFalse(KernelParameters.needsPmTimer(commandLine("console=ttyS0")),
        "looking for one takes a guest milliseconds");
  }
}
