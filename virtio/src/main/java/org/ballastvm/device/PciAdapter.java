package org.ballastvm.device;

import java.time.Duration;
import org.ballastvm.pci.PciFunction;
import org.ballastvm.virtio.DeviceEvent;
import org.ballastvm.virtio.EventLimiter;
import org.ballastvm.virtio.EventSink;
import org.ballastvm.virtio.queue.GuestMemory;

/** A function that a user wrote, as the bus knows functions. Where it throws, reads are all ones and writes do nothing. */
public final class PciAdapter extends PciFunction {
  private static final int MOST_BAR_BYTES = 16 << 20;
  private static final int MOST_VECTORS = 64;

  private final SimplePci model;
  private final DeviceTimer timer;
  private final EventSink events;
  private final Port port;
  private boolean pinHigh;
  private int resets;

  /**
   * A function.
   *
   * @param model what it does
   * @param memory guest memory
   * @param timer has things happen later
   * @param events takes what goes wrong
   * @throws IllegalArgumentException a sentence, if its BARs or its messages cannot be
   */
  public PciAdapter(SimplePci model, GuestMemory memory, DeviceTimer timer, EventSink events) {
    super(model.identity());
    this.model = model;
    this.timer = timer;
    this.events = new EventLimiter(events);
    this.port = new Port(new DeviceMemory(memory, this::isBusMaster));
    int[] bars = model.barBytes();
    for (int bar = 0; bar < bars.length; bar++) {
      if (bars[bar] != 0) {
        require(bar < BARS && bars[bar] >= 16 && bars[bar] <= MOST_BAR_BYTES && Integer.bitCount(bars[bar]) == 1,
            "BAR " + bar + " of " + bars[bar] + " bytes; there can be 6, each a power of two from 16 to "
                + MOST_BAR_BYTES);
        declareBar(bar, bars[bar]);
      }
    }
    declareInterruptPin();
    if (model.vectors() != 0) {
      require(model.vectors() > 0 && model.vectors() <= MOST_VECTORS && bars.length < BARS,
          model.vectors() + " vectors and " + bars.length + " BARs; must be 0 to " + MOST_VECTORS
              + ", in a BAR behind the others");
      declareMessages(model.vectors(), bars.length);
    }
    guarded(() -> model.plugged(port));
  }

  private static void require(boolean holds, String sentence) {
    if (!holds) {
      throw new IllegalArgumentException(sentence);
    }
  }

  /** {@return whose class it is of} */
  public String name() { return model.getClass().getSimpleName(); }

  /** What a function has of its machine. */
  private final class Port implements PciPort {
    private final DeviceMemory memory;

    Port(DeviceMemory memory) { this.memory = memory; }

    @Override
    public DeviceMemory memory() { return memory; }

    @Override
    public void send(int vector) {
      if (usesMessages()) {
        sendMessage(vector);
      }
    }

    @Override
    public void pin(boolean high) {
      pinHigh = high;
      updatePin();
    }

    @Override
    public void after(Duration delay, Runnable task) {
      int now = resets;
      timer.after(delay.toMillis(), () -> enter(now, task));
    }
  }

  private synchronized void enter(int whenResets, Runnable task) {
    if (resets == whenResets) {
      guarded(task);
    }
  }

  private void updatePin() {
    if (host() != null) {
      host().setInterruptPin(pinHigh && !interruptPinOff() && !usesMessages());
    }
  }

  /** Runs what a user wrote: a bug there is not the machine's. */
  private void guarded(Runnable task) {
    UserCode.run(task).ifPresent(thrown -> events
        .accept(new DeviceEvent.HostRefusal(name(), "it threw " + thrown + " at " + UserCode.place(thrown))));
  }

  @Override
  public synchronized void configWrite(int offset, int width, int value) {
    super.configWrite(offset, width, value);
    updatePin();
  }

  @Override
  protected long readRegister(int bar, long offset, int width) {
    long[] value = {-1L};
    guarded(() -> value[0] = model.read(bar, offset, width));
    return value[0];
  }

  @Override
  protected void writeRegister(int bar, long offset, int width, long value) {
    guarded(() -> model.write(bar, offset, width, value));
  }

  @Override
  protected void forgetGuest() {
    resets++;
    pinHigh = false;
    super.forgetGuest();
    updatePin();
    guarded(model::reset);
  }
}
