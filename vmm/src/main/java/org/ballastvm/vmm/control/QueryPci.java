package org.ballastvm.vmm.control;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.ballastvm.pci.PciFunction;
import org.ballastvm.vmm.devices.PciDevice;
import org.ballastvm.vmm.devices.PluggedDevice;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.pci.PciBus;
import org.ballastvm.vmm.wire.Member;

/** {@code query-pci} */
public final class QueryPci implements QmpCommand<QmpCommand.NoArguments, List<QueryPci.PciInfo>> {
  private static final int VENDOR = 0x00;
  private static final int DEVICE = 0x02;
  private static final int CLASS = 0x0a;
  private static final int SUBSYSTEM_VENDOR = 0x2c;
  private static final int SUBSYSTEM = 0x2e;
  private static final int INTERRUPT_LINE = 0x3c;
  private static final int INTERRUPT_PIN = 0x3d;
  /** What is returned for a BAR that does not answer. */
  private static final long UNMAPPED = -1;

  /** The classes that there are, PCI Code and ID Assignment 1.16, as far as QEMU has a word for them. */
  private static final Map<Integer, String> CLASSES = Map.of(0x0200, "Ethernet controller", 0x0600, "Host bridge");

  /** A bus. */
  public record PciInfo(@Member("its number") int bus, @Member("what is on it") List<PciDevice> devices) {}

  /** A function on a bus. */
  public record PciDevice(@Member("number of its bus") int bus, @Member("0 to 31") int slot,
      @Member("always 0") int function,
      @Member(value = "what it is", name = "class_info") PciClass classInfo, @Member("who made it") PciId id,
      @Member("where its interrupt pin leads, if it has one") Optional<Integer> irq,
      @Member(value = "0 for none, 1 for A", name = "irq_pin") int irqPin,
      @Member(value = "its id; empty without", name = "qdev_id") String qdevId,
      @Member("its BARs") List<PciRegion> regions) {}

  /** What a function is. */
  public record PciClass(@Member("in a word, where there is one") Optional<String> desc,
      @Member(value = "base class and sub-class", name = "class") int number) {}

  /** Who made a function. */
  public record PciId(int device, int vendor, int subsystem, int subsystemVendor) {}

  /** A BAR. */
  public record PciRegion(@Member("0 to 5") int bar, @Member("always memory") String type,
      @Member("guest physical address; -1 while it does not answer") long address, @Member("in bytes") long size,
      @Member("whether it may be read ahead") boolean prefetch,
      @Member(value = "whether it may lie above 4 GiB", name = "mem_type_64") boolean memType64) {}

  @Override
  public String name() { return "query-pci"; }

  @Override
  public String help() { return "Lists the PCI buses, and what is on them."; }

  @Override
  public List<PciInfo> run(Machine vm, NoArguments arguments) {
    PciBus bus = vm.buses().pci();
    List<PciDevice> devices = IntStream.range(0, PciBus.SLOTS).filter(slot -> bus.function(slot) != null)
        .mapToObj(slot -> device(vm, slot, bus.function(slot))).toList();
    return List.of(new PciInfo(0, devices));
  }

  private static PciDevice device(Machine vm, int slot, PciFunction function) {
    int classCode = function.configRead(CLASS, 2);
    int pin = function.configRead(INTERRUPT_PIN, 1);
    PciId id = new PciId(function.configRead(DEVICE, 2), function.configRead(VENDOR, 2),
        function.configRead(SUBSYSTEM, 2), function.configRead(SUBSYSTEM_VENDOR, 2));
    return new PciDevice(0, slot, 0, new PciClass(Optional.ofNullable(CLASSES.get(classCode)), classCode), id,
        pin == 0 ? Optional.empty() : Optional.of(function.configRead(INTERRUPT_LINE, 1)), pin,
        vm.devices().inSlot(slot).flatMap(PluggedDevice::id).orElse(""), regions(function));
  }

  private static List<PciRegion> regions(PciFunction function) {
    List<PciRegion> regions = new ArrayList<>();
    for (int bar = 0; bar < PciFunction.BARS; bar++) {
      if (function.barBytes(bar) > 0) {
        long address = function.barAddress(bar);
        regions.add(new PciRegion(bar, "memory", address == 0 ? UNMAPPED : address, function.barBytes(bar), false,
            false));
      }
    }
    return regions;
  }
}
