package org.ballastvm.vmm.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.ballastvm.kvm.Epoll;
import org.ballastvm.kvm.EventFd;
import org.ballastvm.vmm.bus.AddressBus;
import org.ballastvm.vmm.bus.BusDevice;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What happens for each doorbell and each register access leaves nothing for the garbage collector. */
class HotPathTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final int BATCHES = 200;
  private static final int ROUNDS = 500;

  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aDoorbellIsDispatchedWithoutAllocating() throws InterruptedException {
    AtomicReference<Throwable> crash = new AtomicReference<>();
    try (EventLoop loop = new EventLoop("loop", crash::set)) {
      assertNothingIsAllocatedOn(loop);
    }
    try (LoopThread shared = LoopThread.start("shared"); EventLoop loop = new EventLoop(shared, crash::set)) {
      assertNothingIsAllocatedOn(loop);
    }
    assertEquals(null, crash.get());
  }

  private static void assertNothingIsAllocatedOn(EventLoop loop) throws InterruptedException {
    Semaphore handled = new Semaphore(0);
    long[] loopThread = new long[1];
    try (EventFd doorbell = EventFd.create()) {
      loop.register(doorbell, Epoll.IN, events -> {
        doorbell.drain();
        loopThread[0] = Thread.currentThread().threadId();
        handled.release();
      });
      loop.start();
      long least = Long.MAX_VALUE;
      for (int batch = 0; batch < BATCHES && least > 0; batch++) {
        ring(doorbell, handled);
        long before = THREADS.getThreadAllocatedBytes(loopThread[0]);
        for (int i = 0; i < ROUNDS; i++) {
          ring(doorbell, handled);
        }
        least = Math.min(least, THREADS.getThreadAllocatedBytes(loopThread[0]) - before);
      }
      assertEquals(0, least);
    }
  }

  private static void ring(EventFd doorbell, Semaphore handled) throws InterruptedException {
    doorbell.signal();
    handled.acquire();
  }

  @Test
  void aRegisterIsReachedWithoutAllocating() {
    AddressBus bus = new AddressBus("memory", 1L << 40);
    for (int i = 0; i < 20; i++) {
      bus.map(new Register(), "register " + i, 0x1000L * i, 8);
    }
    long least = Long.MAX_VALUE;
    for (int batch = 0; batch < BATCHES && least > 0; batch++) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < ROUNDS; i++) {
        bus.write(0x3000, 4, bus.read(0x5004, 4) + bus.read(0x9999_0000L, 2));
      }
      least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
    }
    assertEquals(0, least);
  }

  private static final class Register implements BusDevice {
    private long value;

    @Override
    public long read(long offset, int sizeBytes) { return value + offset; }

    @Override
    public void write(long offset, int sizeBytes, long written) { value = written; }
  }
}
