package org.ballastvm.virtio.driver;

import java.util.List;
import org.ballastvm.virtio.driver.QueueDriver.Buffer;
import org.ballastvm.virtio.driver.QueueDriver.Used;
import org.ballastvm.virtio.mem.MemConfig;
import org.ballastvm.virtio.mem.MemDevice;

/** A memory device on a bus, its host, and a driver that asks it for things and reads its answers. */
public final class MemDriver {
  /** {@code VIRTIO_MEM_F_UNPLUGGED_INACCESSIBLE}. */
  public static final long INACCESSIBLE = 2;
  /** Request types, virtio 1.3, 5.15.6. */
  public static final int PLUG = 0;
  /** Unplug blocks. */
  public static final int UNPLUG = 1;
  /** Unplug all. */
  public static final int UNPLUG_ALL = 2;
  /** Ask for the state. */
  public static final int STATE = 3;

  /** A response that leaves everything at 0xee was not written. */
  private static final long UNTOUCHED = 0xeeee_eeee_eeee_eeeeL;
  private static final long REQUEST = 8L << 20;
  private static final long RESPONSE = 9L << 20;

  /** The device on its bus. */
  public final Bench<MemDevice> bench;
  /** What the host did. */
  public final HostBlocks host;
  /** The time that the device sees. */
  public long nanos;
  private QueueDriver queue;

  /** What came back: a type, and a state that means something for a state request that was acknowledged. */
  public record Answer(int type, int state) {
    /** Done. */
    public static final Answer ACK = new Answer(0, 0);
    /** Too much. */
    public static final Answer NACK = new Answer(1, 0);
    /** Not now. */
    public static final Answer BUSY = new Answer(2, 0);
    /** Against the rules. */
    public static final Answer ERROR = new Answer(3, 0);
    /** None is plugged. */
    public static final Answer UNPLUGGED = new Answer(0, 1);
    /** Some are plugged; all of them is an acknowledgement with nothing more. */
    public static final Answer MIXED = new Answer(0, 2);
  }

  /** A device whose driver has not started. */
  public MemDriver(MemConfig config) {
    host = new HostBlocks(config.base(), config.sizeBytes(), config.blockBytes());
    bench = new Bench<>((memory, events) -> new MemDevice(config, host, () -> nanos, events));
  }

  /** A driver that goes on with another device, which has been made what this one's is. */
  private MemDriver(MemDriver from, Bench<MemDevice> to, HostBlocks itsHost) {
    bench = to;
    host = itsHost;
    queue = from.queue;
  }

  /** Goes on with another device. */
  public MemDriver movedTo(Bench<MemDevice> other, HostBlocks itsHost) {
    return new MemDriver(this, other, itsHost);
  }

  /** Asks, and the doorbell rings, but nobody hears it. */
  public void offer(int type, long gpa, int blockCount) {
    putRequest(type, gpa, blockCount);
    queue.post(Buffer.read(REQUEST, 24), Buffer.write(RESPONSE, 10));
  }

  /** Starts the driver with all that the device offers; it finds the device again, as after a reset of the machine. */
  public MemDriver start() {
    PciDriver driver = bench.driver.findAgain();
    queue = driver.start(driver.offered() & 0xffff | PciDriver.EVENT_INDEX | PciDriver.INDIRECT).getFirst();
    bench.bus.settle();
    return this;
  }

  /** Asks, with one buffer each way. */
  public Answer ask(int type, long gpa, int blockCount) {
    putRequest(type, gpa, blockCount);
    return send(Buffer.read(REQUEST, 24), Buffer.write(RESPONSE, 10)).getFirst().writtenBytes() == 10
        ? answer()
        : new Answer(-1, -1);
  }

  /** Asks with buffers of these lengths, to read and to write; nothing comes back from a device that has stopped. */
  public List<Used> ask(int type, long gpa, int blockCount, int[] readable, int[] writable) {
    putRequest(type, gpa, blockCount);
    Buffer[] buffers = new Buffer[readable.length + writable.length];
    long at = REQUEST;
    for (int i = 0; i < readable.length; i++) {
      buffers[i] = Buffer.read(at, readable[i]);
      at += readable[i];
    }
    at = RESPONSE;
    for (int i = 0; i < writable.length; i++) {
      buffers[readable.length + i] = Buffer.write(at, writable[i]);
      at += writable[i];
    }
    return send(buffers);
  }

  /** What the device wrote last. */
  public Answer answer() {
    return new Answer(bench.memory.getShort(RESPONSE), bench.memory.getShort(RESPONSE + 8));
  }

  /** A register of the configuration, by its offset. */
  public long register(int offset) {
    return bench.driver.device(offset, 8);
  }

  private void putRequest(int type, long gpa, int blockCount) {
    // Padding holds what must be ignored.
    bench.memory.putLong(REQUEST, type | UNTOUCHED << 16);
    bench.memory.putLong(REQUEST + 8, gpa);
    bench.memory.putLong(REQUEST + 16, blockCount | UNTOUCHED << 16);
    bench.memory.putLong(RESPONSE, UNTOUCHED);
    bench.memory.putLong(RESPONSE + 8, UNTOUCHED);
  }

  private List<Used> send(Buffer... buffers) {
    queue.post(buffers);
    bench.bus.settle();
    return queue.collect();
  }
}
