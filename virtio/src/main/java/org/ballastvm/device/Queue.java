package org.ballastvm.device;

import org.ballastvm.virtio.VirtioDevice.Context;
import org.ballastvm.virtio.queue.DescriptorChain;
import org.ballastvm.virtio.queue.Virtqueue;

/** A queue of a virtio device. It is used in calls to the device, and in what {@link VirtioPort#after} runs. */
public final class Queue {
  private final Context driver;
  private final VirtioPort port;
  private final int index;
  private long taken;
  private boolean served;

  Queue(Context driver, VirtioPort port, int index) {
    this.driver = driver;
    this.port = port;
    this.index = index;
  }

  /** {@return which queue of the device it is, from 0} */
  public int index() { return index; }

  /**
   * Takes the next chain that the driver has offered.
   *
   * @return the chain, which stays valid; null if there is none
   */
  public Chain next() {
    Virtqueue ring = driver.queue(index);
    DescriptorChain next = ring == null ? null : ring.next();
    return next == null ? null : new Chain(index, this::giveBack, port, driver.memory(), next, taken++);
  }

  /** Runs what the device does when the driver rang; whether to look again. */
  boolean serve(Runnable work) {
    long before = taken;
    served = true;
    try {
      work.run();
    } finally {
      served = false;
    }
    return driver.finish(index) && taken != before;
  }

  private void giveBack(int head, int writtenBytes) {
    Virtqueue ring = driver.queue(index);
    ring.pushUsed(head, writtenBytes);
    if (!served && ring.wantsInterrupt()) {
      driver.interrupt(index);
    }
  }
}
