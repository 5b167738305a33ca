package org.ballastvm.vmm.boot;

import java.util.List;
import org.ballastvm.vmm.config.BootConfig;
import org.ballastvm.vmm.state.Log;

/** What of a kernel's command line this machine has to know, as it has neither firmware nor all of a PC. */
public final class KernelParameters {
  /** The last three are kunit.py's, which builds kernels that know no hypervisor. */
  private static final List<String> WITHOUT_KVM_CLOCK = List.of("no-kvmclock", "nopv", "clocksource=acpi_pm",
      "kunit_shutdown=reboot", "kunit_shutdown=poweroff", "kunit_shutdown=halt");
  private static final List<Hopeless> HOPELESS = List.of(
      new Hopeless("noapic",
          "the I/O APIC is the only interrupt controller that a kernel with ACPI has here, so no device "
              + "can interrupt it; acpi=off noapic works"),
      new Hopeless("pnpacpi=off",
          "the serial port is known by ACPI alone, so the console shows what the kernel says and takes "
              + "no input"));

  private record Hopeless(String parameter, String why) {}

  private KernelParameters() {}

  /**
   * Whether a guest needs a timer of known frequency to measure its processor by. One with KVM's clock knows it, and looking
   * for a timer takes it milliseconds.
   *
   * @param boot what is run
   * @return whether it must not use KVM's clock
   */
  public static boolean needsPmTimer(BootConfig boot) { return WITHOUT_KVM_CLOCK.stream().anyMatch(boot::has); }

  /**
   * Warns of what cannot work: a guest that stops before its console does so in silence.
   *
   * @param boot what is run
   */
  public static void warnOfHopeless(BootConfig boot) {
    for (Hopeless one : HOPELESS) {
      if (boot.has(one.parameter) && !boot.has("acpi=off")) {
        Log.of(KernelParameters.class).warn("-append {}: {}", one.parameter, one.why);
      }
    }
  }
}
