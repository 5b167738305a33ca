package org.ballastvm.vmm.machine;

import java.util.Optional;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.memory.PluggableRange;

/** A DIMM in its slot. */
public final class Dimm {
  private final DeviceConfig.Dimm config;
  private final String path;
  private final int slot;
  private final PluggableRange range;
  private final boolean hotplugged;
  private final UnplugWish unplug = new UnplugWish();

  Dimm(DeviceConfig.Dimm config, String path, int slot, PluggableRange range, boolean hotplugged) {
    this.config = config;
    this.path = path;
    this.slot = slot;
    this.range = range;
    this.hotplugged = hotplugged;
  }

  /** {@return what was asked for} */
  public DeviceConfig.Dimm config() { return config; }

  /** {@return the id that the user gave, if any} */
  public Optional<String> id() { return config.id(); }

  /** {@return where it is in the object tree} */
  public String path() { return path; }

  /** {@return its slot, 0 to 255} */
  public int slot() { return slot; }

  /** {@return its guest physical address} */
  public long address() { return range.base(); }

  /** {@return its size in bytes} */
  public long sizeBytes() { return range.sizeBytes(); }

  /** {@return whether it came after the machine had been put together} */
  public boolean hotplugged() {
    return hotplugged;
  }

  /** {@return whether the guest is asked to let it go} */
  UnplugWish unplug() { return unplug; }

  PluggableRange range() { return range; }
}
