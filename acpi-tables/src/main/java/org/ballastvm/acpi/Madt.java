package org.ballastvm.acpi;

import java.util.List;

/**
 * The interrupt controllers, one per processor and those that devices are wired to (ACPI 6.5, 5.2.12).
 *
 * @param localApicAddress guest-physical address of the local APICs
 * @param pcatCompatible whether there is also a pair of 8259s for the guest to silence
 * @param controllers the entries
 */
public record Madt(long localApicAddress, boolean pcatCompatible, List<Entry> controllers) implements AcpiTable {
  /** APIC ids from here on have no place in the older entries; 255 addresses all. */
  private static final int FIRST_X2APIC_ID = 255;
  private static final int ENABLED = 1;
  private static final int ONLINE_CAPABLE = 2;

  /** An interrupt controller or something about one. */
  public sealed interface Entry {}

  /** Whether a processor is there, may come, or is not there. */
  public enum Presence {
    ENABLED(Madt.ENABLED), ONLINE_CAPABLE(Madt.ONLINE_CAPABLE), ABSENT(0);

    final int flags;

    Presence(int flags) { this.flags = flags; }
  }

  /** A processor's local APIC; encoded as a local x2APIC if its id asks for one. */
  public record Processor(int uid, int apicId, Presence presence) implements Entry {}

  /** An I/O APIC, and the first of the interrupt numbers that it serves. */
  public record IoApic(int id, long address, int firstGsi) implements Entry {}

  /** Where an ISA interrupt is wired other than to the number of the same value. */
  public record IsaOverride(int isaIrq, int gsi, Resource.Trigger trigger, Resource.Polarity polarity)
      implements
        Entry {}

  /** The input of all local APICs, 0 or 1, that non-maskable interrupts come to. */
  public record NmiInput(int lint) implements Entry {}

  /** Keeps the list as it is now. */
  public Madt {
    controllers = List.copyOf(controllers);
  }

  @Override
  public String signature() { return "APIC"; }

  @Override
  public int revision() { return 5; }

  @Override
  public byte[] body() {
    ByteSink out = new ByteSink().u32(localApicAddress).u32(pcatCompatible ? 1 : 0);
    controllers.forEach(each -> write(each, out));
    return out.toArray();
  }

  private void write(Entry entry, ByteSink out) {
    // Not a switch over types: see AmlCode.
    if (entry instanceof Processor(int uid, int apicId, Presence presence)) {
      if (apicId < FIRST_X2APIC_ID && uid < FIRST_X2APIC_ID) {
        out.u8(0).u8(8).u8(uid).u8(apicId).u32(presence.flags);
      } else {
        out.u8(9).u8(16).u16(0).u32(apicId).u32(presence.flags).u32(uid);
      }
    } else if (entry instanceof IoApic(int id, long address, int firstGsi)) {
      out.u8(1).u8(12).u8(id).u8(0).u32(address).u32(firstGsi);
    } else if (entry instanceof IsaOverride wire) {
      out.u8(2).u8(10).u8(0).u8(wire.isaIrq()).u32(wire.gsi()).u16(interruptFlags(wire.trigger(), wire.polarity()));
    } else if (entry instanceof NmiInput(int lint)) {
      int allProcessors = 0xff;
      out.u8(4).u8(6).u8(allProcessors).u16(0).u8(lint);
      if (hasX2Apics()) {
        out.u8(0xa).u8(12).u16(0).u32(-1L).u8(lint).zeros(3);
      }
    } else {
      throw new IllegalStateException("no code for " + entry);
    }
  }

  private boolean hasX2Apics() {
    return controllers.stream().anyMatch(each -> each instanceof Processor processor
        && (processor.apicId() >= FIRST_X2APIC_ID || processor.uid() >= FIRST_X2APIC_ID));
  }

  private static int interruptFlags(Resource.Trigger trigger, Resource.Polarity polarity) {
    return (polarity == Resource.Polarity.ACTIVE_HIGH ? 1 : 3)
        | (trigger == Resource.Trigger.EDGE ? 1 << 2 : 3 << 2);
  }
}
