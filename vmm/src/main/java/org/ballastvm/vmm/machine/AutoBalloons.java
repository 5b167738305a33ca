package org.ballastvm.vmm.machine;

import java.util.Optional;
import org.ballastvm.virtio.balloon.BalloonDevice;
import org.ballastvm.vmm.RunState;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.event.EventLoop;
import org.ballastvm.vmm.event.MachineEvent;
import org.ballastvm.vmm.policy.AutoBalloon;
import org.ballastvm.vmm.policy.HostPressure;

/** The automatic mode of whatever balloon there is: made when it is first asked for, gone with its balloon. */
final class AutoBalloons implements AutoCloseable {
  private final Machine vm;
  private final EventLoop loop;
  /** Read by vCPUs. */
  private volatile AutoBalloon present;

  AutoBalloons(Machine vm, EventLoop loop) {
    this.vm = vm;
    this.loop = loop;
  }

  /** Starts it for those balloons that are to have it from the start. */
  void begin(DeviceConfig config) {
    if (config instanceof DeviceConfig.Balloon balloon && balloon.auto().on()) {
      present().orElseThrow().switchOn();
    }
  }

  /** That of the balloon, if there is one. */
  Optional<AutoBalloon> present() {
    for (PlacedDevice device : vm.devices().all()) {
      if (device.config() instanceof DeviceConfig.Balloon config) {
        return Optional.of(of((BalloonDevice) device.virtio().orElseThrow(), config));
      }
    }
    return Optional.empty();
  }

  private AutoBalloon of(BalloonDevice balloon, DeviceConfig.Balloon config) {
    if (present == null || present.balloon() != balloon) {
      close();
      present = new AutoBalloon(loop, balloon, config.auto(), new Around());
    }
    return present;
  }

  /** A driver has said how large its balloon is. */
  void guestSays(long pages) {
    AutoBalloon now = present;
    if (now != null) {
      now.guestSays(pages);
    }
  }

  @Override
  public void close() {
    if (present != null) {
      present.close();
      present = null;
    }
  }

  /** The machine, as a policy sees it. */
  private final class Around implements AutoBalloon.Surroundings {
    @Override
    public boolean has(BalloonDevice balloon) { return vm.balloon().filter(balloon::equals).isPresent(); }

    @Override
    public long sizeBytes() { return vm.memorySizeBytes(); }

    @Override
    public long pluggedBytes() {
      return vm.devices().blockMemories().stream().mapToLong(memory -> memory.plugged().device().pluggedBytes()).sum();
    }

    @Override
    public boolean isRunning() { return vm.state() == RunState.RUNNING; }

    @Override
    public HostPressure pressure() { return HostPressure.read(HostPressure.FILE); }

    @Override
    public void tell(MachineEvent.BalloonAuto event) { vm.events().publish(event); }
  }
}
