package org.ballastvm.virtio;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A device that is all somebody else's work: a {@link QueueServer} has each of its queues, and says what is in its
 * configuration space. It keeps a copy of that, so that no driver waits for a register.
 */
public final class ServedDevice implements VirtioDevice {
  /** What a driver can make of it here: nothing, all of it is with who serves it. */
  public record State() implements VirtioDevice.State {}

  /** After power-on, and ever after. */
  public static final State POWER_ON = new State();

  /**
   * What it is to its driver.
   *
   * @param type its number, virtio 1.3, 5
   * @param name for people
   * @param pciClass of its function, 24 bits
   * @param features of its own that it offers
   * @param queues how many it has
   * @param queueSize of each, a power of two
   * @param configBytes the length of its configuration space
   */
  public record Shape(int type, String name, int pciClass, long features, int queues, int queueSize,
      int configBytes) {}

  /** Who does its work, besides its queues. Called under the transport's lock, on any thread. */
  public interface Owner {
    /** {@return who has its queues} */
    QueueServer queues();

    /**
     * The driver writes configuration space.
     *
     * @param offset within it
     * @param bytes 1, 2, 4 or 8, all within it
     * @return whether that register can be written to; the driver reads what it wrote then
     */
    boolean configWritten(int offset, byte[] bytes);

    /** The driver, or the machine, has reset the device. No queue is served. */
    void reset();
  }

  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

  private final Shape shape;
  private final Owner owner;
  /** With zeros behind the end, so that eight bytes can be read anywhere. */
  private final MemorySegment config;
  private ConfigNotifier transport;

  /**
   * A device.
   *
   * @param shape what it is
   * @param owner does its work
   * @param config what is in its configuration space at first; what is longer than that is left out
   */
  public ServedDevice(Shape shape, Owner owner, byte[] config) {
    this.shape = shape;
    this.owner = owner;
    this.config = MemorySegment.ofArray(new byte[shape.configBytes() + Long.BYTES]);
    fill(config);
  }

  private void fill(byte[] bytes) {
    MemorySegment.copy(bytes, 0, config, ValueLayout.JAVA_BYTE, 0, Math.min(bytes.length, shape.configBytes()));
  }

  /**
   * Its configuration space is another from now on, and the driver is notified. Under no lock of the owner's.
   *
   * @param bytes all of it
   */
  public void configChanged(byte[] bytes) { transport.change(() -> fill(bytes)); }

  @Override
  public void attached(ConfigNotifier by) { transport = by; }

  @Override
  public int type() { return shape.type(); }

  @Override
  public String name() { return shape.name(); }

  @Override
  public int pciClass() { return shape.pciClass(); }

  @Override
  public long features() { return shape.features(); }

  @Override
  public int queueCount() { return shape.queues(); }

  @Override
  public int queueSize(int queue) { return shape.queueSize(); }

  @Override
  public QueueServer server() { return owner.queues(); }

  @Override
  public int configBytes() { return shape.configBytes(); }

  @Override
  public long configRead(int offset) { return config.get(LONG, offset); }

  @Override
  public void configWrite(int offset, int width, long value) {
    byte[] bytes = new byte[width];
    for (int i = 0; i < width; i++) {
      bytes[i] = (byte) (value >>> 8 * i);
    }
    if (owner.configWritten(offset, bytes)) {
      MemorySegment.copy(bytes, 0, config, ValueLayout.JAVA_BYTE, offset, width);
    }
  }

  @Override
  public void start(Context context) {
    // The transport hands the queues on.
  }

  @Override
  public void queueReady(int queue) {
    // It is with its server, or waits until it is.
  }

  @Override
  public void reset() { owner.reset(); }

  @Override
  public State state() { return POWER_ON; }

  @Override
  public void restore(VirtioDevice.State state) {
    // There is nothing that could differ.
  }
}
