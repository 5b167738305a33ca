package org.ballastvm.kvm;

import static org.ballastvm.kvm.Fields.get64;
import static org.ballastvm.kvm.Fields.set32;
import static org.ballastvm.kvm.Fields.set64;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.ballastvm.kvm.generated.Host;
import org.ballastvm.kvm.generated.Offsets.kvm_clock_data;
import org.ballastvm.kvm.generated.Offsets.kvm_irqchip;
import org.ballastvm.kvm.generated.Offsets.kvm_pit_state2;

/**
 * What a VM's in-kernel devices hold, part by part; {@link VmState} has all of it at once. Safe for several threads. Each
 * method throws {@link HostError} for what the host refuses.
 */
public final class VmChips {
  private final KvmFile file;

  VmChips(KvmFile file) { this.file = file; }

  /** {@return the I/O APIC, KVM_GET_IRQCHIP} */
  public IoApic getIoApic() {
    try (Arena arena = Arena.ofConfined()) {
      return IoApic.read(chip(arena, GsiRoute.Chip.IOAPIC), kvm_irqchip.chip);
    }
  }

  /**
   * KVM_GET_IRQCHIP.
   *
   * @param chip which of the interrupt controllers
   * @return all that it holds, in the kernel's layout, which differs from the registers that a guest sees
   * @throws HostError ENXIO for a VM without controllers
   */
  public OpaqueState getInterruptChip(GsiRoute.Chip chip) {
    try (Arena arena = Arena.ofConfined()) {
      return OpaqueState.read(chip(arena, chip).asSlice(kvm_irqchip.chip));
    }
  }

  /**
   * KVM_SET_IRQCHIP. What an I/O APIC has not delivered yet, it delivers to the LAPICs as they are now.
   *
   * @param chip which of the interrupt controllers
   * @param state what {@link #getInterruptChip} returned
   */
  public void setInterruptChip(GsiRoute.Chip chip, OpaqueState state) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment all = arena.allocate(kvm_irqchip.SIZE, 8);
      set32(all, kvm_irqchip.chip_id, chip.id);
      state.write(all.asSlice(kvm_irqchip.chip));
      file.ioctl(Host.KVM_SET_IRQCHIP(), all, "KVM_SET_IRQCHIP " + chip);
    }
  }

  private MemorySegment chip(Arena arena, GsiRoute.Chip chip) {
    MemorySegment all = arena.allocate(kvm_irqchip.SIZE, 8);
    set32(all, kvm_irqchip.chip_id, chip.id);
    file.ioctl(Host.KVM_GET_IRQCHIP(), all, "KVM_GET_IRQCHIP " + chip);
    return all;
  }

  /**
   * KVM_GET_PIT2.
   *
   * @return the timer
   * @throws HostError ENXIO for a VM without one
   */
  public PitState getPit() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment pit = arena.allocate(kvm_pit_state2.SIZE, 8);
      file.ioctl(Host.KVM_GET_PIT2(), pit, "KVM_GET_PIT2");
      return PitState.read(pit);
    }
  }

  /**
   * KVM_SET_PIT2. Each channel begins its period again.
   *
   * @param value the timer
   */
  public void setPit(PitState value) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment pit = arena.allocate(kvm_pit_state2.SIZE, 8);
      value.write(pit);
      file.ioctl(Host.KVM_SET_PIT2(), pit, "KVM_SET_PIT2");
    }
  }

  /** {@return what the guest's kvmclock shows, in nanoseconds, KVM_GET_CLOCK} */
  public long getClockNanos() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment clock = arena.allocate(kvm_clock_data.SIZE, 8);
      file.ioctl(Host.KVM_GET_CLOCK(), clock, "KVM_GET_CLOCK");
      return get64(clock, kvm_clock_data.clock);
    }
  }

  /**
   * KVM_SET_CLOCK. The clock goes on from there, whatever time has passed for the host.
   *
   * @param nanos what the guest's kvmclock shows
   */
  public void setClockNanos(long nanos) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment clock = arena.allocate(kvm_clock_data.SIZE, 8);
      set64(clock, kvm_clock_data.clock, nanos);
      file.ioctl(Host.KVM_SET_CLOCK(), clock, "KVM_SET_CLOCK to " + nanos + " ns");
    }
  }
}
