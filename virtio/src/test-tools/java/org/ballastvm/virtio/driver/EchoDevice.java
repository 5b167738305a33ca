package org.ballastvm.virtio.driver;

import java.util.ArrayList;
import java.util.List;
import org.ballastvm.virtio.QueueServer;
import org.ballastvm.virtio.VirtioDevice;
import org.ballastvm.virtio.queue.DescriptorChain;

/** The simplest device: it gives back each chain, says that it has written all it might, and writes down what it saw. */
public final class EchoDevice implements VirtioDevice {
  /** The one feature it has. */
  public static final long FEATURE = 1;
  /** Entries of its larger queue; the other has half of them. */
  public static final int QUEUE_SIZE = 64;

  private final List<Seen> seen = new ArrayList<>();
  private final QueueServer server;
  private long config = 0x8877_6655_4433_2211L;
  private Context context;

  /** One that serves its queues itself. */
  public EchoDevice() { this(QueueServer.NONE); }

  /** One whose first queues another serves. */
  public EchoDevice(QueueServer server) { this.server = server; }

  /** What driver and host have made of it. */
  public record EchoState(long config) implements State {}

  /** What a chain was. */
  public record Seen(int queue, int readable, long readableBytes, int writable, long writableBytes) {}

  /** The chains since the last call. */
  public List<Seen> takeSeen() {
    List<Seen> taken = List.copyOf(seen);
    seen.clear();
    return taken;
  }

  /** What the driver and the device agreed on; 0 when it is not started. */
  public long agreedFeatures() {
    return context == null ? 0 : context.features();
  }

  /** Whether a driver has started it. */
  public boolean isStarted() { return context != null; }

  /** Changes its configuration as the host would. */
  public void setConfig(long value) { config = value; }

  @Override
  public int type() { return 42; }

  @Override
  public String name() { return "echo"; }

  @Override
  public long features() { return FEATURE; }

  @Override
  public int queueCount() { return 2; }

  @Override
  public int queueSize(int queue) { return QUEUE_SIZE >> queue; }

  @Override
  public QueueServer server() { return server; }

  @Override
  public int configBytes() { return 8; }

  @Override
  public long configRead(int offset) { return config >>> 8 * offset; }

  @Override
  public void configWrite(int offset, int width, long value) {
    for (int i = 0; i < width; i++) {
      int shift = 8 * (offset + i);
      config = config & ~(0xffL << shift) | (value >>> 8 * i & 0xff) << shift;
    }
  }

  @Override
  public void start(Context driver) { context = driver; }

  @Override
  public void reset() { context = null; }

  @Override
  public State state() { return new EchoState(config); }

  @Override
  public void restore(State state) {
    context = null;
    config = ((EchoState) state).config();
  }

  @Override
  public void queueReady(int queue) {
    do {
      for (DescriptorChain chain = context.queue(queue).next(); chain != null; chain = context.queue(queue).next()) {
        seen.add(new Seen(queue, chain.readableCount(), chain.readableBytes(), chain.writableCount(),
            chain.writableBytes()));
        context.queue(queue).pushUsed(chain.head(), (int) chain.writableBytes());
      }
    } while (context.finish(queue));
  }
}
