package org.ballastvm.vmm.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.ballastvm.state.SameFields;
import org.ballastvm.vmm.acpi.AcpiPorts;
import org.ballastvm.vmm.bus.IrqLine;
import org.ballastvm.vmm.pci.PciBus;
import org.junit.jupiter.api.Test;

/** The state of each device goes to another of its kind, in each field, and a reset restores that of power-on. */
class DeviceStateTest {
  private final List<String> heard = new ArrayList<>();
  private final boolean[] lines = new boolean[2];

  private IrqLine line(int number) { return high -> lines[number] = high; }

  @Test
  void thePowerDevice() {
    PowerDevice first = new PowerDevice(line(0), () -> {});
    first.announce(AcpiPorts.GED_POWER_DOWN);
    PowerDevice second = new PowerDevice(line(1), () -> {});
    second.restore(first.state());
    assertEquals(first.state(), second.state());
    assertEquals(Set.of("PowerDevice.pendingEvents"), SameFields.differences(new PowerDevice(line(0), () -> {}), second,
        Set.of()));
    assertEquals(Set.of(), SameFields.differences(first, second, Set.of()));
    assertEquals(AcpiPorts.GED_POWER_DOWN, second.read(0, 4));
    first.reset();
    assertEquals(PowerDevice.POWER_ON, first.state());
  }

  @Test
  void thePmTimer() {
    long[] now = {1_000};
    PmTimer first = new PmTimer(() -> now[0]);
    assertEquals(PmTimer.POWER_ON, first.state());
    now[0] += 3_000_000_000L;
    PmTimer.State state = first.state();
    assertEquals(3_000_000_000L, state.nanos());
    long[] elsewhere = {77};
    PmTimer second = new PmTimer(() -> elsewhere[0]);
    second.restore(state);
    assertEquals(first.read(0, 4), second.read(0, 4));
    elsewhere[0] += 1_000_000;
    now[0] += 1_000_000;
    assertEquals(first.read(0, 4), second.read(0, 4));
  }

  @Test
  void pciHotplug() {
    PciHotplug first = new PciHotplug(slot -> heard.add("ejected " + slot));
    first.came(3);
    first.askedToGo(5);
    first.write(0x10, 4, 1);
    PciHotplug second = new PciHotplug(slot -> heard.add("ejected " + slot));
    assertEquals(Set.of("PciHotplug.came", "PciHotplug.askedToGo", "PciHotplug.bus"),
        SameFields.differences(first, second, Set.of()));
    second.restore(first.state());
    assertEquals(Set.of(), SameFields.differences(first, second, Set.of()));
    assertEquals(first.state(), second.state());
    second.write(0x10, 4, 0);
    assertEquals(1 << 3, second.read(0, 4));
    assertEquals(1 << 5, second.read(4, 4));
    first.reset();
    assertEquals(PciHotplug.POWER_ON, first.state());
  }

  private MemoryHotplug dimms() {
    return new MemoryHotplug(4, new MemoryHotplug.Guest() {
      @Override
      public void ejected(int slot) { heard.add("ejected " + slot); }

      @Override
      public void reported(int slot, long event, long status) { heard.add(slot + ": " + event + " " + status); }
    });
  }

  @Test
  void memoryHotplug() {
    MemoryHotplug first = dimms();
    assertEquals(MemoryHotplug.State.powerOn(4), first.state());
    first.came(2, 0x1_4000_0000L, 1L << 28, 1, true);
    first.askedToGo(2);
    first.write(0x00, 4, 2);
    first.write(0x04, 4, 3);
    MemoryHotplug second = dimms();
    assertEquals(Set.of("MemoryHotplug.selected", "MemoryHotplug.slots"),
        SameFields.differences(first, second, Set.of()));
    second.restore(first.state());
    assertEquals(Set.of(), SameFields.differences(first, second, Set.of()));
    assertEquals(first.state(), second.state());
    for (int register : new int[]{0x00, 0x04, 0x08, 0x0c, 0x10, 0x14}) {
      assertEquals(first.read(register, 4), second.read(register, 4), "at " + register);
    }
    second.write(0x08, 4, 1);
    second.write(0x14, 1, 8);
    assertEquals(List.of("2: 3 1", "ejected 2"), heard);
    first.reset();
    assertEquals(new MemoryHotplug.Slot(0x1_4000_0000L, 1L << 28, 1, 1, 0), first.state().slots().get(2),
        "the DIMM stays");
    assertEquals(0, first.state().selected());
    first.gone(2);
    assertEquals(MemoryHotplug.State.powerOn(4), first.state());
  }

