package org.ballastvm.virtio.pci;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BooleanSupplier;
import org.ballastvm.virtio.VirtioDevice;
import org.ballastvm.virtio.queue.GuestError;
import org.ballastvm.virtio.queue.GuestMemory;
import org.ballastvm.virtio.queue.Virtqueue;

/**
 * {@code struct virtio_pci_common_cfg}: the driver's conversation with the device before it works. Virtio 1.3, 4.1.4.3
 * and 3.1. The function's lock is held.
 */
final class CommonConfig implements VirtioDevice.Context {

  private final VirtioDevice device;
  private final FeatureWords features;
  private final GuestMemory memory;
  private final DeviceCalls calls;
  private final ServedQueues served;
  private final QueueSetup[] setups;
  private final Virtqueue[] queues;
  private int configVector;
  private int status;
  private int generation;
  private int queueSelect;
  private boolean mayBeServed = true;

  CommonConfig(VirtioDevice device, GuestMemory memory, DeviceCalls calls) {
    this.device = device;
    this.memory = memory;
    this.calls = calls;
    this.served = new ServedQueues(device.server(), calls);
    this.features = new FeatureWords(allFeatures());
    this.setups = new QueueSetup[device.queueCount()];
    this.queues = new Virtqueue[setups.length];
    for (int i = 0; i < setups.length; i++) {
      setups[i] = new QueueSetup(device.queueSize(i));
    }
    restore(powerOn());
  }

  private long allFeatures() {
    return device.features() | VirtioDevice.VERSION_1
        | served.offer(Virtqueue.FEATURE_INDIRECT | Virtqueue.FEATURE_EVENT_INDEX);
  }

  /** Does not offer some features to drivers that look from now on. */
  void withhold(long some) {
    features.withhold(some);
  }

  /** Gives queues another largest size, for drivers that look from now on; all queues where none is named. */
  void limitQueues(OptionalInt only, int mostEntries) {
    for (int i = 0; i < setups.length; i++) {
      if (only.orElse(i) == i) {
        setups[i].limit(mostEntries);
      }
    }
  }

  /** Offers all again. */
  void withholdNothing() {
    features.offer(allFeatures());
    for (int i = 0; i < setups.length; i++) {
      setups[i].limit(device.queueSize(i));
    }
  }

  /** Forgets the driver. Changes are counted on, so that one that reads meanwhile notices. */
  void reset() {
    takeAllBack();
    device.reset();
    configChanged();
    restore(powerOn());
  }

  private TransportState.Common powerOn() {
    List<TransportState.Queue> all = new ArrayList<>();
    for (QueueSetup setup : setups) {
      all.add(setup.powerOn());
    }
    return new TransportState.Common(0, 0, 0, false, QueueSetup.NO_VECTOR, 0, generation, 0, all);
  }

  /** {@return what the driver has made of it, and how far the device is with the queues} */
  TransportState.Common state() {
    List<TransportState.Queue> all = new ArrayList<>();
    for (int i = 0; i < setups.length; i++) {
      all.add(setups[i].state(queues[i] == null ? Optional.empty() : Optional.of(ringState(i))));
    }
    return new TransportState.Common(features.deviceSelect, features.driverSelect, features.chosen, features.unknown,
        configVector, status, generation, queueSelect, all);
  }

  /** Of a queue that its server has, what was not given back counts as not taken. */
  private Virtqueue.State ringState(int queue) {
    return served.has(queue) ? queues[queue].asUsed().state(0) : queues[queue].state(device.unfinished(queue));
  }

  void restore(TransportState.Common state) {
    takeAllBack();
    features.restore(state);
    configVector = state.configVector();
    status = state.status();
    generation = state.generation();
    queueSelect = state.queueSelect();
    for (int i = 0; i < setups.length; i++) {
      TransportState.Queue queue = state.queues().get(i);
      setups[i].restore(queue);
      queues[i] = queue.ring().isEmpty()
          ? null
          : new Virtqueue(i, memory, queue.size(), queue.descriptors(), queue.driver(), queue.device(), features.chosen,
              queue.ring().get());
    }
  }

  /** A device whose driver is at work has it from now on, and looks at each queue. */
  void resume() {
    if (isDriverOk()) {
      device.start(this);
      serve();
      ringAll();
    }
  }

  /**
   * Has the device's server have those queues that it may, and no other.
   *
   * @throws GuestError if one lies where it cannot be served
   * @throws org.ballastvm.virtio.QueueServer.Failure if one cannot be served for another reason
   */
  void serve() {
    for (int i = 0; i < served.count(); i++) {
      boolean wanted = mayBeServed && isRunning() && calls.mayReachMemory() && queues[i] != null
          && served.serves(i, features.chosen);
      if (!wanted && served.has(i)) {
        queues[i] = served.take(i, queues[i]);
      } else if (wanted && !served.has(i)) {
        served.give(i, queues[i], features.chosen);
      }
    }
  }

