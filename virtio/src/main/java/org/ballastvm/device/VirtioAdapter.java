package org.ballastvm.device;

import java.time.Duration;
import java.util.Optional;
import org.ballastvm.virtio.VirtioDevice;
import org.ballastvm.virtio.queue.GuestError;

/** A virtio device that a user wrote, as the transport knows devices. What it throws stops it: it then needs a reset. */
public final class VirtioAdapter implements VirtioDevice {
  /** Nothing that is known here. */
  public record State() implements VirtioDevice.State {}

  private final SimpleVirtio model;
  private final DeviceTimer timer;
  private final ConfigRecord layout;
  private final int[] queueSizes;
  private ConfigNotifier notifier = Runnable::run; // there is no driver to notify before there is a transport
  private Driver driver;

  /**
   * A device.
   *
   * @param model what it does
   * @param timer has things happen later
   * @throws IllegalArgumentException a sentence, if its queues or its configuration cannot be
   */
  public VirtioAdapter(SimpleVirtio model, DeviceTimer timer) {
    this.model = model;
    this.timer = timer;
    this.layout = new ConfigRecord(model.config().getClass());
    this.queueSizes = model.queueSizes().clone();
    if (queueSizes.length == 0 || queueSizes.length > 63) {
      throw new IllegalArgumentException(queueSizes.length + " queues; must be 1 to 63");
    }
    for (int size : queueSizes) {
      if (size < 1 || size > 32768 || Integer.bitCount(size) != 1) {
        throw new IllegalArgumentException("a queue of " + size + " entries; must be a power of two up to 32768");
      }
    }
    if (model.type() < 1 || model.type() > 63) {
      throw new IllegalArgumentException("type " + model.type() + "; must be 1 to 63");
    }
  }

  /** What a device has of one driver. */
  private final class Driver implements VirtioPort {
    final Context context;
    final Queue[] queues = new Queue[queueSizes.length];

    Driver(Context context) {
      this.context = context;
      for (int i = 0; i < queues.length; i++) {
        queues[i] = new Queue(context, this, i);
      }
    }

    @Override
    public long features() { return context.features(); }

    /** The queues are looked at only while the guest lets the device reach memory. */
    @Override
    public DeviceMemory memory() { return new DeviceMemory(context.memory(), () -> true); }

    @Override
    public void configChanged() {
      timer.after(0, () -> notifier.change(() -> {
        // The record is asked for when the driver reads.
      }));
    }

    @Override
    public void after(Duration delay, Runnable task) {
      timer.after(delay.toMillis(), () -> context.enter(() -> {
        if (driver == this) {
          guarded(task);
        }
      }));
    }
  }

  /** Runs what a user wrote: a bug there is this device's end, not the machine's. */
  private void guarded(Runnable task) {
    UserCode.run(task).ifPresent(thrown -> {
      throw thrown instanceof GuestError its
          ? its
          : new GuestError(name() + " threw " + thrown + " at " + UserCode.place(thrown));
    });
  }

  @Override
  public int type() { return model.type(); }

  @Override
  public String name() { return model.getClass().getSimpleName(); }

  @Override
  public void attached(ConfigNotifier transport) { notifier = transport; }

  @Override
  public long features() {
    long[] value = {0}; // One that throws offers none.
    Optional<Throwable> unused = UserCode.run(() -> value[0] = model.features());
    return value[0];
  }

  @Override
  public int queueCount() { return queueSizes.length; }

  @Override
  public int queueSize(int queue) { return queueSizes[queue]; }

  @Override
  public int configBytes() { return layout.bytes(); }

  @Override
  public long configRead(int offset) {
    long[] value = {-1L}; // As where nothing answers.
    Optional<Throwable> unused = UserCode.run(() -> value[0] = layout.read(model.config(), offset));
    return value[0];
  }

  @Override
  public void configWrite(int offset, int width, long value) {
    guarded(() -> model.configWritten(offset, width, value));
  }

  @Override
  public void start(Context context) {
    driver = new Driver(context);
    guarded(() -> model.started(driver));
  }

  @Override
  public void queueReady(int queue) {
    Driver now = driver;
    if (now.queues[queue].serve(() -> guarded(() -> model.ready(now.queues[queue])))) {
      now.context.resumeLater(queue);
    }
  }

  @Override
  public void reset() {
    driver = null;
    try {
      guarded(model::reset);
    } catch (GuestError e) {
      // It was reset all the same, and there is no driver to notify.
    }
  }

  @Override
  public State state() { return new State(); }

  @Override
  public void restore(VirtioDevice.State state) { reset(); }
}
