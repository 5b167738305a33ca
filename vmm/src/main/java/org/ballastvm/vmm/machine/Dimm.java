package org.ballastvm.vmm.machine;

import java.util.Optional;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.memory.PluggableRange;
import org.ballastvm.vmm.watch.DimmState;

/** A DIMM in its slot. */
public final class Dimm {
  private final DeviceConfig.Dimm config;
  private final String path;
  private final int slot;
  private final PluggableRange range;
  private final boolean hotplugged;
  private final UnplugWish unplug = new UnplugWish();
  private volatile long overdueSeconds;
  private volatile DimmState state;

  Dimm(DeviceConfig.Dimm config, String path, int slot, PluggableRange range, boolean hotplugged) {
    this.config = config;
    this.path = path;
    this.slot = slot;
    this.range = range;
    this.hotplugged = hotplugged;
    this.overdueSeconds = config.overdueSeconds();
    this.state = hotplugged ? new DimmState.Offered(System.nanoTime()) : new DimmState.Found();
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

  /** {@return how the guest stands to it, by what it told} */
  public DimmState state() { return state; }

  void state(DimmState next) { state = next; }

  /** {@return what the guest should have of it, in bytes: all or nothing} */
  public long wantedBytes() {
    return state instanceof DimmState.AskedToGo || state instanceof DimmState.Kept ? 0 : sizeBytes();
  }

  /** {@return what the guest has of it, as far as it told, in bytes: all or nothing} */
  public long takenBytes() {
    return state instanceof DimmState.Offered || state instanceof DimmState.TurnedDown ? 0 : sizeBytes();
  }

  /** {@return after how many seconds without an answer that is told; 0 for never} */
  public long overdueSeconds() {
    return overdueSeconds;
  }

  /**
   * Changes after how many seconds without an answer that is told.
   *
   * @param seconds 0 for never
   */
  public void overdueSeconds(long seconds) { overdueSeconds = seconds; }

  /** {@return how many bytes of it the host holds in memory} */
  public long residentBytes() {
    return range.backend().residentBytes();
  }

  PluggableRange range() { return range; }
}
