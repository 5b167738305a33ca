package org.ballastvm.kvm;

import static org.ballastvm.kvm.Fields.get32;
import static org.ballastvm.kvm.Fields.get64;
import static org.ballastvm.kvm.Fields.get8;
import static org.ballastvm.kvm.Fields.set32;
import static org.ballastvm.kvm.Fields.set64;
import static org.ballastvm.kvm.Fields.set8;

import java.lang.foreign.MemorySegment;
import org.ballastvm.kvm.generated.Offsets.kvm_vcpu_events;

/**
 * What a vCPU is about to take, or holds back: {@code struct kvm_vcpu_events}, asm/kvm.h. An event is pending until the
 * processor accepts it, and injected from then until its handler has begun.
 *
 * @param exception an exception
 * @param interrupt an interrupt that has left the interrupt controllers
 * @param nmi non-maskable interrupts
 * @param smi system management
 * @param sipiVector the page where INIT and SIPI have it start; KVM reports 0
 * @param tripleFault whether it is about to shut down
 * @param flags which of the fields the kernel takes note of: {@code KVM_VCPUEVENT_VALID_*}
 */
public record VcpuEvents(PendingException exception, Interrupt interrupt, Nmi nmi, Smi smi, int sipiVector,
    boolean tripleFault, int flags) {

  /**
   * An exception.
   *
   * @param injected whether it is being delivered
   * @param pending whether it waits; with {@code KVM_CAP_EXCEPTION_PAYLOAD} alone apart from {@code injected}
   * @param vector 0 to 31
   * @param hasErrorCode whether an error code belongs to it
   * @param errorCode the error code, or 0
   * @param hasPayload whether CR2 or DR6 is still to be set
   * @param payload what to, or 0
   */
  public record PendingException(boolean injected, boolean pending, int vector, boolean hasErrorCode, int errorCode,
      boolean hasPayload, long payload) {}

  /**
   * An interrupt.
   *
   * @param injected whether it is being delivered
   * @param vector 0 to 255
   * @param soft whether an instruction (INT n) caused it
   * @param shadow whether the instruction before (STI, MOV SS) holds interrupts back: {@code KVM_X86_SHADOW_INT_*}
   */
  public record Interrupt(boolean injected, int vector, boolean soft, int shadow) {}

  /**
   * Non-maskable interrupts.
   *
   * @param injected whether one is being delivered
   * @param pending how many wait, 0 to 2
   * @param masked whether the handler of one still runs
   */
  public record Nmi(boolean injected, int pending, boolean masked) {}

  /**
   * System management.
   *
   * @param inside whether the vCPU is in system-management mode
   * @param pending whether a system-management interrupt waits
   * @param insideNmi whether the mode was entered from the handler of an NMI
   * @param latchedInit whether an INIT waits for the mode to end
   */
  public record Smi(boolean inside, boolean pending, boolean insideNmi, boolean latchedInit) {}

  static VcpuEvents read(MemorySegment e) {
    PendingException exception = new PendingException(flag(e, kvm_vcpu_events.exception_.injected),
        flag(e, kvm_vcpu_events.exception_.pending), unsigned(e, kvm_vcpu_events.exception_.nr),
        flag(e, kvm_vcpu_events.exception_.has_error_code), get32(e, kvm_vcpu_events.exception_.error_code),
        flag(e, kvm_vcpu_events.exception_has_payload), get64(e, kvm_vcpu_events.exception_payload));
    Interrupt interrupt = new Interrupt(flag(e, kvm_vcpu_events.interrupt_.injected),
        unsigned(e, kvm_vcpu_events.interrupt_.nr), flag(e, kvm_vcpu_events.interrupt_.soft),
        unsigned(e, kvm_vcpu_events.interrupt_.shadow));
    Nmi nmi = new Nmi(flag(e, kvm_vcpu_events.nmi_.injected), unsigned(e, kvm_vcpu_events.nmi_.pending),
        flag(e, kvm_vcpu_events.nmi_.masked));
    Smi smi = new Smi(flag(e, kvm_vcpu_events.smi_.smm), flag(e, kvm_vcpu_events.smi_.pending),
        flag(e, kvm_vcpu_events.smi_.smm_inside_nmi), flag(e, kvm_vcpu_events.smi_.latched_init));
    return new VcpuEvents(exception, interrupt, nmi, smi, get32(e, kvm_vcpu_events.sipi_vector),
        flag(e, kvm_vcpu_events.triple_fault_.pending), get32(e, kvm_vcpu_events.flags));
  }

  void write(MemorySegment e) {
    put(e, kvm_vcpu_events.exception_.injected, exception.injected);
    put(e, kvm_vcpu_events.exception_.pending, exception.pending);
    set8(e, kvm_vcpu_events.exception_.nr, (byte) exception.vector);
    put(e, kvm_vcpu_events.exception_.has_error_code, exception.hasErrorCode);
    set32(e, kvm_vcpu_events.exception_.error_code, exception.errorCode);
    put(e, kvm_vcpu_events.exception_has_payload, exception.hasPayload);
    set64(e, kvm_vcpu_events.exception_payload, exception.payload);
    put(e, kvm_vcpu_events.interrupt_.injected, interrupt.injected);
    set8(e, kvm_vcpu_events.interrupt_.nr, (byte) interrupt.vector);
    put(e, kvm_vcpu_events.interrupt_.soft, interrupt.soft);
    set8(e, kvm_vcpu_events.interrupt_.shadow, (byte) interrupt.shadow);
    put(e, kvm_vcpu_events.nmi_.injected, nmi.injected);
    set8(e, kvm_vcpu_events.nmi_.pending, (byte) nmi.pending);
    put(e, kvm_vcpu_events.nmi_.masked, nmi.masked);
    put(e, kvm_vcpu_events.smi_.smm, smi.inside);
    put(e, kvm_vcpu_events.smi_.pending, smi.pending);
    put(e, kvm_vcpu_events.smi_.smm_inside_nmi, smi.insideNmi);
    put(e, kvm_vcpu_events.smi_.latched_init, smi.latchedInit);
    set32(e, kvm_vcpu_events.sipi_vector, sipiVector);
    put(e, kvm_vcpu_events.triple_fault_.pending, tripleFault);
    set32(e, kvm_vcpu_events.flags, flags);
  }

  private static boolean flag(MemorySegment e, long offset) { return get8(e, offset) != 0; }

  private static int unsigned(MemorySegment e, long offset) { return get8(e, offset) & 0xff; }

  private static void put(MemorySegment e, long offset, boolean value) { set8(e, offset, (byte) (value ? 1 : 0)); }
}