  /** Whether the server may have any queue at all: {@link #serve} follows. */
  void letServe(boolean may) {
    mayBeServed = may;
  }

  /** Whether the server has a queue. */
  boolean isServed(int queue) { return served.has(queue); }

  private void takeAllBack() {
    for (int i = 0; i < served.count(); i++) {
      if (served.has(i)) {
        queues[i] = served.take(i, queues[i]);
      }
    }
  }

  /**
   * The guest forbids the device to reach memory. Linux does so before a kexec, which resets no device: the rings, and what
   * a balloon holds, are then pages of the next kernel. As in QEMU a driver must say again that it is ready, and all that
   * came from this one is forgotten.
   */
  void leaveMemory() {
    if (isDriverOk()) {
      takeAllBack();
      status &= ~DeviceStatus.DRIVER_OK;
      device.reset();
      configChanged();
    }
  }

  /** Has each queue looked at that a driver has made ready: it may have rung before it was heard. */
  void ringAll() {
    for (int i = 0; isDriverOk() && i < queues.length; i++) {
      if (queues[i] != null) {
        calls.ring(i);
      }
    }
  }

  int status() { return status; }

  boolean isDriverOk() { return (status & DeviceStatus.DRIVER_OK) != 0; }

  /** Whether queues may be worked on. */
  boolean isRunning() {
    return (status
        & (DeviceStatus.DRIVER_OK | DeviceStatus.NEEDS_RESET | DeviceStatus.FAILED)) == DeviceStatus.DRIVER_OK;
  }

  /** Sets DEVICE_NEEDS_RESET; false if it was set. */
  boolean needReset() {
    boolean first = (status & DeviceStatus.NEEDS_RESET) == 0;
    status |= DeviceStatus.NEEDS_RESET;
    takeAllBack();
    return first;
  }

  /**
   * How driver and device are with each other, for monitors.
   *
   * @param mayReadRings whether the guest lets the device look at its rings
   */
  VirtioState driverState(int interruptStatus, boolean mayReadRings) {
    List<VirtioState.Queue> all = new ArrayList<>();
    for (int i = 0; i < setups.length; i++) {
      QueueSetup setup = setups[i];
      all.add(new VirtioState.Queue(setup.size, setup.mostEntries, setup.descriptors, setup.driver, setup.device,
          mayReadRings ? positions(i) : Optional.empty()));
    }
    return new VirtioState(status, interruptStatus, queueSelect, features.offered(), features.chosen, List.copyOf(all));
  }

  /** A guest can take the memory away that it has put a ring into; whoever asks for the state has made no mistake. */
  private Optional<Virtqueue.Positions> positions(int index) {
    Virtqueue queue = queues[index];
    try {
      return queue == null
          ? Optional.empty()
          : Optional.of((served.has(index) ? queue.asUsed() : queue).positions());
    } catch (GuestError mistake) {
      return Optional.empty();
    }
  }

  int configVector() { return configVector; }

  int queueVector(int queue) { return setups[queue].vector; }

  @Override
  public long features() { return features.chosen; }

  @Override
  public GuestMemory memory() { return memory; }

  @Override
  public Virtqueue queue(int queue) { return queues[queue]; }

  @Override
  public void interrupt(int queue) { calls.interrupt(queue); }

  @Override
  public void configChanged() { generation = generation + 1 & 0xff; }

  @Override
  public void resumeLater(int queue) { calls.ring(queue); }

  @Override
  public void enter(Runnable task) { calls.enter(task); }

  @Override
  public void await(BooleanSupplier done) { calls.await(done); }

  @Override
  public void wake() { calls.wake(); }

  long read(int register, int width) {
    QueueSetup queue = queueSelect < setups.length ? setups[queueSelect] : null;
    long value = switch (register) {
      case 0x00 -> features.deviceSelect;
      case 0x04 -> features.offeredWord();
      case 0x08 -> features.driverSelect;
      case 0x0c -> features.chosenWord();
      case 0x10 -> configVector;
      case 0x12 -> setups.length;
      case 0x14 -> status;
      case 0x15 -> generation;
      case 0x16 -> queueSelect;
      case 0x18 -> queue == null ? 0 : queue.size;
      case 0x1a -> queue == null ? QueueSetup.NO_VECTOR : queue.vector;
      case 0x1c -> queue != null && queue.enabled ? 1 : 0;
      case 0x1e -> queue == null ? 0 : device.doorbell(queueSelect); // 4.1.5.2: queues may share one
      case 0x20 -> queue == null ? 0 : queue.descriptors;
      case 0x24 -> queue == null ? 0 : queue.descriptors >>> 32;
      case 0x28 -> queue == null ? 0 : queue.driver;
      case 0x2c -> queue == null ? 0 : queue.driver >>> 32;
      case 0x30 -> queue == null ? 0 : queue.device;
      case 0x34 -> queue == null ? 0 : queue.device >>> 32;
      default -> 0;
    };
    return width == 8 ? value : value & (1L << 8 * width) - 1;
  }

