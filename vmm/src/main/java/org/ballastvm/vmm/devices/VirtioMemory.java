package org.ballastvm.vmm.devices;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.ballastvm.virtio.mem.MemConfig;
import org.ballastvm.virtio.mem.MemDevice;
import org.ballastvm.virtio.pci.VirtioPciFunction;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.memory.PluggableRange;
import org.ballastvm.vmm.qom.Property;
import org.ballastvm.vmm.qom.PropertyType;
import org.ballastvm.vmm.qom.PropertyTypes;
import org.ballastvm.vmm.qom.QomPaths;

/** A virtio-mem device in its slot, with its place in the address space and its backend. */
public final class VirtioMemory extends VirtioCard {
  private final DeviceConfig.Mem config;
  private final MemDevice device;
  private final PluggableRange range;
  private final UnpluggedMemory outside;
  private final Site site;
  private volatile long overdueSeconds;

  /** A card; what answers where nothing is plugged is on the bus from here on. */
  VirtioMemory(DeviceConfig.Mem config, String path, VirtioPciFunction transport, MemDevice device,
      PluggableRange range, Site site) {
    super("virtio-mem", path, transport);
    this.config = config;
    this.device = device;
    this.range = range;
    this.site = site;
    this.overdueSeconds = config.overdueSeconds();
    String name = config.id().orElse(config.memdev());
    this.outside = new UnpluggedMemory(name, range.base());
    site.buses().memory().map(outside, "unplugged of " + name, range.base(), range.sizeBytes());
  }

  /** {@return what was asked for} */
  public DeviceConfig.Mem config() { return config; }

  /** {@return the id that the user gave, if any} */
  public Optional<String> id() { return config.id(); }

  /** {@return what people call it: its id, or its path} */
  public String name() { return config.id().orElse(path()); }

  /** {@return the device} */
  public MemDevice device() { return device; }

  /** {@return its place} */
  public PluggableRange range() { return range; }

  /** {@return how often the guest came where nothing is plugged} */
  public long strayAccesses() {
    return outside.accesses();
  }

  /** {@return after how many seconds an open request counts as overdue; 0 for never} */
  public long overdueSeconds() {
    return overdueSeconds;
  }

  /**
   * Sets after how many seconds an open request counts as overdue.
   *
   * @param seconds 0 for never
   */
  public void overdueSeconds(long seconds) {
    overdueSeconds = seconds;
    site.machine().memoryAsked();
  }

  /**
   * Asks the guest for a size.
   *
   * @param sizeBytes a multiple of the block size, 0 to the size of the backend
   * @throws UserError if it is not
   */
  public void request(long sizeBytes) {
    MemConfig properties = device.config();
    requireSize(sizeBytes, properties.sizeBytes(), properties.blockBytes());
    device.request(sizeBytes);
    site.machine().memoryAsked();
  }

  /** Refuses a size that is none of whole blocks, or more than there is. */
  static void requireSize(long sizeBytes, long mostBytes, long block) {
    if (sizeBytes < 0 || (sizeBytes & block - 1) != 0) {
      throw new UserError("'requested-size' has to be multiples of 'block-size' (0x" + Long.toHexString(block) + ")");
    }
    if (sizeBytes > mostBytes) {
      throw new UserError(
          "'requested-size' cannot exceed the memory backend size(0x" + Long.toHexString(mostBytes) + ")");
    }
  }

  /** The guest has plugged or unplugged. */
  void sizeChanged() { site.machine().memoryAsked(); }

  /** {@return it as {@code query-memory-devices} lists it} */
  MemoryDeviceInfo info() {
    MemConfig properties = device.config();
    return new MemoryDeviceInfo.VirtioMem(id(), properties.base(), device.requestedBytes(), device.pluggedBytes(),
        properties.sizeBytes(), properties.blockBytes(), properties.node(), QomPaths.OBJECTS + config.memdev());
  }

  @Override
  List<Property> properties() {
    MemConfig properties = device.config();
    return List.of(
        Property.readOnly("memdev", new PropertyType.Link("memory-backend"), () -> QomPaths.OBJECTS + config.memdev()),
        Property.number("requested-size", PropertyTypes.SIZE, device::requestedBytes, this::request),
        Property.readOnly("size", PropertyTypes.SIZE, device::pluggedBytes),
        Property.readOnly("max-size", PropertyTypes.SIZE, properties::sizeBytes),
        Property.readOnly("block-size", PropertyTypes.SIZE, properties::blockBytes),
        Property.readOnly("memaddr", PropertyTypes.SIZE, properties::base),
        Property.readOnly("node", PropertyTypes.UINT32, () -> (long) properties.node()),
        Property.readOnly("prealloc", PropertyTypes.BOOL, config::prealloc),
        Property.readOnly("unplugged-inaccessible", new PropertyType.Choice("OnOffAuto", List.of("auto", "on", "off")),
            () -> properties.inaccessible().name().toLowerCase(Locale.ROOT)),
        Property.number("request-timeout", RequestTimeout.TYPE, this::overdueSeconds, this::overdueSeconds),
        Property.readOnly("memory-slots", PropertyTypes.UINT32, () -> (long) range.slotCount()),
        Property.readOnly("unplugged-accesses", PropertyTypes.SIZE, this::strayAccesses));
  }

  @Override
  public void plugged() { site.machine().memoryAsked(); }

  @Override
  public void requireRemovable() {
    if (device.pluggedBytes() > 0) {
      throw new UserError("virtio-mem device cannot get unplugged while some of its memory is still plugged");
    }
    if (device.requestedBytes() > 0) {
      throw new UserError("virtio-mem device cannot get unplugged while 'requested-size' is nonzero");
    }
  }

  @Override
  public void release() {
    site.buses().memory().unmap(range.base());
    site.memory().ram().devices().release(range);
    // The object stays in use until its memory is given back.
    range.whenGivenBack(() -> site.memory().objects().memory().release(config.memdev()));
  }
}
