package org.ballastvm.vmm.monitor;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.ballastvm.vmm.bus.AddressBus;
import org.ballastvm.vmm.control.QmpCommand.NoArguments;
import org.ballastvm.vmm.control.QueryMemoryDevices;
import org.ballastvm.vmm.devices.MemoryDeviceInfo;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.memory.GuestLayout;

/** {@code info mtree [-f]} */
final class InfoMtree implements Command {
  private static final String RAM = "ram";
  private static final String REGISTERS = "i/o";

  /** A range of addresses and what is there. */
  private record Region(long base, long sizeBytes, String kind, String what) {
    String line(int indent) {
      return "%s%016x-%016x (prio 0, %s): %s\n".formatted(" ".repeat(indent), base, base + sizeBytes - 1, kind, what);
    }
  }

  @Override
  public List<String> names() { return List.of("mtree"); }

  @Override
  public String parameters() { return "[-f]"; }

  @Override
  public String help() { return "show memory tree (-f: dump flat view for address spaces)"; }

  @Override
  public String run(Machine vm, Arguments arguments) {
    boolean flat = arguments.flag('f');
    arguments.end();
    return flat ? flat(vm) : tree(vm);
  }

  @Override
  public List<String> completions(Machine vm, List<String> before, String start) {
    return before.isEmpty() ? List.of("-f") : List.of();
  }

  private static String tree(Machine vm) {
    StringBuilder text = new StringBuilder("address-space: I/O\n");
    text.append(new Region(0, vm.buses().ports().sizeBytes(), REGISTERS, "io").line(2));
    registers(vm.buses().ports()).forEach(region -> text.append(region.line(4)));
    text.append("\naddress-space: memory\n").append(new Region(0, 0, REGISTERS, "system").line(2));
    ram(vm).forEach(region -> text.append(region.line(4)));
    GuestLayout layout = GuestLayout.of(vm.config().memory());
    if (layout.deviceBytes() > 0) {
      text.append(new Region(layout.deviceBase(), layout.deviceBytes(), REGISTERS, "device-memory").line(4));
      devices(vm).forEach(region -> text.append(region.line(6)));
    }
    registers(vm.buses().memory()).forEach(region -> text.append(region.line(4)));
    return text.append("\n").toString();
  }

  private static String flat(Machine vm) {
    List<Region> memory = new ArrayList<>(ram(vm));
    memory.addAll(devices(vm));
    memory.addAll(registers(vm.buses().memory()));
    memory.sort(Comparator.comparingLong(Region::base));
    return view(0, "memory", "system", memory) + view(1, "I/O", "io", registers(vm.buses().ports()));
  }

  private static String view(int number, String space, String root, List<Region> regions) {
    StringBuilder text = new StringBuilder("""
        FlatView #%d
         AS "%s", root: %s
         Root memory region: %s
        """.formatted(number, space, root, root));
    regions.forEach(region -> text.append(region.line(2)));
    return text.append("\n").toString();
  }

  private static List<Region> ram(Machine vm) {
    return GuestLayout.of(vm.config().memory()).memory().stream()
        .map(range -> new Region(range.base(), range.sizeBytes(), RAM, "ram")).toList();
  }

  private static List<Region> registers(AddressBus bus) {
    return bus.ranges().stream().map(range -> new Region(range.base(), range.length(), REGISTERS, range.what()))
        .toList();
  }

  private static List<Region> devices(Machine vm) {
    return new QueryMemoryDevices().run(vm, NoArguments.NONE).stream().map(InfoMtree::device)
        .sorted(Comparator.comparingLong(Region::base)).toList();
  }

  private static Region device(MemoryDeviceInfo info) {
    return switch (info) {
      case MemoryDeviceInfo.Dimm dimm -> new Region(dimm.addr(), dimm.size(), RAM, name(dimm.memdev()));
      case MemoryDeviceInfo.VirtioMem mem -> new Region(mem.memaddr(), mem.maxSize(), RAM, name(mem.memdev()));
    };
  }

  private static String name(String path) { return path.substring(path.lastIndexOf('/') + 1); }
}
