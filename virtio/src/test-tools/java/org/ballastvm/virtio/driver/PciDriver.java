package org.ballastvm.virtio.driver;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.ballastvm.pci.PciFunction;

/** A driver of a virtio-pci device: it knows what a kernel knows, and reaches it by configuration space and BARs. */
public final class PciDriver {
  /** Status bits, virtio 1.3, 2.1. */
  public static final int ACKNOWLEDGE = 1;
  /** The driver knows how to drive the device. */
  public static final int DRIVER = 2;
  /** The driver is ready. */
  public static final int DRIVER_OK = 4;
  /** Feature negotiation is complete. */
  public static final int FEATURES_OK = 8;
  /** The device cannot go on. */
  public static final int NEEDS_RESET = 64;
  /** {@code VIRTIO_F_VERSION_1}. */
  public static final long VERSION_1 = 1L << 32;
  /** {@code VIRTIO_F_INDIRECT_DESC}. */
  public static final long INDIRECT = 1L << 28;
  /** {@code VIRTIO_F_EVENT_IDX}. */
  public static final long EVENT_INDEX = 1L << 29;
  /** No vector. */
  public static final int NO_VECTOR = 0xffff;

  private static final long FIRST_BAR = 0xc000_0000L;
  private static final long QUEUE_AREA = 1L << 20;
  private static final long QUEUE_AREA_BYTES = 1L << 16;

  private PciFunction function;
  private RecordingBus bus;
  private final FlatMemory memory;
  private final Map<Integer, Integer> capabilities = new TreeMap<>();
  private final Map<Integer, Long> registers = new TreeMap<>();
  private int msix;
  private long features;

  /** Finds the device on its bus, gives its BARs places and switches them on. */
  public PciDriver(PciFunction function, RecordingBus bus, FlatMemory memory) {
    this.function = function;
    this.bus = bus;
    this.memory = memory;
    findAgain();
  }

  /** Finds the device again, as after a reset of the machine. */
  public PciDriver findAgain() {
    placeBars();
    for (int at = function.configRead(0x34, 1); at != 0; at = function.configRead(at + 1, 1)) {
      int id = function.configRead(at, 1);
      if (id == 0x11) {
        msix = at;
      } else if (id == 0x09) {
        int type = function.configRead(at + 3, 1);
        capabilities.put(type, at);
        if (type < 5) {
          registers.put(type, bus.bars().get(function.configRead(at + 4, 1))
              + Integer.toUnsignedLong(function.configRead(at + 8, 4)));
        }
      }
    }
    return this;
  }

  /** The machine under it is another, and the device the same to all that can be seen. */
  void moveTo(PciFunction other, RecordingBus otherBus) {
    function = other;
    bus = otherBus;
  }

  private void placeBars() {
    long next = FIRST_BAR;
    for (int bar = 0; bar < 6; bar++) {
      function.configWrite(0x10 + 4 * bar, 4, -1);
      int sizeBytes = -(function.configRead(0x10 + 4 * bar, 4) & ~0xf);
      if (sizeBytes != 0) {
        next = (next + sizeBytes - 1) & -sizeBytes;
        function.configWrite(0x10 + 4 * bar, 4, (int) next);
        next += sizeBytes;
      }
    }
    function.configWrite(0x04, 2, 0x6);
  }

  /** Where a virtio capability is in configuration space, by its type. */
  public int capability(int type) {
    return capabilities.get(type);
  }

  /** Where the MSI-X capability is. */
  public int msixCapability() { return msix; }

  /** A register of the common configuration. */
  public long common(int register, int width) {
    return bus.read(registers.get(1) + register, width);
  }

  /** Writes a register of the common configuration. */
  public void common(int register, int width, long value) {
    bus.write(registers.get(1) + register, width, value);
  }

  /** Reads, and so clears, the interrupt status. */
  public int interruptStatus() {
    return (int) bus.read(registers.get(3), 1);
  }

  /** A register of the device's configuration. */
  public long device(int register, int width) {
    return bus.read(registers.get(4) + register, width);
  }

  /** Writes a register of the device's configuration. */
  public void device(int register, int width, long value) {
    bus.write(registers.get(4) + register, width, value);
  }

