package org.ballastvm.vmm.devices;

import java.util.List;
import org.ballastvm.fault.DeviceFaults;
import org.ballastvm.fault.FaultPoint;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.memory.PluggableRange;
import org.ballastvm.vmm.qom.Property;
import org.ballastvm.vmm.qom.PropertyType;
import org.ballastvm.vmm.qom.PropertyTypes;
import org.ballastvm.vmm.qom.QomNode;
import org.ballastvm.vmm.qom.QomPaths;
import org.ballastvm.vmm.diagnosis.DimmState;

/** A DIMM in its slot. */
public final class Dimm implements PluggedDevice {
  private final DeviceConfig.Dimm config;
  private final String path;
  private final int slot;
  private final PluggableRange range;
  private final boolean hotplugged;
  private final UnplugRequest unplug = new UnplugRequest();
  private volatile long overdueSeconds;
  private volatile DimmState state;
  /** Null where nothing goes wrong. */
  private volatile DeviceFaults faults;

  Dimm(DeviceConfig.Dimm config, String path, int slot, PluggableRange range, boolean hotplugged) {
    this.config = config;
    this.path = path;
    this.slot = slot;
    this.range = range;
    this.hotplugged = hotplugged;
    this.overdueSeconds = config.overdueSeconds();
    this.state = hotplugged ? new DimmState.Offered(System.nanoTime()) : new DimmState.Found();
  }

  @Override
  public DeviceConfig.Dimm config() { return config; }

  @Override
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
  UnplugRequest unplug() { return unplug; }

  /** {@return how the guest stands to it, by what it reported} */
  public DimmState state() { return state; }

  void state(DimmState next) { state = next; }

  /** Has things go wrong from now on. */
  void goWrong(DeviceFaults planned) { faults = planned; }

  /** Whether something goes wrong with it now; any thread. */
  boolean goesWrong(FaultPoint point) {
    return faults != null && faults.strike(point, 0, 0) != null;
  }

  /** {@return what the guest should have of it, in bytes: all or nothing} */
  public long wantedBytes() {
    return state instanceof DimmState.AskedToGo || state instanceof DimmState.Kept ? 0 : sizeBytes();
  }

  /** {@return what the guest has of it, as far as it reported, in bytes: all or nothing} */
  public long takenBytes() {
    return state instanceof DimmState.Offered || state instanceof DimmState.TurnedDown ? 0 : sizeBytes();
  }

  /** {@return after how many seconds without an answer a request counts as overdue; 0 for never} */
  public long overdueSeconds() {
    return overdueSeconds;
  }

  /**
   * Sets after how many seconds without an answer a request counts as overdue.
   *
   * @param seconds 0 for never
   */
  public void overdueSeconds(long seconds) { overdueSeconds = seconds; }

  /** {@return how many bytes of it the host holds in memory} */
  public long residentBytes() {
    return range.backend().residentBytes();
  }

  /** {@return its place} */
  public PluggableRange range() { return range; }

  @Override
  public QomNode node() {
    return new QomNode(nodeName(), config.driver(),
        List.of(Property.readOnly("addr", PropertyTypes.SIZE, this::address),
            Property.readOnly("slot", PropertyTypes.INT, () -> (long) slot),
            Property.readOnly("node", PropertyTypes.UINT32, () -> (long) config.node()),
            Property.readOnly("size", PropertyTypes.SIZE, this::sizeBytes),
            Property.readOnly("memdev", new PropertyType.Link("memory-backend"),
                () -> QomPaths.OBJECTS + config.memdev()),
            Property.number("request-timeout", RequestTimeout.TYPE, this::overdueSeconds,
                this::overdueSeconds),
            Property.readOnly("hotplugged", PropertyTypes.BOOL, this::hotplugged),
            Property.readOnly("hotpluggable", PropertyTypes.BOOL, () -> true)),
        List.of());
  }

  /** {@return it as {@code query-memory-devices} lists it} */
  MemoryDeviceInfo info() {
    return new MemoryDeviceInfo.Dimm(id(), address(), sizeBytes(), slot, config.node(),
        QomPaths.OBJECTS + config.memdev(), hotplugged, true);
  }
}
