package org.ballastvm.vmm.machine;

import java.util.Optional;
import org.ballastvm.kvm.Vcpu;
import org.ballastvm.vmm.board.KvmBoard;
import org.ballastvm.vmm.boot.CpuStart;
import org.ballastvm.vmm.cpu.CpuTopology;
import org.ballastvm.vmm.cpu.GuestCpuid;

/**
 * What all vCPUs of a machine are made by.
 *
 * @param topology their numbers
 * @param cpuid what CPUID answers on them
 * @param watcher what an exit can mean for the whole machine
 */
record Processors(CpuTopology topology, GuestCpuid cpuid, VcpuThread.Watcher watcher) {
  /**
   * Creates a vCPU as firmware would leave it.
   *
   * @param board the VM
   * @param index which, from 0
   * @param start where the guest begins; empty for one that another starts
   */
  Vcpu create(KvmBoard board, int index, Optional<CpuStart> start) {
    Vcpu vcpu = board.createVcpu(topology.apicId(index));
    try {
      vcpu.setCpuid(cpuid.forVcpu(index));
      VcpuReset.apply(vcpu);
      if (start.isPresent()) {
        vcpu.registers().setSpecial(start.get().specialRegisters(vcpu.registers().getSpecial().apicBase()));
        vcpu.registers().setGeneral(start.get().registers());
      }
      return vcpu;
    } catch (RuntimeException e) {
      vcpu.close();
      throw e;
    }
  }
}
