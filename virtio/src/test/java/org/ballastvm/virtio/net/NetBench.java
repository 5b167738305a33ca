package org.ballastvm.virtio.net;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import org.ballastvm.virtio.QueueServer;
import org.ballastvm.virtio.driver.Bench;
import org.ballastvm.virtio.driver.PciDriver;
import org.ballastvm.virtio.driver.QueueDriver;
import org.ballastvm.virtio.driver.QueueDriver.Buffer;
import org.ballastvm.virtio.driver.QueueDriver.Used;

/** A card on a wire, with a driver: what most tests of it begin with. */
final class NetBench {
  static final MacAddress MAC = new MacAddress(0x5254_0012_3456L);
  static final long OTHER = 0x5254_0065_4321L;
  /** Where buffers are for frames to send. */
  static final long TX = 8L << 20;
  /** Where buffers are for received frames. */
  static final long RX = 16L << 20;
  static final long CONTROL = 24L << 20;
  static final int HEADER = 12;
  static final long USUAL = PciDriver.EVENT_INDEX | PciDriver.INDIRECT | NetFeature.bits(NetFeature.MAC,
      NetFeature.MRG_RXBUF, NetFeature.STATUS, NetFeature.CTRL_VQ, NetFeature.CTRL_RX, NetFeature.CTRL_RX_EXTRA,
      NetFeature.GUEST_ANNOUNCE, NetFeature.CTRL_MAC_ADDR);

  final FakePeer peer;
  final Bench<NetDevice> bench;
  List<QueueDriver> queues;

  NetBench(boolean headers, int pairs) { this(headers, pairs, QueueServer.NONE); }

  NetBench(boolean headers, int pairs, QueueServer server) {
    peer = new FakePeer(headers);
    bench = new Bench<>((memory, events) -> new NetDevice(new NetConfig(MAC, pairs, OptionalInt.of(9000), 256, 256),
        peer, server));
    peer.connect(bench.device.card(bench.function::doorbell));
  }

  /** A card whose driver is at work. */
  static NetBench started(boolean headers, long features) {
    NetBench started = new NetBench(headers, 1);
    started.start(features);
    return started;
  }

  NetBench start(long features) {
    queues = bench.start(features);
    return this;
  }

  QueueDriver rx() { return queues.get(0); }

  QueueDriver tx() { return queues.get(1); }

  /** A frame of random content from a station to another. */
  static byte[] frame(long to, int lengthBytes) {
    byte[] bytes = new byte[lengthBytes];
    new Random(lengthBytes).nextBytes(bytes);
    for (int i = 0; i < 6; i++) {
      bytes[i] = (byte) (to >>> 8 * (5 - i));
    }
    return bytes;
  }

  void put(long gpa, byte[] bytes) { bench.memory.write(gpa, MemorySegment.ofArray(bytes), 0, bytes.length); }

  byte[] get(long gpa, int lengthBytes) {
    byte[] bytes = new byte[lengthBytes];
    bench.memory.read(gpa, MemorySegment.ofArray(bytes), 0, lengthBytes);
    return bytes;
  }

  /** Offers buffers for received frames, one in each chain. */
  void offerRx(int count, int lengthBytes) {
    for (int i = 0; i < count; i++) {
      rx().offer(Buffer.write(RX + (long) i * lengthBytes, lengthBytes));
    }
    rx().kick();
    bench.bus.settle();
  }

  void settle() { bench.bus.settle(); }

  /** Sends a command; what the device answers. */
  int command(byte... bytes) {
    put(CONTROL, bytes);
    bench.memory.putByte(CONTROL + (1 << 20), 0xff);
    QueueDriver queue = queues.getLast();
    queue.post(Buffer.read(CONTROL, bytes.length), Buffer.write(CONTROL + (1 << 20), 1));
    bench.bus.settle();
    List<Used> used = queue.collect();
    assertEquals(List.of(1), used.stream().map(Used::writtenBytes).toList());
    return bench.memory.getByte(CONTROL + (1 << 20));
  }

  boolean broken() { return (bench.driver.status() & PciDriver.NEEDS_RESET) != 0; }
}
