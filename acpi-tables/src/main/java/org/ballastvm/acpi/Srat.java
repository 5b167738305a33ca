package org.ballastvm.acpi;

import java.util.List;

/** Which processors and which memory are near each other (ACPI 6.5, 5.2.16). */
public record Srat(List<Affinity> affinities) implements AcpiTable {
  private static final int ENABLED = 1;
  private static final int HOT_PLUGGABLE = 2;
  private static final int FIRST_X2APIC_ID = 255;
  /** The broadcast address: no processor has it. */
  private static final int NO_APIC_ID = 255;

  /** Something that belongs to a proximity domain, which is what a guest calls a node. */
  public sealed interface Affinity {}

  /** A processor, by its APIC id. */
  public record Processor(int apicId, int domain) implements Affinity {}

  /**
   * A domain that no processor is in, named among the processors all the same. Linux numbers nodes in the order in which it
   * meets their domains, and it reads all processors before it reads memory (drivers/acpi/numa/srat.c).
   */
  public record NoProcessor(int domain) implements Affinity {}

  /** A range of guest-physical memory; a hot-pluggable one may hold nothing yet. */
  public record Memory(long address, long lengthBytes, int domain, boolean hotPluggable) implements Affinity {}

  /** Keeps the list as it is now. */
  public Srat {
    affinities = List.copyOf(affinities);
  }

  @Override
  public String signature() { return "SRAT"; }

  @Override
  public int revision() { return 3; }

  @Override
  public byte[] body() {
    ByteSink out = new ByteSink().u32(1).u64(0);
    affinities.forEach(each -> write(each, out));
    return out.toArray();
  }

  private static void write(Affinity affinity, ByteSink out) {
    // No switch over types: every start with nodes comes here, and that would spin a class.
    if (affinity instanceof Processor processor) {
      write(processor, out);
    } else if (affinity instanceof NoProcessor none) {
      writeLocalApic(NO_APIC_ID, none.domain, out);
    } else {
      write((Memory) affinity, out);
    }
  }

  private static void write(Processor processor, ByteSink out) {
    if (processor.apicId < FIRST_X2APIC_ID) {
      writeLocalApic(processor.apicId, processor.domain, out);
    } else {
      out.u8(2).u8(24).u16(0).u32(processor.domain).u32(processor.apicId).u32(ENABLED).u32(0).u32(0);
    }
  }

  private static void writeLocalApic(int apicId, int domain, ByteSink out) {
    out.u8(0).u8(16).u8(domain).u8(apicId).u32(ENABLED).u8(0);
    out.u8(domain >>> 8).u8(domain >>> 16).u8(domain >>> 24).u32(0);
  }

  private static void write(Memory memory, ByteSink out) {
    out.u8(1).u8(40).u32(memory.domain).u16(0).u64(memory.address).u64(memory.lengthBytes).u32(0)
        .u32(ENABLED | (memory.hotPluggable ? HOT_PLUGGABLE : 0)).u64(0);
  }
}
