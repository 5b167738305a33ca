package org.ballastvm.vmm.boot;

import java.util.List;
import org.ballastvm.vmm.memory.GuestLayout;
import org.ballastvm.vmm.memory.GuestRam;

/** {@code struct hvm_start_info}, version 1: what a PVH kernel is given. Source: Xen, public/arch-x86/hvm/start_info.h. */
final class PvhStartInfo {
  private static final long ADDRESS = 0x6000;
  private static final long MODULES = 0x6040;
  private static final long MEMORY_MAP = 0x6080;
  private static final int MAGIC = 0x336e_c578;
  private static final int VERSION = 1;
  private static final int MAP_ENTRY_BYTES = 24;

  private PvhStartInfo() {}

  /** Writes it, and answers where it is. */
  static long write(GuestRam ram, GuestLayout layout, long commandLine, Initrd initrd, long rsdp) {
    List<GuestLayout.Range> map = layout.map();
    ram.putInt(ADDRESS, MAGIC);
    ram.putInt(ADDRESS + 4, VERSION);
    ram.putInt(ADDRESS + 8, 0); // flags
    ram.putInt(ADDRESS + 12, initrd.sizeBytes() == 0 ? 0 : 1); // nr_modules
    ram.putLong(ADDRESS + 16, MODULES);
    ram.putLong(ADDRESS + 24, commandLine);
    ram.putLong(ADDRESS + 32, rsdp);
    ram.putLong(ADDRESS + 40, MEMORY_MAP);
    ram.putInt(ADDRESS + 48, map.size());
    ram.putInt(ADDRESS + 52, 0); // reserved
    ram.putLong(MODULES, initrd.base());
    ram.putLong(MODULES + 8, initrd.sizeBytes());
    ram.putLong(MODULES + 16, 0); // cmdline_paddr of the module
    ram.putLong(MODULES + 24, 0); // reserved
    for (int i = 0; i < map.size(); i++) {
      long at = MEMORY_MAP + (long) i * MAP_ENTRY_BYTES;
      ram.putLong(at, map.get(i).base());
      ram.putLong(at + 8, map.get(i).sizeBytes());
      ram.putInt(at + 16, BootParams.e820Type(map.get(i).kind()));
      ram.putInt(at + 20, 0); // reserved
    }
    return ADDRESS;
  }
}
