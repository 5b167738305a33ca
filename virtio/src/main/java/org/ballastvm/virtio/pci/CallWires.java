package org.ballastvm.virtio.pci;

import java.util.Arrays;
import java.util.function.IntPredicate;
import org.ballastvm.pci.PciHost;

/** By which messages those who serve a device's queues interrupt its driver without the function. The function's lock is held. */
final class CallWires {
  /** No message: the function is called, and keeps what is masked, or asserts its pin. */
  private static final int HEARD_HERE = -1;

  private final CommonConfig common;
  private final IntPredicate isOpen;
  private final int[] vectors;

  /**
   * None yet.
   *
   * @param common knows which queue is served, and its vector
   * @param count of how many queues
   * @param isOpen whether a message would be sent now
   */
  CallWires(CommonConfig common, int count, IntPredicate isOpen) {
    this.common = common;
    this.isOpen = isOpen;
    this.vectors = new int[count];
    Arrays.fill(vectors, HEARD_HERE);
  }

  int count() { return vectors.length; }

  /** Something that decides it may have changed. */
  void follow(PciHost host) {
    for (int queue = 0; queue < vectors.length; queue++) {
      int vector = common.isServed(queue) && isOpen.test(common.queueVector(queue))
          ? common.queueVector(queue)
          : HEARD_HERE;
      if (vector != vectors[queue]) {
        vectors[queue] = vector;
        host.connect(queue, vector);
      }
    }
  }

  /** Whether any queue is served. */
  boolean isAnyServed() {
    for (int queue = 0; queue < vectors.length; queue++) {
      if (common.isServed(queue)) {
        return true;
      }
    }
    return false;
  }
}
