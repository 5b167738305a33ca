package org.ballastvm.virtio.blk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.ballastvm.state.SameFields;
import org.ballastvm.virtio.driver.Bench;
import org.ballastvm.virtio.driver.BlkDriver;
import org.ballastvm.virtio.driver.QueueDriver.Buffer;
import org.ballastvm.virtio.driver.RamDisk;
import org.junit.jupiter.api.Test;

/** A block device's state goes to another, which does what was under way. */
class BlkStateTest {
  private static final int DISK = 1 << 20;
  private static final BlkConfig CONFIG = BlkConfig.DEFAULTS.withQueues(2);
  /** What is no state: scratch, the disk's own, and requests, of which the record has what is open. */
  private static final Set<String> NO_STATE = Set.of("DescriptorChain.*", "EventLimiter.*", "BlkDevice.requests",
      "BlkDevice.free", "BlkDevice.givers", "BlkDevice.again", "BlkDevice.underWay", "MsixTable.routed",
      "MsixTable.host", "PciFunction.host");

  private final BlkDriver guest = new BlkDriver(CONFIG, DISK).start();
  private RamDisk other;

  private Bench<BlkDevice> move() {
    return guest.bench.movedTo((memory, events) -> {
      other = new RamDisk(memory, DISK);
      return new BlkDevice(CONFIG, other);
    });
  }

  private void post(int queue, int type, long sector, Buffer... data) {
    Buffer[] chain = new Buffer[data.length + 2];
    chain[0] = guest.header(type, sector);
    System.arraycopy(data, 0, chain, 1, data.length);
    chain[data.length + 1] = guest.status();
    guest.queue(queue).post(chain);
    guest.bench.bus.settle();
  }

  @Test
  void theStateCoversEveryField() {
    post(0, BlkDriver.FLUSH, 0);
    guest.bench.driver.device(32, 1, 0);
    Bench<BlkDevice> second = move();
    second.bus.settle();
    assertEquals(guest.bench.function.state(), second.function.state());
    assertEquals(Set.of(), SameFields.differences(guest.bench.function, second.function, NO_STATE));
    Set<String> touched = SameFields.differences(new BlkDriver(CONFIG, DISK).bench.device, guest.bench.device,
        Set.of("BlkDevice.requests", "BlkDevice.free", "BlkDevice.givers", "BlkDevice.context",
            "BlkDevice.transport"));
    assertEquals(Set.of("BlkConfigSpace.bytes"), touched);
  }

  @Test
  void whatWasUnderWayIsDoneByTheOther() {
    guest.disk.holding();
    post(0, BlkDriver.IN, 8, Buffer.write(BlkDriver.DATA, 512));
    post(1, BlkDriver.IN, 8, Buffer.write(BlkDriver.DATA, 512));
    assertEquals(List.of(new BlkDevice.Open(0, 0), new BlkDevice.Open(1, 0)),
        guest.bench.device.state().open());
    Bench<BlkDevice> second = move();
    assertEquals(guest.bench.function.state(), second.function.state());
    second.bus.settle();
    assertEquals(List.of("READ 4096+512", "READ 4096+512"), other.takeLog());
    assertEquals(1, guest.queue(0).collect().size());
    assertEquals(1, guest.queue(1).collect().size());
    assertEquals(List.of(), second.device.state().open());
  }

  @Test
  void aResetWaitsForWhatIsUnderWayAndLetsOthersLook() throws InterruptedException {
    guest.disk.holding();
    post(0, BlkDriver.IN, 8, Buffer.write(BlkDriver.DATA, 512));
    CountDownLatch ended = new CountDownLatch(1);
    Thread vcpu = new Thread(() -> {
      guest.bench.driver.reset();
      ended.countDown();
    });
    vcpu.start();
    while (vcpu.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    assertTrue(guest.bench.function.driverState().started(), "its lock is free meanwhile");
    guest.bench.bus.ring(0);
    guest.bench.bus.settle();
    assertEquals(1, guest.disk.underWay(), "nothing is taken any more");
    guest.disk.finishLast();
    assertTrue(ended.await(1, TimeUnit.MINUTES));
    assertFalse(guest.bench.function.driverState().started());
    assertEquals(List.of(), guest.queue(0).collect(), "and nothing is given back");
    assertEquals(BlkDriver.NONE, guest.bench.memory.getByte(BlkDriver.STATUS));
  }

  @Test
  void aResetPutsTheWriteCacheBack() {
    guest.bench.driver.device(32, 1, 0);
    guest.bench.driver.reset();
    assertEquals(1, guest.bench.driver.device(32, 1));
  }
}
