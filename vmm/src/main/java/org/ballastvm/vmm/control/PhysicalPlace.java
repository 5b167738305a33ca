package org.ballastvm.vmm.control;

import java.util.Optional;
import org.ballastvm.vmm.devices.MemoryDeviceInfo;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.memory.GuestLayout;

/** What is at a physical address of a guest, in words. */
final class PhysicalPlace {
  private static final String NOTHING = "nothing";

  private PhysicalPlace() {}

  /** The memory that an address is in, or the registers, or nothing. */
  static String words(Machine vm, long address) {
    if (GuestLayout.of(vm.config().memory()).memory().stream()
        .anyMatch(range -> within(address, range.base(), range.sizeBytes()))) {
      return "ram";
    }
    Optional<String> device = vm.devices().memoryDevices().stream()
        .flatMap(each -> inDevice(vm, each, address).stream())
        .findFirst();
    return device.orElseGet(() -> vm.buses().memory().ranges().stream()
        .filter(range -> within(address, range.base(), range.length())).findFirst()
        .map(range -> "i/o: " + range.what()).orElse(NOTHING));
  }

  private static Optional<String> inDevice(Machine vm, MemoryDeviceInfo info, long address) {
    return switch (info) {
      case MemoryDeviceInfo.Dimm dimm -> within(address, dimm.addr(), dimm.size())
          ? Optional.of("dimm " + dimm.id().orElse(""))
          : Optional.empty();
      case MemoryDeviceInfo.VirtioMem mem -> within(address, mem.memaddr(), mem.maxSize())
          ? Optional.of("virtio-mem " + mem.id().orElse("") + (vm.ram().contains(address, 1) ? "" : ", not plugged"))
          : Optional.empty();
    };
  }

  private static boolean within(long address, long base, long sizeBytes) {
    return address >= base && address - base < sizeBytes;
  }
}
