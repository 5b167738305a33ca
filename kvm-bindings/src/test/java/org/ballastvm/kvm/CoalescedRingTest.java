package org.ballastvm.kvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.ballastvm.kvm.generated.Offsets.kvm_coalesced_mmio;
import org.ballastvm.kvm.generated.Offsets.kvm_coalesced_mmio_ring;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Bytes that KVM has collected come to their device before what a guest does after them, whichever vCPU brings them. */
@Timeout(60)
class CoalescedRingTest {
  private static final int PAGE_BYTES = 4096;

  private final ByteBuffer mapping = ByteBuffer.allocateDirect(2 * PAGE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
  private final CoalescedRing ring = new CoalescedRing();

  /** As KVM does for a byte that a guest writes. */
  private void collect(int index, int port, int value) {
    int entry = PAGE_BYTES + (int) kvm_coalesced_mmio_ring.coalesced_mmio + index * (int) kvm_coalesced_mmio.SIZE;
    mapping.putLong(entry + (int) kvm_coalesced_mmio.phys_addr, port);
    mapping.putInt(entry + (int) kvm_coalesced_mmio.len, 1);
    mapping.putLong(entry + (int) kvm_coalesced_mmio.data, value);
    mapping.putInt(PAGE_BYTES + (int) kvm_coalesced_mmio_ring.last, index + 1);
  }

  @Test
  void aByteThatAnotherVcpuHasTakenIsWaitedFor() throws Exception {
    Queue<String> device = new ConcurrentLinkedQueue<>();
    CountDownLatch taken = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    ring.beginsAt(1);
    collect(0, 0x3f8, 'x');
    Thread other = new Thread(() -> ring.empty(mapping, (port, address, length, values, count) -> {
      taken.countDown();
      awaitUninterruptibly(goOn);
      device.add("byte");
    }));
    Thread writer = new Thread(() -> {
      if (!ring.isEmpty(mapping)) {
        ring.empty(mapping, (port, address, length, values, count) -> device.add("twice"));
      }
      device.add("line control");
    });
    other.start();
    taken.await();
    assertFalse(ring.isEmpty(mapping), "the byte has not come to its device");
    writer.start();
    goOn.countDown();
    writer.join();
    other.join();
    assertEquals("[byte, line control]", device.toString());
    assertTrue(ring.isEmpty(mapping));
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      assertTrue(latch.await(30, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
