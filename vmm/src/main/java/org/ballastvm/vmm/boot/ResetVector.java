package org.ballastvm.vmm.boot;

import java.lang.foreign.MemorySegment;
import org.ballastvm.vmm.acpi.AcpiPorts;
import org.ballastvm.vmm.memory.GuestRam;

/**
 * What a BIOS has at F000:FFF0, where a processor begins after a reset: here, a reset. Linux jumps there to restart a
 * machine with hardware-reduced ACPI, and not to the FADT's reset register: it takes such a machine for one with EFI
 * (arch/x86/kernel/reboot.c, reboot_init), and falls back from EFI to the BIOS.
 */
final class ResetVector {
  static final long ADDRESS = 0xf_fff0;

  private ResetVector() {}

  /** mov al, RESET_VALUE; mov dx, RESET_CONTROL; out dx, al; hlt; jmp to the hlt. In 16-bit code. */
  static void write(GuestRam ram) {
    byte[] code = {(byte) 0xb0, AcpiPorts.RESET_VALUE, (byte) 0xba, (byte) AcpiPorts.RESET_CONTROL,
        (byte) (AcpiPorts.RESET_CONTROL >> 8), (byte) 0xee, (byte) 0xf4, (byte) 0xeb, (byte) 0xfd};
    ram.write(ADDRESS, MemorySegment.ofArray(code), 0, code.length);
  }
}
