package org.ballastvm.virtio.driver;

import java.util.ArrayList;
import java.util.List;
import org.ballastvm.virtio.blk.BlkConfig;
import org.ballastvm.virtio.blk.BlkDevice;
import org.ballastvm.virtio.driver.QueueDriver.Buffer;
import org.ballastvm.virtio.driver.QueueDriver.Used;

/** A driver of a block device, which sends requests of all kinds and reads their status. */
public final class BlkDriver {
  /** Types of requests, virtio 1.3, 5.2.6. */
  public static final int IN = 0;
  /** To the disk. */
  public static final int OUT = 1;
  /** Makes writes safe. */
  public static final int FLUSH = 4;
  /** Asks for the serial number. */
  public static final int GET_ID = 8;
  /** Needs a range no more. */
  public static final int DISCARD = 11;
  /** Fills a range with zeros. */
  public static final int WRITE_ZEROES = 13;
  /** Status: done. */
  public static final int OK = 0;
  /** Status: an error. */
  public static final int IOERR = 1;
  /** Status: no such request. */
  public static final int UNSUPP = 2;
  /** What no device writes as a status. */
  public static final int NONE = 0xee;

  /** Where headers are. */
  public static final long HEADER = 8L << 20;
  /** Where data is. */
  public static final long DATA = 9L << 20;
  /** Where the status is. */
  public static final long STATUS = 10L << 20;
  private static final int HEADER_BYTES = 16;

  /** Everything around it. */
  public final Bench<BlkDevice> bench;
  /** What it drives. */
  public RamDisk disk;
  private List<QueueDriver> queues = List.of();
  private int written;

  /** A driver of a device that has not been started. */
  public BlkDriver(BlkConfig config, int diskBytes) {
    bench = new Bench<>((memory, events) -> {
      disk = new RamDisk(memory, diskBytes);
      return new BlkDevice(config, disk);
    });
  }

  /** Starts the device with all that it offers. */
  public BlkDriver start() {
    return start(bench.device.features() | PciDriver.EVENT_INDEX | PciDriver.INDIRECT);
  }

  /** Starts the device with some features. */
  public BlkDriver start(long features) {
    queues = bench.start(features);
    return this;
  }

  /** A queue. */
  public QueueDriver queue(int index) { return queues.get(index); }

  /** Writes a header. */
  public Buffer header(int type, long sector) {
    bench.memory.putInt(HEADER, type);
    bench.memory.putInt(HEADER + 4, 0x5a5a5a5a);
    bench.memory.putLong(HEADER + 8, sector);
    return Buffer.read(HEADER, HEADER_BYTES);
  }

  /** Writes a range of DISCARD or WRITE_ZEROES. */
  public Buffer range(long sector, int sectors, int flags) {
    bench.memory.putLong(DATA, sector);
    bench.memory.putInt(DATA + 8, sectors);
    bench.memory.putInt(DATA + 12, flags);
    return Buffer.read(DATA, HEADER_BYTES);
  }

  /** The room for a status, with nothing in it. */
  public Buffer status() {
    bench.memory.putByte(STATUS, NONE);
    return Buffer.write(STATUS, 1);
  }

  /** Sends a request on queue 0, and has the device do it; returns its status. */
  public int ask(int type, long sector, Buffer... data) {
    List<Buffer> chain = new ArrayList<>();
    chain.add(header(type, sector));
    chain.addAll(List.of(data));
    chain.add(status());
    return send(chain.toArray(Buffer[]::new));
  }

  /** Sends a chain on queue 0, and has the device do it; returns what is where the status should be. */
  public int send(Buffer... chain) {
    queue(0).offer(chain);
    bench.bus.ring(0);
    bench.bus.settle();
    List<Used> used = queue(0).collect();
    written = used.isEmpty() ? -1 : used.getFirst().writtenBytes();
    return bench.memory.getByte(STATUS);
  }

  /** How many bytes the device wrote for the last request, as it says; -1 if it gave none back. */
  public int written() {
    return written;
  }

  /** Fills guest memory with numbers that begin with a seed. */
  public void fill(long gpa, int lengthBytes, int seed) {
    for (int i = 0; i < lengthBytes; i += 4) {
      bench.memory.putInt(gpa + i, seed + i);
    }
  }
}