  @Test
  void thePciBusAndTheResetControlWithinItsAddress() {
    PciBus first = new PciBus(new ResetControl(heard::add));
    first.write(0, 4, 0x8000_0804L);
    first.write(1, 1, 0x02);
    PciBus second = new PciBus(new ResetControl(heard::add));
    second.restore(first.state());
    assertEquals(Set.of(), SameFields.differences(first, second, Set.of()));
    assertEquals(0x8000_0804L, second.read(0, 4));
    assertEquals(0x02, second.read(1, 1));
    second.write(1, 1, 0x06);
    assertEquals(List.of("reset control register"), heard, "asked for once, by the write, not by the state");
    assertEquals(new ResetControl.State(0x02), second.state().resetControl());
    first.reset();
    assertEquals(PciBus.POWER_ON, first.state());
    assertEquals(0, first.read(0, 4));
    assertEquals(0, first.read(1, 1));
  }

  private static Clock at(String time) { return Clock.fixed(Instant.parse(time), ZoneOffset.UTC); }

  private static int register(CmosRtc clock, int index) {
    clock.write(0, 1, index);
    return (int) clock.read(1, 1);
  }

  private static void register(CmosRtc clock, int index, int value) {
    clock.write(0, 1, index);
    clock.write(1, 1, value);
  }

  /** A clock that its guest has set an hour ahead, and whose alarm rings at half past. */
  private CmosRtc setClock(Clock host, int number) {
    CmosRtc clock = new CmosRtc(host, line(number));
    clock.wind(nanos -> heard.add("in " + Duration.ofNanos(nanos)));
    register(clock, 0x04, 0x13);
    register(clock, 0x03, 0x30);
    register(clock, 0x05, 0xff);
    register(clock, 0x01, 0x00);
    register(clock, 0x40, 0x5a);
    register(clock, 0x0b, 0x22);
    return clock;
  }

  @Test
  void theClock() {
    CmosRtc first = setClock(at("2026-05-05T12:00:00Z"), 0);
    heard.clear();
    CmosRtc second = new CmosRtc(at("2026-05-05T12:10:00Z"), line(1));
    second.wind(nanos -> heard.add("in " + Duration.ofNanos(nanos)));
    assertEquals(Set.of("CmosRtc.memory", "CmosRtc.offsetSeconds", "CmosRtc.index", "CmosRtc.dueSeconds"),
        SameFields.differences(first, second, Set.of()));
    second.restore(first.state());
    assertEquals(first.state(), second.state());
    assertEquals(Set.of(), SameFields.differences(first, second, Set.of()));
    assertEquals(List.of("in PT20M"), heard, "the alarm rings when it would have");
    assertEquals(0x22, second.read(1, 1), "the index is where it was");
    assertEquals(0x13, register(second, 0x04));
    assertEquals(0x10, register(second, 0x02));
    assertEquals(0x5a, register(second, 0x40));
  }

  @Test
  void anAlarmThatHasRungIsOnTheOthersLine() {
    Instant[] now = {Instant.parse("2026-05-05T12:00:00Z")};
    CmosRtc first = setClock(Clock.fixed(now[0], ZoneOffset.UTC), 0);
    CmosRtc late = new CmosRtc(at("2026-05-05T12:30:00Z"), line(0));
    late.restore(first.state());
    assertFalse(late.look(), "it rings for the next time");
    CmosRtc.State state = first.state();
    List<Byte> memory = new ArrayList<>(state.memory());
    memory.set(0x0c, (byte) 0xa0);
    CmosRtc second = new CmosRtc(at("2026-05-05T12:30:00Z"), line(1));
    second.restore(new CmosRtc.State(memory, state.offsetSeconds(), state.index()));
    assertTrue(lines[1]);
    assertEquals(0xa0, register(second, 0x0c));
    assertFalse(lines[1]);
  }

  @Test
  void aResetEndsTheClocksAlarmAndKeepsWhatTheBatteryKeeps() {
    assertEquals(CmosRtc.POWER_ON, new CmosRtc(at("2026-05-05T12:00:00Z"), line(0)).state());
    CmosRtc clock = setClock(at("2026-05-05T12:00:00Z"), 0);
    clock.reset();
    assertEquals(0x02, register(clock, 0x0b));
    assertEquals(0x5a, register(clock, 0x40));
    assertEquals(0x13, register(clock, 0x04));
    assertFalse(clock.look());
  }
}
