package org.ballastvm.virtio.driver;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.ballastvm.virtio.DeviceEvent;
import org.ballastvm.virtio.EventSink;
import org.ballastvm.virtio.VirtioDevice;
import org.ballastvm.virtio.pci.VirtioPciFunction;

/** A device on a bus, with memory and a driver, and all that it reports. */
public final class Bench<D extends VirtioDevice> {
  /** Guest memory. */
  public final FlatMemory memory;
  /** What was reported, in order. */
  public final List<DeviceEvent> events = new ArrayList<>();
  /** What is tested. */
  public final D device;
  /** Its transport. */
  public final VirtioPciFunction function;
  /** The bus. */
  public final RecordingBus bus;
  /** The driver, which has found the device and given its BARs places. */
  public final PciDriver driver;

  /** Puts a device on a bus. */
  public Bench(BiFunction<FlatMemory, EventSink, D> maker) {
    memory = new FlatMemory();
    device = maker.apply(memory, events::add);
    function = new VirtioPciFunction(device, memory, events::add);
    bus = new RecordingBus(function);
    driver = new PciDriver(function, bus, memory);
  }

  /** Puts a device on a bus for a guest that was at work with another, and makes it what that is. */
  private Bench(Bench<D> from, BiFunction<FlatMemory, EventSink, D> maker) {
    memory = from.memory;
    device = maker.apply(memory, events::add);
    function = new VirtioPciFunction(device, memory, events::add);
    bus = new RecordingBus(function);
    driver = from.driver;
    function.restore(from.function.state());
    driver.moveTo(function, bus);
  }

  /**
   * Takes the device's state to a new one, with which the driver goes on: it notices nothing. What had rung and was not
   * heard is lost with the first.
   */
  public Bench<D> movedTo(BiFunction<FlatMemory, EventSink, D> maker) { return new Bench<>(this, maker); }

  /** Has the driver agree on features and open all queues. */
  public List<QueueDriver> start(long features) {
    List<QueueDriver> queues = driver.start(features);
    bus.settle();
    return queues;
  }
}
