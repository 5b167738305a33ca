package org.ballastvm.virtio.rng;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.ballastvm.virtio.DeviceEvent;
import org.ballastvm.virtio.EventLimiter;
import org.ballastvm.virtio.EventSink;
import org.ballastvm.virtio.RequestQueue;
import org.ballastvm.virtio.VirtioDevice;
import org.ballastvm.virtio.queue.DescriptorChain;
import org.ballastvm.virtio.queue.GuestError;
import org.ballastvm.virtio.rng.EntropySource.EntropyFailed;

/** The entropy device. Virtio 1.3, 5.4. */
public final class RngDevice implements VirtioDevice {
  private static final int TYPE = 4;
  private static final int QUEUE_SIZE = 8;
  /** What one chain is given at most; a guest that wants more asks again, so none can keep the event loop. */
  private static final int MOST_BYTES = 64 << 10;

  /** What a driver can make of it: nothing but its queue. */
  public record State() implements VirtioDevice.State {}

  /** After power-on, and ever after. */
  public static final State POWER_ON = new State();

  private final EntropySource source;
  private final EventSink events;
  private final RequestQueue requests = new RequestQueue(QUEUE_SIZE, System::nanoTime, this::fill);
  private final MemorySegment scratch = Arena.ofAuto().allocate(4096);
  private Context context;

  /**
   * A device.
   *
   * @param source its bytes
   * @param events takes what happens to it
   */
  public RngDevice(EntropySource source, EventSink events) {
    this.source = source;
    this.events = new EventLimiter(events);
  }

  @Override
  public int type() { return TYPE; }

  @Override
  public String name() { return "virtio-rng"; }

  @Override
  public int queueCount() { return 1; }

  @Override
  public int queueSize(int queue) { return QUEUE_SIZE; }

  @Override
  public void start(Context driver) { context = driver; }

  @Override
  public void reset() { restore(POWER_ON); }

  @Override
  public State state() { return POWER_ON; }

  @Override
  public void restore(VirtioDevice.State state) { context = null; }

  @Override
  public void queueReady(int queue) { requests.serve(context, queue); }

  private int fill(DescriptorChain chain) {
    if (chain.readableCount() != 0) {
      throw new GuestError("queue 0: a chain with " + chain.readableBytes() + " bytes to read; all must be to write");
    }
    int written = 0;
    try {
      for (int i = 0; i < chain.writableCount() && written < MOST_BYTES; i++) {
        long length = Math.min(chain.lengthBytes(i), MOST_BYTES - written);
        for (long done = 0; done < length; done += scratch.byteSize()) {
          int step = (int) Math.min(length - done, scratch.byteSize());
          source.fill(scratch.asSlice(0, step));
          context.memory().write(chain.address(i) + done, scratch, 0, step);
          written += step;
        }
      }
    } catch (EntropyFailed e) {
      // The driver sees that it got less, or nothing, and asks again in its own time: better than bytes that are not random.
      events.accept(new DeviceEvent.HostRefusal(name(), e.getMessage()));
    }
    return written;
  }
}
