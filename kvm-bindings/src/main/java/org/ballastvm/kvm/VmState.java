package org.ballastvm.kvm;

import java.util.Optional;

/**
 * What KVM holds of a VM besides its memory and its vCPUs, as data. The interrupt controllers are in the kernel's own
 * layout: it has more than their registers, such as which edge was seen last.
 *
 * @param picMaster interrupts 0 to 7
 * @param picSlave interrupts 8 to 15
 * @param ioApic the I/O APIC
 * @param pit the timer, if the VM has one
 * @param clockNanos what the guest's kvmclock shows
 */
public record VmState(OpaqueState picMaster, OpaqueState picSlave, OpaqueState ioApic, Optional<PitState> pit,
    long clockNanos) {
  /**
   * The state of a VM none of whose vCPUs is in the guest. The clock is read first, so that it stands as near as may be to
   * where the vCPUs stopped.
   *
   * @param vm the VM
   * @return its state
   * @throws HostError naming the part that the host refuses
   */
  public static VmState of(KvmVm vm) {
    VmChips chips = vm.chips();
    long clockNanos = chips.getClockNanos();
    return new VmState(chips.getInterruptChip(GsiRoute.Chip.PIC_MASTER),
        chips.getInterruptChip(GsiRoute.Chip.PIC_SLAVE), chips.getInterruptChip(GsiRoute.Chip.IOAPIC), pit(chips),
        clockNanos);
  }

  private static Optional<PitState> pit(VmChips chips) {
    try {
      return Optional.of(chips.getPit());
    } catch (HostError e) {
      if (e.errno().equals(Errno.ENXIO)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /**
   * Puts the state into a VM with the same chips, after that of its {@link VcpuState vCPUs}: what waits in the I/O APIC goes
   * to their LAPICs at once, and a TSC that is set moves the clock. The guest's clock and its timer go on when the VM does.
   *
   * @param vm the VM; none of its vCPUs is in the guest
   * @throws HostError naming the part that the host refuses
   */
  public void apply(KvmVm vm) {
    VmChips chips = vm.chips();
    chips.setInterruptChip(GsiRoute.Chip.PIC_MASTER, picMaster);
    chips.setInterruptChip(GsiRoute.Chip.PIC_SLAVE, picSlave);
    chips.setInterruptChip(GsiRoute.Chip.IOAPIC, ioApic);
    pit.ifPresent(chips::setPit);
    chips.setClockNanos(clockNanos);
  }
}
