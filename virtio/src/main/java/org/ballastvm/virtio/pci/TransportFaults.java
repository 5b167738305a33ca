package org.ballastvm.virtio.pci;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.ballastvm.fault.DeviceFaults;
import org.ballastvm.fault.Fault;
import org.ballastvm.fault.FaultKind;
import org.ballastvm.fault.FaultPoint;
import org.ballastvm.fault.FaultTimer;
import org.ballastvm.virtio.queue.QueueTap;
import org.ballastvm.virtio.queue.UsedRing;
import org.ballastvm.virtio.queue.Virtqueue;

/**
 * What goes wrong between a device and its driver's queues. The function's lock is held, but for what the timer runs, which
 * enters by {@link DeviceCalls#enter}.
 */
final class TransportFaults implements QueueTap {
  /** Upper bound of chains that are kept back; what would be more comes back at once. */
  private static final int MOST_KEPT = 4096;

  private final DeviceFaults planned;
  private final FaultTimer timer;
  private final CommonConfig common;
  private final DeviceCalls calls;
  private final boolean[] stuck;
  private final List<Kept> kept = new ArrayList<>();

  /** A chain that is done, and has not come back. */
  private record Kept(Virtqueue queue, int head, int writtenBytes, FaultKind why) {}

  TransportFaults(DeviceFaults planned, FaultTimer timer, CommonConfig common, DeviceCalls calls, int queueCount) {
    this.planned = planned;
    this.timer = timer;
    this.common = common;
    this.calls = calls;
    this.stuck = new boolean[queueCount];
  }

  /** A queue is to be looked at: whether the device is kept from it. */
  boolean keepsFrom(Virtqueue queue) {
    queue.tap(this);
    Fault fault = planned.strike(FaultPoint.DOORBELL, queue.index(), 0);
    if (fault != null && fault.kind() == FaultKind.NEEDS_RESET) {
      calls.needReset();
      return true;
    }
    stuck[queue.index()] |= fault != null;
    return stuck[queue.index()];
  }

  /** What the driver reads of the configuration: torn, with a generation that has moved on, or as it is. */
  long configRead(int offset, long value) {
    if (planned.strike(FaultPoint.CONFIG_READ, 0, 0) == null) {
      return value;
    }
    common.configChanged();
    return ~value;
  }

  /** A fault strikes that waits for no occasion; false if it is none of the transport's. */
  boolean strikes(Fault fault) {
    if (fault.kind() == FaultKind.NEEDS_RESET) {
      calls.needReset();
    } else if (fault.kind().point() == FaultPoint.SETUP) {
      setUp(fault);
    } else {
      return false;
    }
    return true;
  }

  /** Offers what a fault leaves; for drivers that look from now on. */
  private void setUp(Fault fault) {
    if (fault.kind() == FaultKind.WITHHOLD_FEATURE) {
      common.withhold(1L << fault.value().orElseThrow());
    } else {
      common.limitQueues(fault.place(), (int) fault.value().orElseThrow());
    }
  }

  /** All is as it should be: what was kept back comes back, and queues are looked at. */
  void clear() {
    common.withholdNothing();
    for (int queue = 0; queue < stuck.length; queue++) {
      if (stuck[queue]) {
        stuck[queue] = false;
        calls.ring(queue);
      }
    }
    while (!kept.isEmpty()) {
      giveBack(kept.removeFirst());
    }
  }

  @Override
  public void used(UsedRing queue, int head, int writtenBytes) {
    Fault fault = planned.strike(FaultPoint.COMPLETION, queue.index(), Integer.toUnsignedLong(writtenBytes));
    FaultKind kind = fault == null ? null : fault.kind();
    if (kind == FaultKind.DROP) {
      return;
    }
    if (kind == FaultKind.HOLD || kind == FaultKind.DELAY || kind == FaultKind.REORDER) {
      keep(fault, new Kept(common.queue(queue.index()), head, writtenBytes, kind));
      return;
    }
    queue.place(kind == FaultKind.WRONG_ID ? (int) fault.value().orElse(queue.size()) : head,
        kind == FaultKind.LENGTH ? fault.length(writtenBytes) : writtenBytes);
    if (kind == FaultKind.DUPLICATE) {
      queue.place(head, writtenBytes);
    }
    if (!kept.isEmpty()) {
      placeReordered(queue);
    }
  }

  private void keep(Fault fault, Kept chain) {
    kept.removeIf(each -> each.queue != common.queue(each.queue.index())); // Of a driver that has reset the device.
    if (kept.size() >= MOST_KEPT) {
      chain.queue.place(chain.head, chain.writtenBytes);
      return;
    }
    kept.add(chain);
    if (chain.why == FaultKind.DELAY) {
      timer.after(fault.value().orElseThrow(), () -> calls.enter(() -> {
        if (kept.remove(chain)) {
          giveBack(chain);
        }
      }));
    }
  }

  private void placeReordered(UsedRing queue) {
    for (Iterator<Kept> each = kept.iterator(); each.hasNext();) {
      Kept chain = each.next();
      if (chain.why == FaultKind.REORDER && chain.queue == queue) {
        queue.place(chain.head, chain.writtenBytes);
        each.remove();
      }
    }
  }

  private void giveBack(Kept chain) {
    Virtqueue queue = chain.queue;
    if (queue == common.queue(queue.index()) && common.isRunning() && calls.mayReachMemory()) {
      queue.place(chain.head, chain.writtenBytes);
      queue.publish();
      if (queue.wantsInterrupt()) {
        calls.interrupt(queue.index());
      }
    }
  }
}
