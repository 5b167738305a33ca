package org.ballastvm.vmm.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.ballastvm.virtio.DeviceEvent;
import org.ballastvm.virtio.EventLimiter;
import org.ballastvm.virtio.EventSink;
import org.ballastvm.virtio.VirtioDevice;
import org.ballastvm.virtio.mem.MemConfig;
import org.ballastvm.virtio.mem.MemDevice;
import org.ballastvm.vmm.bus.AddressBus;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.config.NumaConfig;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.event.Turns;
import org.ballastvm.vmm.memory.DeviceMemory;
import org.ballastvm.vmm.memory.MemoryBackend;
import org.ballastvm.vmm.memory.MemoryObjects;
import org.ballastvm.vmm.memory.PluggableRange;
import org.ballastvm.vmm.memory.VcpuHold;

/** The virtio-mem devices of a machine, with their places and backends. On the event loop, or before it has started. */
public final class MemoryDevices {
  private static final Path HUGE_PAGE_SIZE = Path.of("/sys/kernel/mm/transparent_hugepage/hpage_pmd_size");
  private static final long USUAL_HUGE_PAGE_BYTES = 2L << 20;
  private static final long MOST_HUGE_PAGE_BYTES = 16L << 20;

  private final MemoryObjects objects;
  private final DeviceMemory places;
  private final AddressBus memory;
  private final NumaConfig numa;
  private final VcpuHold hold;
  private final Runnable requests;
  private final Supplier<Turns> turns;
  /** Replaced whole: other threads read it. */
  private volatile List<Plugged> plugged = List.of();

  /**
   * A device and what it has.
   *
   * @param device the device
   * @param range its place
   * @param memdev id of its backend
   * @param outside what answers where nothing is plugged
   * @param patience after how many seconds an open request is told of, and whom to tell of a new one
   */
  public record Plugged(MemDevice device, PluggableRange range, String memdev, UnpluggedMemory outside,
      Patience patience) {
    /** {@return after how many seconds an open request is told of; 0 for never} */
    public long overdueSeconds() {
      return patience.seconds();
    }

    /**
     * Changes after how many seconds an open request is told of.
     *
     * @param seconds 0 for never
     */
    public void overdueSeconds(long seconds) { patience.seconds(seconds); }

    /** {@return how often the guest came where nothing is plugged} */
    public long strayAccesses() {
      return outside.accesses();
    }

    /**
     * Asks the guest for a size.
     *
     * @param sizeBytes a multiple of the block size, 0 to the size of the backend
     * @throws UserError if it is not
     */
    public void request(long sizeBytes) {
      MemConfig config = device.config();
      requireSize(sizeBytes, config.sizeBytes(), config.blockBytes());
      device.request(sizeBytes);
      patience.asked();
    }
  }

  /**
   * None yet.
   *
   * @param requests is told that a guest was asked for something
   * @param turns on the event loop, a set for each device
   */
  MemoryDevices(MemoryObjects objects, DeviceMemory places, AddressBus memory, NumaConfig numa, VcpuHold hold,
      Runnable requests, Supplier<Turns> turns) {
    this.requests = requests;
    this.turns = turns;
    this.objects = objects;
    this.places = places;
    this.memory = memory;
    this.numa = numa;
    this.hold = hold;
  }

  /** Makes a device. The error is about it; whoever asked says what asked. */
  MemDevice create(DeviceConfig.Mem wanted, EventSink events) {
    numa.requireNode(wanted.node());
    MemoryBackend backend = objects.claim(wanted.memdev(), "device " + wanted.id().orElse("virtio-mem-pci"));
    PluggableRange range = null;
    try {
      long page = backend.pageSizeBytes();
      long block = wanted.blockBytes().orElseGet(() -> Math.max(page, hugePageBytes()));
      requireFitting(wanted, backend, block);
      range = places.claim(wanted.driver(), wanted.id().orElse(""), backend, wanted.address(), Math.max(block, page),
          wanted.prealloc(), hold);
      long size = range.sizeBytes();
      if (block < hugePageBytes()) {
        backend.avoidHugePages();
      }
      backend.discard(0, size); // A file may hold something from before.
      EventSink limited = new EventLimiter(events);
      range.takeTurns(turns.get(),
          error -> limited.accept(new DeviceEvent.HostRefusal("virtio-mem", error.getMessage())));
      MemDevice device = new MemDevice(new MemConfig(range.base(), size, block, wanted.node(), numa.isPresent(),
          wanted.inaccessible(), wanted.requestedBytes()), range, events);
      String name = wanted.id().orElse(wanted.memdev());
      Plugged made = new Plugged(device, range, wanted.memdev(), new UnpluggedMemory(name, range.base()),
          new Patience(wanted.overdueSeconds(), requests));
      memory.map(made.outside, "unplugged of " + name, range.base(), size);
      List<Plugged> next = new ArrayList<>(plugged);
      next.add(made);
      plugged = List.copyOf(next);
      requests.run();
      return device;
    } catch (RuntimeException e) {
      if (range != null) {
        places.release(range);
      }
      objects.release(wanted.memdev());
      throw e;
    }
  }

  private static void requireFitting(DeviceConfig.Mem wanted, MemoryBackend backend, long block) {
    if (backend.config().common().prealloc()) {
      throw new UserError("'memdev' property specifies a memdev with preallocation enabled: " + wanted.memdev()
          + ". Instead, specify 'prealloc=on' for the virtio-mem device.");
    }
    if (block < backend.pageSizeBytes()) {
      throw new UserError("'block-size' property has to be at least the page size (0x"
          + Long.toHexString(backend.pageSizeBytes()) + ")");
    }
    requireSize(wanted.requestedBytes(), backend.config().sizeBytes(), block);
  }

  private static void requireSize(long sizeBytes, long mostBytes, long block) {
    if (sizeBytes < 0 || (sizeBytes & block - 1) != 0) {
      throw new UserError("'requested-size' has to be multiples of 'block-size' (0x" + Long.toHexString(block) + ")");
    }
    if (sizeBytes > mostBytes) {
      throw new UserError(
          "'requested-size' cannot exceed the memory backend size(0x" + Long.toHexString(mostBytes) + ")");
    }
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

  /** The guest has plugged or unplugged. */
  void sizeChanged() { requests.run(); }

  /** Refuses to let a device go that a guest may still have memory of. */
  void requireRemovable(VirtioDevice device) {
    of(device).ifPresent(made -> {
      if (made.device.pluggedBytes() > 0) {
        throw new UserError("virtio-mem device cannot get unplugged while some of its memory is still plugged");
      }
      if (made.device.requestedBytes() > 0) {
        throw new UserError("virtio-mem device cannot get unplugged while 'requested-size' is nonzero");
      }
    });
  }

  /** Takes back what a device has, if it is one of these. */
  void release(VirtioDevice device) {
    of(device).ifPresent(made -> {
      plugged = plugged.stream().filter(other -> other.device() != device).toList();
      memory.unmap(made.range.base());
      places.release(made.range);
      made.range.whenGivenBack(() -> objects.release(made.memdev)); // The object stays in use until then.
    });
  }

  /**
   * What a device has. Any thread.
   *
   * @param device any
   * @return it, if the device is one of these
   */
  public Optional<Plugged> of(VirtioDevice device) {
    for (Plugged made : plugged) {
      if (made.device == device) {
        return Optional.of(made);
      }
    }
    return Optional.empty();
  }
}
