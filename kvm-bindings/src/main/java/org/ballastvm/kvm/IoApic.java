package org.ballastvm.kvm;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.IntStream;
import org.ballastvm.kvm.generated.Offsets.kvm_ioapic_state;

/**
 * The in-kernel I/O APIC: {@code struct kvm_ioapic_state}, asm/kvm.h.
 *
 * @param select which register its window shows
 * @param id its id
 * @param requests pins that ask for an interrupt, a bit each
 * @param redirections what each pin's interrupt becomes, 64 bits each, as in the 82093AA's table
 */
public record IoApic(int select, int id, int requests, List<Long> redirections) {
  private static final int PINS = 24;

  static IoApic read(MemorySegment chip, long offset) {
    return new IoApic(Fields.get32(chip, offset + kvm_ioapic_state.ioregsel),
        Fields.get32(chip, offset + kvm_ioapic_state.id), Fields.get32(chip, offset + kvm_ioapic_state.irr),
        IntStream.range(0, PINS)
            .mapToObj(pin -> Fields.get64(chip, offset + kvm_ioapic_state.redirtbl + 8L * pin)).toList());
  }
}
