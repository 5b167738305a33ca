package org.ballastvm.virtio.balloon;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.ballastvm.fault.DeviceFaults;
import org.ballastvm.fault.Fault;
import org.ballastvm.virtio.MemoryReclaim;
import org.ballastvm.virtio.driver.FakeClock;
import org.ballastvm.virtio.driver.FakeTimer;
import org.ballastvm.virtio.driver.FlatMemory;
import org.ballastvm.virtio.driver.PciDriver;
import org.ballastvm.virtio.driver.QueueDriver;
import org.ballastvm.virtio.driver.RecordingBus;
import org.ballastvm.virtio.pci.VirtioPciFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The way from a doorbell to the interrupt: a garbage collection there would hold the guest up. */
class AllocationTest {
  private static final long LIST = 8L << 20;
  private static final int PAGES = 256;
  private static final int CHAINS = 2_000;

  private final FlatMemory memory = new FlatMemory();
  private final BalloonDevice balloon = new BalloonDevice(BalloonConfig.DEFAULTS.withFreePageReporting(true),
      new Unmoved(), new FakeClock(),
      event -> {
        throw new AssertionError(event);
      });
  private final VirtioPciFunction function = new VirtioPciFunction(balloon, memory, event -> {
    throw new AssertionError(event);
  });
  private final RecordingBus bus = new RecordingBus(function);
  private final PciDriver driver = new PciDriver(function, bus, memory);
  private QueueDriver queue;
  private int offered;

  /** A host that keeps all of its memory. */
  private static final class Unmoved implements MemoryReclaim {
    @Override
    public void discard(long gpa, long lengthBytes) {
      // There is nothing to give back.
    }

    @Override
    public void makePresent(long gpa, long lengthBytes) {
      // It never went.
    }
  }

  /** 5 makes single pages in no order; 1 a run upwards and -1 one downwards, held back for their huge page. */
  @ParameterizedTest
  @ValueSource(ints = {1, -1, 5})
  void aChainOfPagesIsServedWithoutAllocation(int stride) {
    queue = driver.start(PciDriver.EVENT_INDEX | (stride == 5 ? 0 : balloon.features())).getFirst();
    bus.settle();
    driver.maskFunction(true);
    for (int i = 0; i < PAGES; i++) {
      memory.putInt(LIST + 4L * i, 4096 + (stride * i & PAGES - 1) * (stride == 5 ? 2 : 1));
    }
    queue.descriptor(0, LIST, 4 * PAGES, 0, 0);
    assertServedWithoutAllocation(0);
  }

  @Test
  void aReportOfFreeMemoryIsServedWithoutAllocation() {
    queue = driver.start(PciDriver.EVENT_INDEX | balloon.features()).get(3);
    bus.settle();
    driver.maskFunction(true);
    for (int i = 0; i < queue.size(); i++) {
      boolean last = i == queue.size() - 1;
      queue.descriptor(i, LIST + ((7L * i & 31) << 16), 1 << 15, QueueDriver.WRITE | (last ? 0 : QueueDriver.NEXT),
          i + 1);
    }
    assertServedWithoutAllocation(3);
  }

  /** What a plan costs while none of its faults strikes: a look at each of them. */
  @Test
  void faultsThatWaitAllocateNothing() {
    DeviceFaults faults = new DeviceFaults(strike -> {
      throw new AssertionError(strike);
    });
    function.goWrong(faults, new FakeTimer());
    faults.add(Fault.parse("what=drop,nth=1000000000"));
    faults.add(Fault.parse("what=interrupt-lost,vector=9"));
    faults.add(Fault.parse("what=stuck,queue=1,nth=1000"));
    aChainOfPagesIsServedWithoutAllocation(1);
  }

  private void assertServedWithoutAllocation(int index) {
    ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    serve(index);
    long before = thread.getCurrentThreadAllocatedBytes();
    serve(index);
    long bytes = thread.getCurrentThreadAllocatedBytes() - before;
    assertEquals(0, bytes / CHAINS, bytes + " bytes for " + CHAINS + " chains");
  }

  private void serve(int index) {
    for (int i = 0; i < CHAINS; i++) {
      memory.putShort(queue.avail() + 4 + 2L * (offered % queue.size()), 0);
      offered = offered + 1 & 0xffff;
      memory.putShortRelease(queue.avail() + 2, offered);
      function.doorbell(index);
      assertEquals(offered, memory.getShortAcquire(queue.used() + 2));
    }
  }
}
