package org.ballastvm.kvm;

import static org.ballastvm.kvm.Fields.get32;
import static org.ballastvm.kvm.Fields.set32;

import java.lang.foreign.MemorySegment;
import org.ballastvm.kvm.generated.Host;
import org.ballastvm.kvm.generated.Offsets.kvm_cpuid_entry2;

/**
 * One leaf of CPUID: {@code struct kvm_cpuid_entry2}, asm/kvm.h.
 *
 * @param function EAX on entry
 * @param index ECX on entry, where it matters
 * @param flags {@link #FLAG_SIGNIFICANT_INDEX} if the index matters
 * @param eax answer
 * @param ebx answer
 * @param ecx answer
 * @param edx answer
 */
public record CpuidEntry(int function, int index, int flags, int eax, int ebx, int ecx, int edx) {
  /** The leaf answers by ECX too. */
  public static final int FLAG_SIGNIFICANT_INDEX = Host.KVM_CPUID_FLAG_SIGNIFCANT_INDEX();

  static CpuidEntry read(MemorySegment e) {
    return new CpuidEntry(get32(e, kvm_cpuid_entry2.function), get32(e, kvm_cpuid_entry2.index),
        get32(e, kvm_cpuid_entry2.flags), get32(e, kvm_cpuid_entry2.eax), get32(e, kvm_cpuid_entry2.ebx),
        get32(e, kvm_cpuid_entry2.ecx), get32(e, kvm_cpuid_entry2.edx));
  }

  void write(MemorySegment e) {
    set32(e, kvm_cpuid_entry2.function, function);
    set32(e, kvm_cpuid_entry2.index, index);
    set32(e, kvm_cpuid_entry2.flags, flags);
    set32(e, kvm_cpuid_entry2.eax, eax);
    set32(e, kvm_cpuid_entry2.ebx, ebx);
    set32(e, kvm_cpuid_entry2.ecx, ecx);
    set32(e, kvm_cpuid_entry2.edx, edx);
  }
}
