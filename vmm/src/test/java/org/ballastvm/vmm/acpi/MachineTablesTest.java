package org.ballastvm.vmm.acpi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.ballastvm.acpica.Acpica;
import org.ballastvm.vmm.device.CmosRtc;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MachineTablesTest {
  @TempDir
  private Path directory;

  @ParameterizedTest
  @ValueSource(ints = {1, 4, 300})
  void acpicaFindsNothingToRemarkUponInAnyTable(int cpuCount) {
    AcpiImage image = MachineTables.of(machine(cpuCount));
    Acpica acpica = Acpica.in(directory);
    for (String signature : List.of("DSDT", "FACP", "APIC", "XSDT")) {
      acpica.roundTrip(signature, image.table(signature));
    }
  }

  @Test
  void theTablesLeadFromTheRootPointerToTheDevices() {
    AcpiImage image = MachineTables.of(machine(2));
    ByteBuffer memory = ByteBuffer.wrap(image.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    assertEquals(0xe0000, image.rsdpAddress());
    int rsdp = (int) (image.rsdpAddress() - image.address());
    assertEquals("RSD ", signature(memory, rsdp));
    int xsdt = (int) (memory.getLong(rsdp + 24) - image.address());
    assertEquals("XSDT", signature(memory, xsdt));
    int fadt = (int) (memory.getLong(xsdt + 36) - image.address());
    assertEquals("FACP", signature(memory, fadt));
    assertEquals("APIC", signature(memory, (int) (memory.getLong(xsdt + 44) - image.address())));
    assertEquals("DSDT", signature(memory, (int) (memory.getLong(fadt + 140) - image.address())));
  }

  @Test
  void theGuestSeesThePciRootsWindowsAndConfigurationPorts() {
    String output = run(0, "resources \\_SB.PCI0");
    assertContains(output, "Address Minimum : 0CF8", "Address Minimum : C0000000", "Address Maximum : FEBFFFFF",
        "Address Minimum : 0000000800000000", "Address Maximum : 0000000FFFFFFFFF", "Address Minimum : 00001000",
        "Address Maximum : 0000FFFF", "Bus Number Range");
  }

  @Test
  void everyPinOfEverySlotIsWiredToAPciLine() {
    String routes = run(0, "evaluate \\_SB.PCI0._PRT");
    Pattern route = Pattern
        .compile("= 0000000000([0-9A-F]{2})FFFF\\s+\\[Integer\\] = 0{15}([0-3])\\s+\\[Integer\\] = 0{16}\\s+"
            + "\\[Integer\\] = 0{14}1([0-7])\\s");
    long[] wired = route.matcher(routes).results().mapToLong(each -> {
      int slot = Integer.parseInt(each.group(1), 16);
      int pin = Integer.parseInt(each.group(2));
      assertEquals((slot + pin) % 8, Integer.parseInt(each.group(3)), routes);
      return 4L * slot + pin;
    }).distinct().toArray();
    assertEquals(32 * 4, wired.length, routes);
  }

  @Test
  void theGuestSeesSerialPortClockAndEventLine() {
    String output = run(0, "resources \\_SB.COM1", "resources \\_SB.RTC", "resources \\_SB.GED");
    assertContains(output, "Address Minimum : 03F8", "Interrupt List : 4 ", "Address Minimum : 0070",
        "Interrupt List : 8 ", "00000009");
    assertContains(run(0, "evaluate \\_S5"), "0000000000000005");
  }

  @Test
  void aClockWithoutALineClaimsNoneAndAPanicDeviceItsPort() {
    MachineFacts facts = new MachineFacts(machine(1).cpus(), machine(1).lowMmio(), Optional.empty(),
        PciInterruptRouting.swizzled(), 4, OptionalInt.empty(), 0, true, false, false, OptionalLong.empty());
    byte[] dsdt = MachineTables.of(facts).table("DSDT");
    String output = Acpica.in(directory).execute(dsdt, "resources \\_SB.RTC");
    assertTrue(!output.contains("Interrupt"), output);
    Acpica.in(directory).roundTrip("panic", dsdt);
    assertContains(Acpica.in(directory).execute(dsdt, "resources \\_SB.PEVT"), "Address Minimum : 0505");
  }

  @Test
  void thePowerButtonIsPressedWhenTheSelectorSaysSo() {
    String event = "evaluate \\_SB.GED._EVT 9";
    String pressed = "Notify on [PWRB]";
    int everyByteHasThePowerBit = AcpiPorts.GED_POWER_DOWN;
    assertTrue(run(everyByteHasThePowerBit, event).contains(pressed), run(everyByteHasThePowerBit, event));
    assertTrue(!run(0, event).contains(pressed));
  }

  @Test
  void devicesInAllSlotsAreCheckedAndAskedForWhenTheRegistersSaySo() {
    int everyByteHasThePciBit = AcpiPorts.GED_PCI_HOTPLUG;
    String output = run(everyByteHasThePciBit, "evaluate \\_SB.GED._EVT 9");
    for (int slot = 1; slot < PciInterruptRouting.SLOTS; slot++) {
      boolean notified = (everyByteHasThePciBit * 0x0101_0101 >> slot & 1) != 0;
      String notify = "Notify on [S%02X_]".formatted(slot << 3);
      assertEquals(notified ? 2 : 0, (output.length() - output.replace(notify, "").length()) / notify.length(), notify);
    }
    assertContains(output, "Value 0x01 (Device Check)", "Value 0x03 (Eject Request)");
  }

  @Test
  void theGuestFindsSlotsByAddressAndNumberAndCanEject() {
    assertContains(run(0, "evaluate \\_SB.PCI0.S08._ADR"), "0000000000010000");
    assertContains(run(0, "evaluate \\_SB.PCI0.SF8._ADR"), "00000000001F0000");
    assertContains(run(0, "evaluate \\_SB.PCI0.SF8._SUN"), "000000000000001F");
    run(0, "evaluate \\_SB.PCI0.SF8._EJ0 1");
    assertContains(run(0, "resources \\_SB.MBRD"), "Address Minimum : 0CC0");
  }

  @Test
  void filesOfFirmwareAreWhereLinuxLooksForThem() {
    assertContains(run(0, "evaluate \\_SB.FWCF._HID"), "QEMU0002");
    assertContains(run(0, "resources \\_SB.FWCF"), "Address Minimum : 0510", "Address Length : 0C");
  }

  @Test
  void theGenerationIsWhereTheTablesSayAndAnotherOneIsNotified() {
    assertContains(run(0, "evaluate \\_SB.VGEN.ADDR"), "00000000000FE000");
    int everyByteHasTheLowestBit = AcpiPorts.GED_GENERATION >> Byte.SIZE;
    String output = run(everyByteHasTheLowestBit, "evaluate \\_SB.GED._EVT 9");
    assertTrue(Pattern.compile("Notify on \\[VGEN] 0x\\p{XDigit}+ Value 0x80").matcher(output).find(), output);
    assertTrue(!run(AcpiPorts.GED_POWER_DOWN, "evaluate \\_SB.GED._EVT 9").contains("[VGEN]"));
  }

  @ParameterizedTest
  @CsvSource({"3, 0x01 (Device Check)", "5, 0x03 (Eject Request)"})
  void everyDimmSlotIsCheckedOrAskedForWhenTheRegistersSaySo(int memoryEventAndFlag, String notification) {
    String output = run(memoryEventAndFlag, "evaluate \\_SB.GED._EVT 9");
    for (int slot = 0; slot < 256; slot++) {
      String line = "Notify on \\[MP%02X] 0x\\p{XDigit}+ Value %s".formatted(slot, Pattern.quote(notification));
      assertTrue(Pattern.compile(line).matcher(output).find(), line);
    }
  }

  @Test
  void aDimmIsWhereTheRegistersSay() {
    assertContains(run(1, "evaluate \\_SB.MEMS.MP03._STA"), "000000000000000F");
    assertContains(run(0, "evaluate \\_SB.MEMS.MP03._STA"), "0000000000000000");
    String resources = run(1, "resources \\_SB.MEMS.MPFF");
    // The selector, which here is memory like the rest, is read back as the low half of the address.
    assertContains(resources, "Address Minimum : 01010101000000FF", "Address Maximum : 02020202010101FF",
        "Address Length : 0101010101010101");
    assertContains(run(1, "evaluate \\_SB.MEMS.MP00._PXM"), "0000000001010101");
    run(0, "evaluate \\_SB.MEMS.MP00._OST 3 1 (00)", "evaluate \\_SB.MEMS.MP00._EJ0 1");
  }

  @Test
  void theTablesNameTheCenturyWhereTheClockHasIt() {
    assertEquals(CmosRtc.CENTURY, MachineTables.of(machine(1)).table("FACP")[108]);
  }

  @Test
  void tablesThatDoNotFitTheBiosAreaAreOurMistake() {
    assertThrows(IllegalStateException.class, () -> MachineTables.of(machine(10_000)));
  }

  private String run(int registerByte, String... commands) {
    return Acpica.in(directory).execute(registerByte, MachineTables.of(machine(2)).table("DSDT"), commands);
  }

  private static void assertContains(String output, String... expected) {
    for (String each : expected) {
      assertTrue(output.contains(each), () -> "no \"" + each + "\" in " + output);
    }
  }

  private static String signature(ByteBuffer memory, int offset) {
    byte[] name = new byte[4];
    memory.get(offset, name);
    return new String(name, StandardCharsets.US_ASCII);
  }

  private static MachineFacts machine(int cpuCount) {
    List<MachineFacts.Cpu> cpus = IntStream.range(0, cpuCount).mapToObj(i -> new MachineFacts.Cpu(i, true)).toList();
    return new MachineFacts(cpus, new MachineFacts.Window(0xc0000000L, 0x3ec00000L),
        Optional.of(new MachineFacts.Window(0x800000000L, 0x800000000L)), PciInterruptRouting.swizzled(), 4,
        OptionalInt.of(8), 256, false, true, true, OptionalLong.of(0xfe000));
  }
}
