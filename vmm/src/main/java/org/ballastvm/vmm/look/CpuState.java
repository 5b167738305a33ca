package org.ballastvm.vmm.look;

import org.ballastvm.kvm.DebugRegisters;
import org.ballastvm.kvm.FloatingPoint;
import org.ballastvm.kvm.MpState;
import org.ballastvm.kvm.Registers;
import org.ballastvm.kvm.SpecialRegisters;
import org.ballastvm.kvm.Vcpu;
import org.ballastvm.kvm.VcpuRegisters;
import org.ballastvm.vmm.machine.Machine;

/**
 * The registers of a vCPU at one moment between two instructions.
 *
 * @param general general registers
 * @param special segment and control registers
 * @param debug debug registers
 * @param floating x87 and SSE
 * @param halted whether it waits for an interrupt, or to be started
 */
public record CpuState(Registers general, SpecialRegisters special, DebugRegisters debug, FloatingPoint floating,
    boolean halted) {
  private static final long PROTECTED = 1;
  private static final long PAGING = 1L << 31;
  private static final long LONG_MODE_ACTIVE = 1 << 10;

  /**
   * The registers now.
   *
   * @param vm the machine
   * @param index of the vCPU, from 0
   * @return those of that vCPU
   */
  public static CpuState of(Machine vm, int index) {
    CpuState[] state = new CpuState[1];
    vm.whileVcpusAreOut(() -> state[0] = read(vm.vcpus().get(index).vcpu()));
    return state[0];
  }

  /**
   * The registers of a vCPU that is not in the guest.
   *
   * @param vcpu it
   * @return its registers
   */
  static CpuState read(Vcpu vcpu) {
    VcpuRegisters registers = vcpu.registers();
    MpState does = registers.getMpState();
    return new CpuState(registers.getGeneral(), registers.getSpecial(), registers.getDebug(), registers.getFpu(),
        does == MpState.HALTED || does == MpState.UNINITIALIZED);
  }

  /** {@return whether segments have descriptors} */
  public boolean isProtected() {
    return (special.cr0() & PROTECTED) != 0;
  }

  /** {@return whether addresses go through page tables} */
  public boolean isPaging() {
    return (special.cr0() & PAGING) != 0;
  }

  /** {@return whether long mode is active} */
  public boolean isLongMode() {
    return (special.efer() & LONG_MODE_ACTIVE) != 0;
  }

  /** {@return whether it executes 64-bit code} */
  public boolean is64Bit() {
    return isLongMode() && special.cs().l() != 0;
  }
}
