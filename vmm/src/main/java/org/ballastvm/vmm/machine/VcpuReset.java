package org.ballastvm.vmm.machine;

import java.util.Map;
import org.ballastvm.kvm.Errno;
import org.ballastvm.kvm.HostError;
import org.ballastvm.kvm.Vcpu;

/** What firmware would leave in the registers of a processor, where KVM's own start differs from it. */
final class VcpuReset {
  private static final int FPU_CONTROL = 0x37f;
  private static final int MXCSR = 0x1f80;
  private static final int LAPIC_LINT1 = 0x360;
  private static final int DELIVER_NMI = 0x400;
  /** IA32_MISC_ENABLE, Intel SDM volume 4, table 2-2. */
  private static final int MSR_MISC_ENABLE = 0x1a0;
  private static final long FAST_STRING = 1;
  /** IA32_MTRR_DEF_TYPE, Intel SDM volume 3, 12.11.2.1. */
  private static final int MSR_MTRR_DEFAULT_TYPE = 0x2ff;
  private static final long MTRRS_ON = 1 << 11;
  private static final long WRITE_BACK = 6;

  private VcpuReset() {}

  /** A vCPU's CPUID is set before: KVM refuses registers of features that it lacks. */
  static void apply(Vcpu vcpu) {
    vcpu.registers().setFpu(FPU_CONTROL, MXCSR);
    // KVM says in the same register what the processor lacks (BTS, PEBS).
    vcpu.msrs().set(Map.of(MSR_MISC_ENABLE, vcpu.msrs().get(MSR_MISC_ENABLE) | FAST_STRING));
    makeMemoryWriteBack(vcpu);
    vcpu.registers().setLapicRegisters(Map.of(LAPIC_LINT1, DELIVER_NMI));
  }

  /**
   * With the MTRRs off all memory is uncached by the letter. Linux up to 6.1 then does without PAT, and later ones map
   * what is no memory of theirs uncached. The fixed ranges stay off, so that one type holds for all of it.
   */
  private static void makeMemoryWriteBack(Vcpu vcpu) {
    try {
      vcpu.msrs().set(Map.of(MSR_MTRR_DEFAULT_TYPE, MTRRS_ON | WRITE_BACK));
    } catch (HostError e) {
      if (!e.errno().equals(Errno.EINVAL)) { // A processor without MTRRs.
        throw e;
      }
    }
  }
}
