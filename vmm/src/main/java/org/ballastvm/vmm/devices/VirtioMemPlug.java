package org.ballastvm.vmm.devices;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.ballastvm.virtio.DeviceEvent;
import org.ballastvm.virtio.EventLimiter;
import org.ballastvm.virtio.EventSink;
import org.ballastvm.virtio.mem.MemConfig;
import org.ballastvm.virtio.mem.MemDevice;
import org.ballastvm.virtio.pci.VirtioPciFunction;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.event.MachineEvent;
import org.ballastvm.vmm.loop.LoopTurns;
import org.ballastvm.vmm.loop.MachineEvents;
import org.ballastvm.vmm.memory.MemoryBackend;
import org.ballastvm.vmm.memory.MemoryObjects;
import org.ballastvm.vmm.memory.PluggableRange;
import org.ballastvm.vmm.state.Log;

/** {@code virtio-mem-pci}. */
final class VirtioMemPlug extends PciPlug<DeviceConfig.Mem> {
  private static final Path HUGE_PAGE_SIZE = Path.of("/sys/kernel/mm/transparent_hugepage/hpage_pmd_size");
  private static final long USUAL_HUGE_PAGE_BYTES = 2L << 20;
  private static final long MOST_HUGE_PAGE_BYTES = 16L << 20;

  VirtioMemPlug() { super(DeviceConfig.Mem.class); }

  @Override
  PciCard make(DeviceConfig.Mem config, String path, DeviceBuses buses) {
    Site site = buses.site();
    site.memory().numa().requireNode(config.node());
    MemoryObjects objects = site.memory().objects().memory();
    MemoryBackend backend = objects.claim(config.memdev(), config.inWords());
    try {
      return make(config, path, buses, backend);
    } catch (RuntimeException e) {
      objects.release(config.memdev());
      throw e;
    }
  }

  private static VirtioMemory make(DeviceConfig.Mem config, String path, DeviceBuses buses, MemoryBackend backend) {
    Site site = buses.site();
    MachineMemory memory = site.memory();
    long page = backend.pageSizeBytes();
    long block = config.blockBytes().orElseGet(() -> Math.max(page, hugePageBytes()));
    requireFitting(config, backend, block);
    PluggableRange range = memory.ram().devices().claim(config.driver(), config.id().orElse(""), backend,
        config.address(), Math.max(block, page), config.prealloc(), site.machine());
    try {
      if (block < hugePageBytes()) {
        backend.avoidHugePages();
      }
      backend.discard(0, range.sizeBytes()); // A file may hold something from before.
      Events events = new Events(config.id(), site.events());
      EventSink limited = new EventLimiter(events);
      range.takeTurns(new LoopTurns(site.loop()),
          error -> limited.accept(new DeviceEvent.HostRefusal("virtio-mem", error.getMessage())));
      MemDevice device = new MemDevice(new MemConfig(range.base(), range.sizeBytes(), block, config.node(),
          memory.numa().isPresent(), config.inaccessible(), config.requestedBytes()), range, events);
      VirtioPciFunction transport = new VirtioPciFunction(device, memory.ram(), events);
      VirtioMemory card = new VirtioMemory(config, path, transport, device, range, site);
      events.belongTo(card);
      return card;
    } catch (RuntimeException e) {
      memory.ram().devices().release(range);
      throw e;
    }
  }

  private static void requireFitting(DeviceConfig.Mem config, MemoryBackend backend, long block) {
    if (backend.config().common().prealloc()) {
      throw new UserError("'memdev' property specifies a memdev with preallocation enabled: " + config.memdev()
          + ". Instead, specify 'prealloc=on' for the virtio-mem device.");
    }
    if (block < backend.pageSizeBytes()) {
      throw new UserError("'block-size' property has to be at least the page size (0x"
          + Long.toHexString(backend.pageSizeBytes()) + ")");
    }
    VirtioMemory.requireSize(config.requestedBytes(), backend.config().sizeBytes(), block);
  }

  /** The host's transparent huge page: a smaller block would split it, a larger one would be coarse for nothing. */
  private static long hugePageBytes() {
    try {
      long bytes = Long.parseLong(Files.readString(HUGE_PAGE_SIZE).strip());
      return Long.bitCount(bytes) == 1 && bytes >= MemConfig.LEAST_BLOCK_BYTES && bytes <= MOST_HUGE_PAGE_BYTES
          ? bytes
          : USUAL_HUGE_PAGE_BYTES;
    } catch (IOException | NumberFormatException e) {
      return USUAL_HUGE_PAGE_BYTES; // A host without them; blocks need a size all the same.
    }
  }

  /** What a virtio-mem device reports. Under its transport's lock. */
  private static final class Events implements EventSink {
    private final EventSink log;
    private final MachineEvents monitors;
    /** Set before there is a guest. */
    private VirtioMemory card;
    private MachineEvents.Notice sizeChanged;

    Events(Optional<String> id, MachineEvents monitors) {
      this.log = new DeviceLog(id);
      this.monitors = monitors;
    }

    void belongTo(VirtioMemory made) {
      card = made;
      sizeChanged = monitors.notice(
          () -> new MachineEvent.MemoryDeviceSizeChange(made.id(), made.device().pluggedBytes(), made.path()));
    }

    /** A guest plugs block by block: the size is looked up when the event is emitted, not for each of them. */
    @Override
    public void accept(DeviceEvent event) {
      if (event instanceof DeviceEvent.MemorySizeChanged changed) {
        Log.of(VirtioMemPlug.class).debug("{}: plugged: {} bytes", card.name(), changed.sizeBytes());
        card.sizeChanged();
        sizeChanged.happened();
      } else {
        log.accept(event);
      }
    }
  }
}
