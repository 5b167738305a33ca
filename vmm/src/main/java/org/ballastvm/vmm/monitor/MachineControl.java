package org.ballastvm.vmm.monitor;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.ballastvm.virtio.BalloonDevice;
import org.ballastvm.vmm.RunState;
import org.ballastvm.vmm.bus.AddressBus;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.machine.PlacedDevice;
import org.ballastvm.vmm.memory.GuestLayout;
import org.ballastvm.vmm.pci.PciBus;

/** A machine, as its monitors see it. */
record MachineControl(Machine machine) implements VmControl {
  @Override
  public RunState state() { return machine.state(); }

  @Override
  public boolean ended() { return machine.end().isDone(); }

  @Override
  public void pause() { machine.pause(); }

  @Override
  public void resume() { machine.resume(); }

  @Override
  public void reset() { machine.reset(); }

  @Override
  public void powerButton() { machine.powerButton(); }

  @Override
  public void quit() { machine.quit(); }

  @Override
  public long baseMemoryBytes() { return machine.config().memory().sizeBytes(); }

  @Override
  public Optional<Balloon> balloon() { return machine.balloon().map(DeviceBalloon::new); }

  @Override
  public List<Cpu> cpus() {
    return machine.vcpus().stream().map(vcpu -> new Cpu(vcpu.index(), vcpu.threadId())).toList();
  }

  @Override
  public List<PciPlace> pci() {
    PciBus bus = machine.parts().pci();
    return IntStream.range(0, PciBus.SLOTS).filter(slot -> bus.function(slot) != null)
        .mapToObj(slot -> new PciPlace(slot, idOf(slot), bus.function(slot))).toList();
  }

  private String idOf(int slot) { return machine.devices().inSlot(slot).flatMap(PlacedDevice::id).orElse(""); }

  @Override
  public List<GuestLayout.Range> ram() { return GuestLayout.of(machine.config().memory()).memory(); }

  @Override
  public AddressBus memory() { return machine.parts().memory(); }

  @Override
  public AddressBus ports() { return machine.parts().ports(); }

  private record DeviceBalloon(BalloonDevice device) implements Balloon {
    @Override
    public long actualPages() { return device.actualPages(); }

    @Override
    public void setTarget(long pages) { device.setTarget(pages); }
  }
}
