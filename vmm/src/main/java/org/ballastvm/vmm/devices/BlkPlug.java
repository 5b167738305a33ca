package org.ballastvm.vmm.devices;

import java.util.Locale;
import java.util.Optional;
import org.ballastvm.kvm.Errno;
import org.ballastvm.virtio.blk.BlkConfig;
import org.ballastvm.virtio.blk.BlkDevice;
import org.ballastvm.virtio.blk.BlkRequest;
import org.ballastvm.virtio.pci.VirtioPciFunction;
import org.ballastvm.vmm.block.AttachedDisk;
import org.ballastvm.vmm.block.BlockBackend;
import org.ballastvm.vmm.block.BlockBackend.IoStatus;
import org.ballastvm.vmm.block.BlockBackends;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.config.DriveConfig;
import org.ballastvm.vmm.config.ErrorPolicy;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.event.MachineEvent;
import org.ballastvm.vmm.loop.EventLoop;
import org.ballastvm.vmm.loop.MachineEvents;
import org.ballastvm.vmm.state.Log;
import org.ballastvm.vmm.state.Repeats;

/** {@code virtio-blk-pci}. */
final class BlkPlug extends PciPlug<DeviceConfig.Blk> {
  BlkPlug() { super(DeviceConfig.Blk.class); }

  @Override
  PciCard make(DeviceConfig.Blk config, String path, DeviceBuses buses) {
    Site site = buses.site();
    Optional<DriveConfig> foreign = site.disks().foreign().claim(config.drive());
    if (foreign.isPresent()) {
      return ForeignBlk.make(config, path, site, foreign.get());
    }
    IoThreads threads = site.memory().objects().threads();
    config.iothread().ifPresent(threads::require);
    BlockBackends backends = site.disks().backends();
    BlockBackend backend = backends.claim(config.drive(), config.shareRw());
    try {
      return make(config, path, site, backend);
    } catch (RuntimeException e) {
      backends.release(backend);
      throw e;
    }
  }

  private static PciCard make(DeviceConfig.Blk config, String path, Site site, BlockBackend backend) {
    DriveConfig.Use use = use(config, backend);
    BlkConfig offered = offered(config, backend, use, site.disks().processors());
    if (backend.alignmentBytes() > offered.logicalBlockBytes()) {
      throw new UserError("logical_block_size=" + offered.logicalBlockBytes() + ": the host's disk below "
          + backend.node().image().file() + " has blocks of " + backend.alignmentBytes()
          + " bytes, and its cache is passed by; give the device logical_block_size=" + backend.alignmentBytes()
          + ", or the drive cache=writeback");
    }
    IoThreads threads = site.memory().objects().threads();
    String user = "device " + config.id().orElse(path);
    EventLoop listener = config.iothread().map(id -> threads.hear(id, user))
        .orElseGet(() -> site.disks().threads().listener());
    Runnable left = () -> config.iothread().ifPresent(id -> threads.leave(id, user));
    AttachedDisk disk = attach(backend, use, site, listener, left);
    BlkDevice device = new BlkDevice(offered, disk.disk());
    VirtioPciFunction transport = new VirtioPciFunction(device, site.memory().ram(), new DeviceLog(config.id()));
    backend.attached(path, offered.writeCache(), device::resized);
    return new BlkCard(config, path, transport, disk, () -> {
      left.run();
      site.disks().backends().release(backend);
    });
  }

  private static AttachedDisk attach(BlockBackend backend, DriveConfig.Use use, Site site, EventLoop listener,
      Runnable left) {
    try {
      return new AttachedDisk(backend, use, site.memory().ram(), site.disks().threads(), listener,
          new Failures(backend, site));
    } catch (RuntimeException e) {
      left.run();
      throw e;
    }
  }

  private static DriveConfig.Use use(DeviceConfig.Blk config, BlockBackend backend) {
    DriveConfig.Use asked = backend.use();
    return new DriveConfig.Use(config.writeCache().orElse(asked.writeCache()),
        config.onWriteError().orElse(asked.onWriteError()), config.onReadError().orElse(asked.onReadError()),
        asked.bytesPerSecond(), asked.requestsPerSecond());
  }

  private static BlkConfig offered(DeviceConfig.Blk config, BlockBackend backend, DriveConfig.Use use, int processors) {
    BlkConfig asked = config.properties().withWriteCache(use.writeCache())
        .withReadOnly(backend.node().isReadOnly());
    return config.queueEachCpu() ? asked.withQueues(Math.min(processors, BlkConfig.MOST_QUEUES)) : asked;
  }

  /** What is done besides when the host fails. A guest can ask for what fails over and over. */
  private static final class Failures implements AttachedDisk.Failures {
    private final BlockBackend backend;
    private final Site site;
    private final Repeats repeats = new Repeats();
    private final MachineEvents.Notice goesOn;
    private volatile MachineEvent last;

    Failures(BlockBackend backend, Site site) {
      this.backend = backend;
      this.site = site;
      this.goesOn = site.events().notice(() -> last);
    }

    @Override
    public void failed(BlkRequest.Kind kind, ErrorPolicy action, Errno why) {
      log(kind, action, why);
      boolean full = why.equals(Errno.ENOSPC);
      if (action == ErrorPolicy.STOP) {
        backend.status(full ? IoStatus.NOSPACE : IoStatus.FAILED);
        site.events().emit(event(kind, MachineEvent.IoAction.STOP, Optional.of(full), why));
        site.machine().stopForIoError();
      } else {
        last = event(kind, action == ErrorPolicy.IGNORE ? MachineEvent.IoAction.IGNORE : MachineEvent.IoAction.REPORT,
            Optional.empty(), why);
        goesOn.happened();
      }
    }

    private MachineEvent event(BlkRequest.Kind kind, MachineEvent.IoAction action, Optional<Boolean> full, Errno why) {
      return new MachineEvent.BlockIoError(backend.id().orElse(""),
          Optional.of(backend.node().name()).filter(name -> backend.node().isNamed()),
          kind == BlkRequest.Kind.READ ? MachineEvent.IoOperation.READ : MachineEvent.IoOperation.WRITE, action, full,
          why.text());
    }

    private synchronized void log(BlkRequest.Kind kind, ErrorPolicy action, Errno why) {
      if (repeats.isLogged()) {
        Log.of(BlkPlug.class).error("disk {} on {}: {} failed: {} ({}); {}{}", backend.name(),
            backend.node().image().file(), kind.name().toLowerCase(Locale.ROOT), why.name(), why.text(),
            switch (action) {
              case STOP -> "the machine is stopped, and cont tries again";
              case IGNORE -> "the guest is answered as if it had been done";
              case REPORT, ENOSPC -> "the guest is answered with an error";
            }, repeats.words());
      }
    }
  }
}
