package org.ballastvm.virtio.vsock;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.ballastvm.virtio.driver.Bench;
import org.ballastvm.virtio.driver.FakeServer;
import org.ballastvm.virtio.driver.PciDriver;
import org.ballastvm.virtio.driver.QueueDriver;
import org.ballastvm.virtio.driver.QueueDriver.Buffer;
import org.ballastvm.virtio.driver.QueueDriver.Used;
import org.junit.jupiter.api.Test;

/** A socket device whose streams are the host's: what is left to it is its number, and one event. */
class HostVsockDeviceTest {
  private static final long CID = 0x1_2345_678fL & 0xffff_ffffL;
  private static final long BUFFER = 8L << 20;

  private final FakeServer server = new FakeServer();
  private final Bench<HostVsockDevice> bench = new Bench<>((memory, events) -> new HostVsockDevice(CID, server));

  @Test
  void theDriverReadsItsNumberAndTheServerHasItsQueues() {
    bench.start(0);
    assertEquals(CID, bench.driver.device(0, 8));
    assertEquals(3, bench.driver.common(0x12, 2));
    assertTrue(server.rings().containsKey(0));
    assertEquals(0, bench.driver.offered() & 0xff_ffff, "this server has no seqpacket");
  }

  @Test
  void aDriverThatGoesOnWithAnotherDeviceHearsThatItsStreamsAreNoMore() {
    List<QueueDriver> queues = bench.start(0);
    bench.bus.settle();
    Bench<HostVsockDevice> other = bench.movedTo((memory, events) -> new HostVsockDevice(CID, new FakeServer()));
    other.memory.putInt(BUFFER, -1);
    queues.get(2).post(Buffer.write(BUFFER, 4));
    other.bus.settle();
    assertEquals(List.of(4), queues.get(2).collect().stream().map(Used::writtenBytes).toList());
    assertEquals(0, other.memory.getInt(BUFFER));
    queues.get(2).post(Buffer.write(BUFFER, 4));
    other.bus.settle();
    assertEquals(List.of(), queues.get(2).collect(), "once");
  }

  @Test
  void aDriverWithoutAPastHearsNothing() {
    List<QueueDriver> queues = bench.start(0);
    queues.get(2).post(Buffer.write(BUFFER, 4));
    bench.bus.settle();
    assertEquals(List.of(), queues.get(2).collect());
  }

  @Test
  void anEventThatDoesNotFitIsTheDriversMistake() {
    List<QueueDriver> queues = bench.start(0);
    Bench<HostVsockDevice> other = bench.movedTo((memory, events) -> new HostVsockDevice(CID, new FakeServer()));
    queues.get(2).post(Buffer.write(BUFFER, 3));
    other.bus.settle();
    assertTrue((other.driver.status() & PciDriver.NEEDS_RESET) != 0);
  }
}
