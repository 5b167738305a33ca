package org.ballastvm.vmm.pci;

import org.ballastvm.kvm.Epoll;
import org.ballastvm.kvm.EventFd;
import org.ballastvm.pci.PciFunction;
import org.ballastvm.vmm.board.KvmBoard;
import org.ballastvm.vmm.loop.EventLoop;

/**
 * What somebody raises who serves a queue from outside: either KVM interrupts the guest for it, or the event loop hears it
 * and the function does. What was raised while neither did is found by whichever is next. The function's lock is held, but by
 * {@link #heard}.
 */
final class CallLine implements AutoCloseable {
  private final PciFunction function;
  private final int queue;
  private final EventFd raised;
  private EventLoop.Registration registration;
  /** Null while the event loop hears it. */
  private KvmBoard.MsiVector connected;

  private CallLine(PciFunction function, int queue, EventFd raised) {
    this.function = function;
    this.queue = queue;
    this.raised = raised;
  }

  /**
   * A line that the event loop hears.
   *
   * @throws org.ballastvm.kvm.HostError if the host has no more eventfds; nothing is left behind
   */
  static CallLine open(PciFunction function, int queue, EventLoop loop) {
    EventFd raised = EventFd.create();
    CallLine line = new CallLine(function, queue, raised);
    try {
      line.registration = loop.register(raised, Epoll.IN | Epoll.EDGE, events -> line.heard());
    } catch (RuntimeException e) {
      raised.close();
      throw e;
    }
    return line;
  }

  EventFd raised() { return raised; }

  /** Takes what was raised, so that KVM does not find it later and interrupts the guest once more. */
  private void heard() {
    if (raised.drain() > 0) {
      function.called(queue);
    }
  }

  void connect(KvmBoard.MsiVector vector) {
    if (connected == null) {
      registration.interest(0); // First: KVM looks at what was raised in between.
    } else {
      connected.disconnect(raised);
    }
    connected = vector;
    vector.connect(raised);
  }

  void hear() {
    if (connected != null) {
      connected.disconnect(raised);
      connected = null;
      registration.interest(Epoll.IN | Epoll.EDGE); // Finds what was raised in between.
    }
  }

  @Override
  public void close() {
    if (connected != null) {
      connected.disconnect(raised);
      connected = null;
    }
    registration.close();
    raised.close();
  }
}
