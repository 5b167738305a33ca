package org.ballastvm.kvm;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * What KVM holds of a vCPU besides its CPUID, as data: taken from one by {@link #of}, put into another by {@link #apply}.
 * The XSAVE area and the LAPIC's page are bytes, because their layouts are the processor's.
 *
 * @param mpState what it does when it is run
 * @param events what it is about to take
 * @param general the general registers
 * @param special the segment and control registers
 * @param pagePointers the page-directory pointers of 32-bit paging with PAE; none otherwise
 * @param debug the debug registers
 * @param xcrs the extended control registers by number
 * @param xsave the x87, vector and tile registers
 * @param lapic the LAPIC's page
 * @param tscKhz the frequency of the time-stamp counter; its value is among the MSRs
 * @param msrs the model-specific registers by number
 */
public record VcpuState(MpState mpState, VcpuEvents events, Registers general, SpecialRegisters special,
    List<Long> pagePointers, DebugRegisters debug, Map<Integer, Long> xcrs, OpaqueState xsave, OpaqueState lapic,
    int tscKhz, Map<Integer, Long> msrs) {
  /** IA32_TSC_DEADLINE, Intel SDM volume 4, table 2-2. */
  private static final int TSC_DEADLINE = 0x6e0;

  /** State that nobody changes. */
  public VcpuState {
    pagePointers = List.copyOf(pagePointers);
    xcrs = Map.copyOf(xcrs);
    msrs = Map.copyOf(msrs);
  }

  /**
   * The state of a vCPU that is not in the guest, and whose last run was ended by a kick: KVM finishes an instruction that
   * had an exit when the vCPU is run the next time, which a kick makes as short as that.
   *
   * @param vcpu the vCPU
   * @param msrs {@link Kvm#savedMsrs() which MSRs} it may have
   * @return its state
   * @throws HostError naming the part that the host refuses
   */
  public static VcpuState of(Vcpu vcpu, List<Integer> msrs) {
    VcpuRegisters r = vcpu.registers();
    // First, for an INIT or a SIPI that waits takes effect now, and changes registers. Second, for an exception that waits
    // may be made to set CR2 or DR6 now (kvm_handle_exception_payload_quirk, arch/x86/kvm/x86.c).
    MpState mpState = r.getMpState();
    VcpuEvents events = r.getEvents();
    return new VcpuState(mpState, events, r.getGeneral(), r.getSpecial(), r.getPagePointers(), r.getDebug(),
        r.getXcrs(), r.getXsave(), r.getLapic(), vcpu.msrs().getTscKhz(), vcpu.msrs().getKnown(msrs));
  }

  /**
   * Puts the state into a vCPU, of whatever VM, that was given the CPUID of the one it was taken from, and did not run yet.
   * The guest's memory is in place before: KVM writes the guest's clock to it.
   *
   * @param vcpu the vCPU
   * @throws HostError naming the part that the host refuses
   */
  public void apply(Vcpu vcpu) {
    VcpuRegisters r = vcpu.registers();
    r.setGeneral(general);
    if (pagePointers.isEmpty()) {
      r.setSpecial(special);
    } else {
      r.setSpecial(special, pagePointers);
    }
    r.setXcrs(xcrs);
    r.setXsave(xsave);
    r.setDebug(debug);
    // The special registers have the LAPIC's mode, which its page is read by.
    r.setLapic(lapic);
    vcpu.msrs().setTscKhz(tscKhz);
    // A counter less than a second from the one of the fresh vCPU counts as that, so that all vCPUs of a VM agree: KVM looks
    // for such writes (kvm_synchronize_tsc, arch/x86/kvm/x86.c).
    vcpu.msrs().restore(msrsInOrder());
    // The general registers drop a pending exception, and the special ones an interrupt.
    r.setEvents(events);
    r.setMpState(mpState);
  }

  /** The deadline of the LAPIC's timer counts where the timer's mode is set, and by the counter: it is the last. */
  private List<Map.Entry<Integer, Long>> msrsInOrder() {
    List<Map.Entry<Integer, Long>> entries = new ArrayList<>(msrs.entrySet());
    entries.sort(Comparator.comparing((Map.Entry<Integer, Long> entry) -> entry.getKey() == TSC_DEADLINE)
        .thenComparing(Map.Entry::getKey, Integer::compareUnsigned));
    return entries;
  }
}
