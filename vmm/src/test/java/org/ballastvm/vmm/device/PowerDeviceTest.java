package org.ballastvm.vmm.device;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.ballastvm.vmm.acpi.AcpiPorts;
import org.junit.jupiter.api.Test;

/** The registers behind the ACPI tables. */
class PowerDeviceTest {
  private static final int SELECTOR = AcpiPorts.GED_SELECTOR - AcpiPorts.BLOCK_BASE;
  private static final int CONTROL = AcpiPorts.SLEEP_CONTROL - AcpiPorts.BLOCK_BASE;

  private final List<Boolean> edges = new ArrayList<>();
  private int powerOffs;
  private final PowerDevice device = new PowerDevice(edges::add, () -> powerOffs++);

  @Test
  void anEventIsAnEdgeAndABitThatReadingClears() {
    device.announce(AcpiPorts.GED_POWER_DOWN);
    device.announce(AcpiPorts.GED_MEMORY_HOTPLUG);

    assertEquals(List.of(true, false, true, false), edges);
    assertEquals(AcpiPorts.GED_POWER_DOWN | AcpiPorts.GED_MEMORY_HOTPLUG, device.read(SELECTOR, 4));
    assertEquals(0, device.read(SELECTOR, 4));
  }

  @Test
  void onlyAWholeReadTakesEvents() {
    device.announce(AcpiPorts.GED_POWER_DOWN);

    assertEquals(0, device.read(SELECTOR, 1));
    assertEquals(0, device.read(SELECTOR + 1, 4));
    assertEquals(AcpiPorts.GED_POWER_DOWN, device.read(SELECTOR, 4));
  }

  @Test
  void resetForgetsEvents() {
    device.announce(AcpiPorts.GED_POWER_DOWN);

    device.reset();

    assertEquals(0, device.read(SELECTOR, 4));
  }

  @Test
  void softOffAloneSwitchesOff() {
    for (int value = 0; value < 256; value++) {
      device.write(CONTROL, 1, value);
    }
    assertEquals(16, powerOffs, "SLP_EN and SLP_TYP 5, whatever the other four bits are");

    for (int offset = 0; offset < AcpiPorts.BLOCK_BYTES; offset++) {
      if (offset != CONTROL) {
        device.write(offset, 1, 0x34);
      }
    }
    assertEquals(16, powerOffs);
  }
}
