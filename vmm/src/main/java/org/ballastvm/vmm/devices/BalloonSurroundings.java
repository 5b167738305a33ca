package org.ballastvm.vmm.devices;

import org.ballastvm.virtio.balloon.BalloonDevice;
import org.ballastvm.vmm.event.MachineEvent;
import org.ballastvm.vmm.policy.AutoBalloon;
import org.ballastvm.vmm.policy.HostPressure;

/**
 * The machine, as a balloon's automatic mode sees it.
 *
 * @param buses its devices
 * @param sizes how much memory its guest has
 */
record BalloonSurroundings(DeviceBuses buses, MemorySizes sizes) implements AutoBalloon.Surroundings {
  @Override
  public boolean has(BalloonDevice balloon) {
    return buses.pci().card(BalloonCard.class).filter(card -> card.balloon() == balloon).isPresent();
  }

  @Override
  public long sizeBytes() { return sizes.baseAndDimmBytes(); }

  @Override
  public long pluggedBytes() { return sizes.blockBytes(); }

  @Override
  public boolean isRunning() { return buses.site().machine().isRunning(); }

  @Override
  public HostPressure pressure() { return HostPressure.read(HostPressure.FILE); }

  @Override
  public void emit(MachineEvent.BalloonAuto event) { buses.site().events().emit(event); }
}
