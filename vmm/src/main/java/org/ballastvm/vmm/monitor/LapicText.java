package org.ballastvm.vmm.monitor;

import java.util.function.IntUnaryOperator;

/** A local APIC in the lines that QEMU prints it in. Registers by offset: Intel SDM volume 3, table 11-1. */
final class LapicText {
  private static final String[] DELIVERY = {"Fixed", "...", "SMI", "...", "NMI", "INIT", "...", "ExtINT"};
  private static final String[] SHORTHANDS = {"no-shorthand", "self", "all-self", "all"};
  private static final int NMI = 4;
  private static final int TIMER = 0x320;

  private final IntUnaryOperator registers;
  private final StringBuilder text = new StringBuilder();

  private LapicText(IntUnaryOperator registers) { this.registers = registers; }

  /** All of it, of a CPU. */
  static String of(int cpu, IntUnaryOperator registers) {
    LapicText lines = new LapicText(registers);
    lines.text.append("dumping local APIC state for CPU %-2d\n\n".formatted(cpu));
    lines.vectors();
    lines.timer();
    lines.commands();
    lines.requests();
    return lines.text.toString();
  }

  private int at(int offset) { return registers.applyAsInt(offset); }

  private void vectors() {
    vector("LVT0", 0x350);
    vector("LVT1", 0x360);
    vector("LVTPC", 0x340);
    vector("LVTERR", 0x370);
    vector("LVTTHMR", 0x330);
    vector("LVTT", TIMER);
  }

  private void vector(String name, int offset) {
    int entry = at(offset);
    int delivery = entry >> 8 & 7;
    String mode = offset != TIMER ? "" : switch (entry >> 17 & 3) {
      case 1 -> "periodic";
      case 2 -> "tsc-deadline";
      default -> "one-shot";
    };
    text.append("%s\t 0x%08x %s %-5s %-6s %-7s %-12s %-6s".formatted(name, entry,
        bit(entry, 13) ? "active-lo" : "active-hi", bit(entry, 15) ? "level" : "edge", bit(entry, 16) ? "masked" : "",
        bit(entry, 12) ? "pending" : "", mode, DELIVERY[delivery]));
    text.append(delivery == NMI ? "\n" : " (vec %d)\n".formatted(entry & 0xff));
  }

  private void timer() {
    int divide = at(0x3e0);
    int shift = (divide & 3 | divide >> 1 & 4) + 1 & 7;
    text.append("Timer\t DCR=0x%x (divide by %d) initial_count = %d current_count = %d\n".formatted(divide & 0xf,
        1 << shift, Integer.toUnsignedLong(at(0x380)), Integer.toUnsignedLong(at(0x390))));
    int spurious = at(0xf0);
    text.append("SPIV\t 0x%08x APIC %s, focus=%s, spurious vec %d\n".formatted(spurious,
        bit(spurious, 8) ? "enabled" : "disabled", bit(spurious, 9) ? "on" : "off", spurious & 0xff));
  }

  private void commands() {
    int low = at(0x300);
    int high = at(0x310);
    boolean logical = bit(low, 11);
    text.append("ICR\t 0x%08x %s %s %s %s\n".formatted(low, logical ? "logical" : "physical",
        bit(low, 15) ? "level" : "edge", bit(low, 14) ? "assert" : "de-assert", SHORTHANDS[low >> 18 & 3]));
    int destination = high >>> 24;
    String mask = "0".repeat(Integer.numberOfLeadingZeros(destination | 1) - 24) + Integer.toBinaryString(destination);
    text.append("ICR2\t 0x%08x %s (APIC ID)\n".formatted(high, logical ? "mask " + mask : "cpu " + destination));
    text.append("ESR\t 0x%08x\n".formatted(at(0x280)));
  }

  private void requests() {
    bits("ISR", 0x100);
    bits("IRR", 0x200);
    text.append("\nAPR 0x%02x TPR 0x%02x DFR 0x%02x LDR 0x%02x PPR 0x%02x\n".formatted(at(0x90) & 0xff, at(0x80) & 0xff,
        at(0xe0) >>> 28, at(0xd0) >>> 24, at(0xa0) & 0xff));
  }

  private void bits(String name, int offset) {
    StringBuilder found = new StringBuilder();
    for (int vector = 0; vector < 256; vector++) {
      int word = vector / 32 * 0x10;
      if (bit(at(offset + word), vector % 32)) {
        found.append(vector).append(bit(at(0x180 + word), vector % 32) ? "(level)" : "").append(' ');
      }
    }
    text.append(name).append("\t ").append(found.isEmpty() ? "(none)" : found).append('\n');
  }

  private static boolean bit(int value, int number) { return (value >> number & 1) != 0; }
}
