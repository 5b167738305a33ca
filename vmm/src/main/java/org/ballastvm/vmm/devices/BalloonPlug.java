package org.ballastvm.vmm.devices;

import java.util.Optional;
import org.ballastvm.virtio.DeviceEvent;
import org.ballastvm.virtio.EventSink;
import org.ballastvm.virtio.UnwrittenMemory;
import org.ballastvm.virtio.balloon.BalloonDevice;
import org.ballastvm.virtio.pci.VirtioPciFunction;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.event.MachineEvent;
import org.ballastvm.vmm.loop.LoopClock;
import org.ballastvm.vmm.loop.LoopTurns;
import org.ballastvm.vmm.loop.MachineEvents;
import org.ballastvm.vmm.loop.Turns;
import org.ballastvm.vmm.memory.UnwrittenPages;
import org.ballastvm.vmm.policy.AutoBalloon;
import org.ballastvm.vmm.trace.BalloonTracer;

/** {@code virtio-balloon-pci}. */
final class BalloonPlug extends PciPlug<DeviceConfig.Balloon> {
  BalloonPlug() { super(DeviceConfig.Balloon.class); }

  @Override
  PciCard make(DeviceConfig.Balloon config, String path, DeviceBuses buses) {
    if (buses.pci().card(BalloonCard.class).isPresent()) {
      throw new UserError("Only one balloon device is supported");
    }
    Site site = buses.site();
    MemorySizes sizes = new MemorySizes(buses);
    Events events = new Events(config.id(), site.events(), sizes);
    BalloonDevice balloon = new BalloonDevice(config.properties(), site.memory().ram(), unwritten(config, site),
        new LoopClock(site.loop()), events);
    VirtioPciFunction transport = new VirtioPciFunction(balloon, site.memory().ram(), events);
    balloon.watch(new BalloonTracer(config.id()));
    BalloonCard card = new BalloonCard(config, path, balloon, transport,
        () -> new AutoBalloon(site.loop(), balloon, config.auto(), new BalloonSurroundings(buses, sizes)));
    events.card = card;
    return card;
  }

  private static Optional<UnwrittenMemory> unwritten(DeviceConfig.Balloon config, Site site) {
    IoThreads threads = site.memory().objects().threads();
    if (!config.freePageHint()) {
      config.iothread().ifPresent(threads::require);
      return Optional.empty();
    }
    Turns turns = config.iothread()
        .map(id -> threads.use(id, config.inWords()))
        .orElseGet(() -> new LoopTurns(site.loop()));
    return Optional.of(new UnwrittenPages(site.memory().ram(), site.machine(), turns, site.loop()::post));
  }

  /** What a balloon reports; its guest can change its size at each list of pages, which must not cost the vCPU much. */
  private static final class Events implements EventSink {
    private final EventSink log;
    private final MachineEvents monitors;
    private final MachineEvents.Notice changed;
    /** Set before there is a guest. */
    private BalloonCard card;

    Events(Optional<String> id, MachineEvents monitors, MemorySizes sizes) {
      this.log = new DeviceLog(id);
      this.monitors = monitors;
      this.changed = monitors.notice(() -> new MachineEvent.BalloonChange(sizes.balloonedBytes()));
    }

    @Override
    public void accept(DeviceEvent event) {
      if (event instanceof DeviceEvent.BalloonChanged change) {
        card.guestSays(change.pageCount());
        changed.happened();
      } else if (event instanceof DeviceEvent.HintRunEnded ended) {
        monitors.emit(MachineEvent.BalloonHintCompleted.of(ended.run()));
      } else {
        log.accept(event);
      }
    }
  }
}