  void write(int register, int width, long value) {
    int low = (int) value;
    switch (register) {
      case 0x00 -> features.deviceSelect = low;
      case 0x08 -> features.driverSelect = low;
      case 0x0c -> {
        if ((status & DeviceStatus.FEATURES_OK) == 0) {
          features.write(low);
        }
      }
      case 0x10 -> configVector = vector(low);
      case 0x14 -> writeStatus(low & 0xff);
      case 0x16 -> queueSelect = low & 0xffff;
      default -> {
        if (queueSelect < setups.length) {
          writeQueue(setups[queueSelect], register, width, value);
        }
      }
    }
  }

  private void writeQueue(QueueSetup queue, int register, int width, long value) {
    if (register == 0x1a) {
      queue.vector = vector((int) value);
      return;
    }
    if (queue.enabled) {
      return; // 4.1.4.3.2: the driver must not change an enabled queue
    }
    switch (register) {
      case 0x18 -> {
        int size = (int) value & 0xffff;
        if (size > queue.mostEntries || Integer.bitCount(size) != 1) {
          throw new GuestError(
              "queue " + queueSelect + ": a size of " + size + " entries; it must be a power of two up to "
                  + queue.mostEntries);
        }
        queue.size = size;
      }
      case 0x1c -> {
        if ((value & 1) != 0) {
          enable(queue);
        }
      }
      case 0x20 -> queue.descriptors = merge(queue.descriptors, 0, width, value);
      case 0x24 -> queue.descriptors = merge(queue.descriptors, 32, width, value);
      case 0x28 -> queue.driver = merge(queue.driver, 0, width, value);
      case 0x2c -> queue.driver = merge(queue.driver, 32, width, value);
      case 0x30 -> queue.device = merge(queue.device, 0, width, value);
      case 0x34 -> queue.device = merge(queue.device, 32, width, value);
      default -> {
        // Read-only, or nothing.
      }
    }
  }

  private void enable(QueueSetup queue) {
    if ((status & DeviceStatus.FEATURES_OK) == 0) {
      throw new GuestError("queue " + queueSelect + ": enabled before features were agreed on");
    }
    if (queue.descriptors == 0 || queue.driver == 0 || queue.device == 0) {
      throw new GuestError("queue " + queueSelect + ": enabled without the addresses of its three parts");
    }
    queues[queueSelect] = new Virtqueue(queueSelect, memory, queue.size, queue.descriptors, queue.driver, queue.device,
        features.chosen);
    queue.enabled = true;
    if (isRunning()) {
      serve();
    }
  }

  private static long merge(long old, int shift, int width, long value) {
    if (width == 8) {
      return value;
    }
    return old & ~(0xffff_ffffL << shift) | (value & 0xffff_ffffL) << shift;
  }

  private int vector(int wanted) {
    int vector = wanted & 0xffff;
    return vector < device.vectorCount() ? vector : QueueSetup.NO_VECTOR;
  }

  private void writeStatus(int wanted) {
    if (wanted == 0) {
      reset();
      return;
    }
    // 2.1.1: the driver must not clear a bit; only a reset does.
    int next = wanted & ~DeviceStatus.NEEDS_RESET | status;
    if ((next & DeviceStatus.FEATURES_OK) != 0 && (status & DeviceStatus.FEATURES_OK) == 0 && !agreed(next)) {
      next &= ~DeviceStatus.FEATURES_OK;
    }
    if ((next & DeviceStatus.DRIVER_OK) != 0 && (next & DeviceStatus.FEATURES_OK) == 0) {
      status = next & ~DeviceStatus.DRIVER_OK;
      throw new GuestError("the driver says that it is ready (DeviceStatus.DRIVER_OK) before features were agreed on");
    }
    boolean starts = (next & DeviceStatus.DRIVER_OK) != 0 && (status & DeviceStatus.DRIVER_OK) == 0;
    status = next;
    if (starts) {
      resume();
    } else {
      serve(); // A driver that has failed is served no more.
    }
  }

  private boolean agreed(int next) {
    return features.mayBeAgreedOn() && (next & DeviceStatus.ACKNOWLEDGE_DRIVER) == DeviceStatus.ACKNOWLEDGE_DRIVER
        && device.agreesTo(features.chosen);
  }
}
