package org.ballastvm.virtio.vsock;

import org.ballastvm.virtio.QueueServer;
import org.ballastvm.virtio.VirtioDevice;

/**
 * The socket device whose streams are the host's own sockets: another serves the queues that receive and transmit. Virtio 1.3,
 * 5.10.
 */
public final class HostVsockDevice implements VirtioDevice {
  private static final int TYPE = 19;
  private static final int QUEUES = 3;
  private static final int QUEUE_SIZE = 128;
  private static final int CONFIG_BYTES = 8;
  /** Beside streams, which each such device has. 5.10.3 */
  private static final long SEQPACKET = 2;

  /**
   * What driver and host have made of it. Streams are none of it: one that goes on with a device elsewhere hears that its
   * transport is another (5.10.6.7).
   *
   * @param transportReset whether the driver is to hear that
   */
  public record State(boolean transportReset) implements VirtioDevice.State {}

  private final long guestCid;
  private final QueueServer server;
  private final ResetEvent reset = new ResetEvent();
  private Context context;

  /**
   * A device.
   *
   * @param guestCid the guest's number, from 3 to 2^32 - 2
   * @param server has the first two queues
   */
  public HostVsockDevice(long guestCid, QueueServer server) {
    this.guestCid = guestCid;
    this.server = server;
  }

  /** {@return the guest's number} */
  public long guestCid() { return guestCid; }

  @Override
  public int type() { return TYPE; }

  @Override
  public String name() { return "vhost-vsock"; }

  @Override
  public QueueServer server() { return server; }

  @Override
  public long features() { return server.features() & SEQPACKET; }

  @Override
  public int queueCount() { return QUEUES; }

  @Override
  public int queueSize(int queue) { return QUEUE_SIZE; }

  @Override
  public int configBytes() { return CONFIG_BYTES; }

  @Override
  public long configRead(int offset) { return guestCid >>> 8 * offset; }

  @Override
  public void start(Context driver) { context = driver; }

  @Override
  public void queueReady(int queue) {
    if (queue == ResetEvent.QUEUE) {
      reset.report(context);
    }
  }

  @Override
  public void reset() { restore(new State(false)); }

  @Override
  public State state() { return new State(reset.isDue() || context != null); }

  @Override
  public void restore(VirtioDevice.State state) {
    context = null;
    reset.due(((State) state).transportReset());
  }
}
