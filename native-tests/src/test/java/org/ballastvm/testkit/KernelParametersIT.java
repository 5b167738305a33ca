package org.ballastvm.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.ballastvm.images.DebianFlavour;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What docs/boot.md says of parameters that take parts of this machine away from Linux. */
@GuestTest
class KernelParametersIT {
  private static String kiloHertz = "";

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "acpi=off | 2 | IO-APIC", // the second processor is in the MP table alone
      "acpi=off noapic | 1 | XT-PIC"})
  void withoutAcpiItRunsOnTheOlderTables(String parameters, int processors, String controller) {
    GuestConfig config = new GuestConfig(List.of("-m", "256", "-smp", Integer.toString(processors)), parameters,
        DebianFlavour.STOCK, "", List.of(), true); // the small one is built without a parser of the MP table
    try (Guest guest = Guest.boot(GuestHosts.find(), config)) {
      assertEquals(processors + "\n", guest.run("nproc"));
      assertTrue(guest.run("cat /proc/interrupts").contains(controller + " "), guest::lastWords);
      assertTrue(guest.run("grep ttyS0 /proc/interrupts").contains(controller), guest::lastWords);
      assertEquals("", guest.run("ls /sys/firmware/acpi 2> /dev/null || true"));
    }
  }

  /**
   * Linux measures the TSC by the timers of the machine, and gives up if it takes 20 microseconds to read one. In the rig it
   * does, so there the command line has the frequency.
   */
  @ParameterizedTest
  @CsvSource({"no-kvmclock", "nopv"})
  void withoutTheHostsClockItHasATimerOfItsOwn(String parameter) {
    try (Guest guest = Guest.boot(GuestHosts.find(),
        GuestConfig.of("-m", "256").appending(parameter + " tsc_early_khz=" + kiloHertz()))) {
      String clocks = guest.run("cat /sys/devices/system/clocksource/clocksource0/available_clocksource");
      assertTrue(clocks.contains("acpi_pm") && !clocks.contains("kvm-clock"), clocks);
      long before = clockSeconds(guest);
      guest.await("a second of the guest's clock", () -> clockSeconds(guest) > before);
    }
  }

  /** What a guest with the host's clock says that its TSC makes. */
  private static synchronized String kiloHertz() {
    if (kiloHertz.isEmpty()) {
      try (Guest usual = Guest.boot(GuestHosts.find(), GuestConfig.of("-m", "256"))) {
        kiloHertz = usual.run("dmesg | sed -n 's/.*tsc: Detected \\([0-9]*\\)[.]\\([0-9]*\\) MHz.*/\\1\\2/p'").strip();
      }
    }
    return kiloHertz;
  }

  private static long clockSeconds(Guest guest) { return Long.parseLong(guest.run("date +%s").strip()); }

  @Test
  void withoutPciItFindsNoDevice(
      @Boot(value = {"-m", "256", "-device", "virtio-rng-pci"}, append = "pci=off") Guest guest) {
    assertEquals("", guest.run("ls /sys/bus/pci/devices 2> /dev/null || true"));
  }

  @Test
  void itsConsoleIsDeafWithoutPnpAndTheStartSaysSo(
      @Boot(value = {"-m", "256"}, append = "pnpacpi=off loglevel=7", awaitUp = false) Guest guest) {
    guest.await("the kernel's last words", () -> guest.console().text().contains("Run /init as init process"));
    assertTrue(guest.lastWords().contains("pnpacpi=off"), guest::lastWords);
  }

  @Test
  void withoutAnyInterruptControllerTheStartSaysSo(
      @Boot(value = {"-m", "256"}, append = "noapic", awaitUp = false) Guest guest) {
    guest.await("a warning", () -> guest.lastWords().contains("ballast says:"));
    assertTrue(guest.lastWords().contains("noapic"), guest::lastWords);
  }
}
