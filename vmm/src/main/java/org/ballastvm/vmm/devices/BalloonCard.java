package org.ballastvm.vmm.devices;

import java.util.List;
import java.util.function.Supplier;
import org.ballastvm.virtio.balloon.BalloonDevice;
import org.ballastvm.virtio.pci.VirtioPciFunction;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.policy.AutoBalloon;
import org.ballastvm.vmm.qom.Property;

/** A balloon in its slot, with its automatic mode, which is made when somebody first asks for it. */
public final class BalloonCard extends VirtioCard {
  private final DeviceConfig.Balloon config;
  private final BalloonDevice balloon;
  private final Supplier<AutoBalloon> maker;
  /** Read by vCPUs. */
  private volatile AutoBalloon auto;

  BalloonCard(DeviceConfig.Balloon config, String path, BalloonDevice balloon, VirtioPciFunction transport,
      Supplier<AutoBalloon> maker) {
    super("virtio-balloon", path, transport);
    this.config = config;
    this.balloon = balloon;
    this.maker = maker;
  }

  /** {@return the device} */
  public BalloonDevice balloon() { return balloon; }

  /** {@return its automatic mode; belongs to the event loop} */
  public AutoBalloon auto() {
    if (auto == null) {
      auto = maker.get();
    }
    return auto;
  }

  /** The driver has said how large its balloon is. On any thread. */
  void guestSays(long pageCount) {
    AutoBalloon now = auto;
    if (now != null) {
      now.guestSays(pageCount);
    }
  }

  @Override
  List<Property> properties() { return BalloonProperties.of(config, balloon, auto()); }

  @Override
  public void plugged() {
    if (config.auto().on()) {
      auto().switchOn();
    }
  }

  @Override
  public void close() {
    if (auto != null) {
      auto.close();
    }
    super.close();
  }
}
