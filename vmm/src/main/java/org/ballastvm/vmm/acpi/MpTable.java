package org.ballastvm.vmm.acpi;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What a kernel that does not use ACPI finds processors and interrupts by (Intel MultiProcessor Specification 1.4, chapter 4).
 * One that uses ACPI passes it by (arch/x86/kernel/mpparse.c).
 */
final class MpTable {
  /** It lies among the ACPI tables, and no root table lists it. */
  static final String SIGNATURE = "PCMP";
  /** Where the pointer to it is looked for, among other places: the last KiB of conventional memory. */
  static final long POINTER = 0x9fc00;
  private static final int POINTER_BYTES = 16;
  private static final int HEADER_BYTES = 44;
  private static final int PROCESSOR_BYTES = 20;
  private static final int OTHER_BYTES = 8;
  private static final int REVISION = 4;
  private static final int LAPIC_VERSION = 0x14;
  private static final int IO_APIC_VERSION = 0x11;
  private static final int PROCESSOR = 0;
  private static final int BUS = 1;
  private static final int IO_APIC = 2;
  private static final int IO_INTERRUPT = 3;
  private static final int LOCAL_INTERRUPT = 4;
  private static final int ENABLED = 1;
  private static final int BOOT_PROCESSOR = 2;
  private static final int PCI_BUS = 0;
  private static final int ISA_BUS = 1;
  private static final int ISA_LINES = 16;
  /** Where the second 8259 is wired to the first: no device has it. */
  private static final int CASCADE = 2;
  private static final int INT = 0;
  private static final int NMI = 1;
  private static final int EVERY_LAPIC = 0xff;
  private static final int LINT1 = 1;

  private final ByteBuffer out;
  private int entries;

  private MpTable(int processors) {
    int pciPins = (PciInterruptRouting.SLOTS - 1) * PciInterruptRouting.PINS;
    int others = 2 + 1 + ISA_LINES - 1 + pciPins + 1;
    out = ByteBuffer.allocate(HEADER_BYTES + processors * PROCESSOR_BYTES + others * OTHER_BYTES)
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The table of a machine. */
  static byte[] of(MachineFacts facts) {
    List<MachineFacts.Cpu> present = facts.cpus().stream()
        .filter(cpu -> cpu.enabled() && cpu.apicId() < EVERY_LAPIC).toList();
    MpTable table = new MpTable(present.size());
    table.out.position(HEADER_BYTES);
    for (int i = 0; i < present.size(); i++) {
      table.processor(present.get(i).apicId(), i == 0 ? ENABLED | BOOT_PROCESSOR : ENABLED);
    }
    table.bus(PCI_BUS, "PCI   ");
    table.bus(ISA_BUS, "ISA   ");
    table.entry(IO_APIC, 0, IO_APIC_VERSION, ENABLED).putInt((int) Apics.IO_APIC_BASE);
    for (int line = 0; line < ISA_LINES; line++) {
      if (line != CASCADE) {
        table.interrupt(ISA_BUS, line, line);
      }
    }
    for (int slot = 1; slot < PciInterruptRouting.SLOTS; slot++) {
      for (int pin = 0; pin < PciInterruptRouting.PINS; pin++) {
        table.interrupt(PCI_BUS, slot << 2 | pin, facts.pciRouting().gsi(slot, pin));
      }
    }
    table.entry(LOCAL_INTERRUPT, NMI, 0, 0).put((byte) 0).put((byte) 0).put((byte) EVERY_LAPIC).put((byte) LINT1);
    return table.finish();
  }

  private ByteBuffer entry(int type, int first, int second, int third) {
    entries++;
    return out.put((byte) type).put((byte) first).put((byte) second).put((byte) third);
  }

  private void processor(int apicId, int flags) {
    entry(PROCESSOR, apicId, LAPIC_VERSION, flags);
    out.position(out.position() + PROCESSOR_BYTES - 4); // signature and features: CPUID says them
  }

  private void bus(int id, String name) {
    entries++;
    out.put((byte) BUS).put((byte) id).put(name.getBytes(StandardCharsets.US_ASCII));
  }

  /** Trigger and polarity are those of the bus. */
  private void interrupt(int bus, int source, int pin) {
    entry(IO_INTERRUPT, INT, 0, 0).put((byte) bus).put((byte) source).put((byte) 0).put((byte) pin);
  }

  private byte[] finish() {
    out.putInt(0, signature(SIGNATURE)).putShort(4, (short) out.limit()).put(6, (byte) REVISION);
    out.put(8, "BALLAST BALLAST     ".getBytes(StandardCharsets.US_ASCII));
    out.putShort(34, (short) entries).putInt(36, (int) Apics.LOCAL_APIC_BASE);
    return sumToZero(out.array(), 7);
  }

  /** What stands at {@link #POINTER}. */
  static byte[] pointerTo(long address) {
    ByteBuffer pointer = ByteBuffer.allocate(POINTER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    pointer.putInt(signature("_MP_")).putInt((int) address).put((byte) 1).put((byte) REVISION);
    return sumToZero(pointer.array(), 10);
  }

  private static int signature(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)).order(ByteOrder.LITTLE_ENDIAN).getInt();
  }

  private static byte[] sumToZero(byte[] bytes, int checksumAt) {
    byte sum = 0;
    for (byte one : bytes) {
      sum += one;
    }
    bytes[checksumAt] = (byte) -sum;
    return bytes;
  }
}
