package org.ballastvm.virtio.mem;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.ballastvm.virtio.driver.HostBlocks;
import org.junit.jupiter.api.Test;

/** What a large device costs before anything is plugged. */
class MemSizeTest {
  private static final long TIB = 1L << 40;
  private static final long BLOCK = 2L << 20;

  @Test
  void aTebibyteInSmallBlocksStartsAtOnceAndTakesLittle() {
    ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    MemConfig config = new MemConfig(TIB, TIB, BLOCK, 0, true, MemConfig.Inaccessible.AUTO, 0);
    HostBlocks host = new HostBlocks(TIB, TIB, BLOCK);
    long start = System.nanoTime();
    long before = thread.getCurrentThreadAllocatedBytes();
    MemDevice device = new MemDevice(config, host, event -> {
      throw new AssertionError(event);
    });
    long bytes = thread.getCurrentThreadAllocatedBytes() - before;
    double millis = (System.nanoTime() - start) / 1e6;
    System.out.printf("a device of 1 TiB in blocks of 2 MiB: %.2f ms, %d bytes of heap%n", millis, bytes);
    assertEquals(0, device.pluggedBytes());
    assertTrue(bytes < 1 << 20, bytes + " bytes");
  }
}