  /** The device's status. */
  public int status() { return (int) common(0x14, 1); }

  /** Adds bits to the status. */
  public void addStatus(int bits) { common(0x14, 1, status() | bits); }

  /** Resets the device. */
  public void reset() { common(0x14, 1, 0); }

  /** What the device offers, 64 bits. */
  public long offered() {
    common(0x00, 4, 0);
    long low = common(0x04, 4);
    common(0x00, 4, 1);
    return low | common(0x04, 4) << 32;
  }

  /** Asks for features; true if the device agrees. */
  public boolean negotiate(long wanted) {
    reset();
    addStatus(ACKNOWLEDGE);
    addStatus(DRIVER);
    for (int half = 0; half < 2; half++) {
      common(0x08, 4, half);
      common(0x0c, 4, wanted >>> 32 * half & 0xffff_ffffL);
    }
    features = wanted;
    addStatus(FEATURES_OK);
    return (status() & FEATURES_OK) != 0;
  }

  /** Sets a queue up, with rings of a size, and enables it. */
  public QueueDriver openQueue(int index, int size, int vector) {
    long area = QUEUE_AREA + index * QUEUE_AREA_BYTES;
    QueueDriver queue = new QueueDriver(memory, size, area, (features & EVENT_INDEX) != 0, () -> ring(index));
    common(0x16, 2, index);
    common(0x18, 2, size);
    common(0x1a, 2, vector);
    writeAddress(0x20, queue.descriptors());
    writeAddress(0x28, queue.avail());
    writeAddress(0x30, queue.used());
    common(0x1c, 2, 1);
    return queue;
  }

  private void writeAddress(int register, long gpa) {
    common(register, 4, gpa & 0xffff_ffffL);
    common(register + 4, 4, gpa >>> 32);
  }

  /** Does all of it: agrees on features, opens each queue as large as it may be, with the vector behind its index. */
  public List<QueueDriver> start(long wanted) {
    if (!negotiate(VERSION_1 | wanted)) {
      throw new IllegalStateException("the device refuses features 0x" + Long.toHexString(wanted));
    }
    common(0x10, 2, 0);
    List<QueueDriver> queues = new ArrayList<>();
    int count = (int) common(0x12, 2);
    for (int index = 0; index < count; index++) {
      common(0x16, 2, index);
      queues.add(openQueue(index, (int) common(0x18, 2), index + 1));
    }
    addStatus(DRIVER_OK);
    return queues;
  }

  /** Rings a queue's doorbell. */
  public void ring(int index) {
    common(0x16, 2, index);
    long multiplier = function.configRead(capabilities.get(2) + 16, 4);
    bus.write(registers.get(2) + common(0x1e, 2) * multiplier, 2, index);
  }

  /** Enables MSI-X, all vectors open; vector i sends i to one address. */
  public void enableMessages(long address) {
    int vectors = (function.configRead(msix + 2, 2) & 0x7ff) + 1;
    for (int vector = 0; vector < vectors; vector++) {
      writeVector(vector, 0, (int) address);
      writeVector(vector, 4, (int) (address >>> 32));
      writeVector(vector, 8, vector);
      maskVector(vector, false);
    }
    maskFunction(false);
  }

  /** Masks or opens one vector. */
  public void maskVector(int vector, boolean masked) {
    writeVector(vector, 12, masked ? 1 : 0);
  }

  /** Enables MSI-X, with all vectors masked at once or not. */
  public void maskFunction(boolean masked) {
    function.configWrite(msix + 2, 2, masked ? 0xc000 : 0x8000);
  }

  /** The pending bits of MSI-X. */
  public long pendingVectors() {
    return bus.read(bus.bars().get(function.configRead(msix + 8, 4) & 7) + (function.configRead(msix + 8, 4) & ~7), 8);
  }

  private void writeVector(int vector, int field, int value) {
    int table = function.configRead(msix + 4, 4);
    bus.write(bus.bars().get(table & 7) + (table & ~7) + 16L * vector + field, 4, Integer.toUnsignedLong(value));
  }
}
