package org.ballastvm.kvm;

import org.ballastvm.kvm.generated.Host;

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
}
