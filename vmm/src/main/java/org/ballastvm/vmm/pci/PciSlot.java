package org.ballastvm.vmm.pci;

import java.util.ArrayList;
import java.util.List;
import org.ballastvm.kvm.Epoll;
import org.ballastvm.kvm.EventFd;
import org.ballastvm.kvm.IoAddress;
import org.ballastvm.pci.PciFunction;
import org.ballastvm.pci.PciHost;
import org.ballastvm.vmm.board.KvmBoard;
import org.ballastvm.vmm.bus.AddressBus;
import org.ballastvm.vmm.bus.BusDevice;
import org.ballastvm.vmm.bus.IrqLine;
import org.ballastvm.vmm.loop.EventLoop;

/** What ties a PCI function to the machine: its BARs on the bus, its doorbells on the event loop, its interrupts. */
public final class PciSlot implements PciHost, AutoCloseable {
  private final PciFunction function;
  private final String name;
  private final AddressBus memory;
  private final KvmBoard board;
  private final EventLoop loop;
  private final IrqLine pin;
  private final List<Bell> bells = new ArrayList<>();
  private final List<KvmBoard.MsiVector> vectors = new ArrayList<>();
  private final List<CallLine> calls = new ArrayList<>();
  private boolean pinHigh;

  /** A doorbell and the eventfd that KVM raises for it. */
  private record Bell(PciFunction.Doorbell place, EventFd raised, EventLoop.Registration registration) {}

  /**
   * Ties a function to the machine.
   *
   * @param function what
   * @param name its BARs' name in {@code info mtree}
   * @param memory where BARs answer
   * @param board the interrupts and doorbells of the VM
   * @param loop where doorbells are heard
   * @param pin the interrupt line that pin A is wired to
   * @throws org.ballastvm.kvm.HostError if the host has no more eventfds; nothing is left behind
   */
  public PciSlot(PciFunction function, String name, AddressBus memory, KvmBoard board, EventLoop loop, IrqLine pin) {
    this.function = function;
    this.name = name;
    this.memory = memory;
    this.board = board;
    this.loop = loop;
    this.pin = pin;
    try {
      open();
    } catch (RuntimeException e) {
      release();
      throw e;
    }
    function.attach(this);
  }

  private void open() {
    for (PciFunction.Doorbell place : function.doorbells()) {
      bells.add(bell(place));
    }
    for (int i = 0; i < function.vectorCount(); i++) {
      vectors.add(board.newVector());
    }
    for (int queue = 0; queue < function.callCount(); queue++) {
      calls.add(CallLine.open(function, queue, loop));
    }
  }

  private Bell bell(PciFunction.Doorbell place) {
    EventFd raised = EventFd.create();
    try {
      return new Bell(place, raised,
          loop.register(raised, Epoll.IN | Epoll.EDGE, events -> function.doorbell(place.index())));
    } catch (RuntimeException e) {
      raised.close();
      throw e;
    }
  }

  /** {@return the function} */
  public PciFunction function() { return function; }

  @Override
  public void barMapped(int bar, long base) {
    // A guest may put a BAR anywhere, over another one too; real hardware answers with a mess, this bus with neither.
    if (!memory.isFree(base, function.barBytes(bar))) {
      return;
    }
    memory.map(new Bar(function, bar), name + " bar " + bar, base, function.barBytes(bar));
    for (Bell bell : bells) {
      if (bell.place.bar() == bar) {
        board.listen(bell.raised, doorbellAt(bell, base));
      }
    }
  }

  @Override
  public void barUnmapped(int bar, long base) {
    if (memory.ranges().stream().noneMatch(range -> range.base() == base
        && range.device() instanceof Bar other && other.function == function && other.index == bar)) {
      return;
    }
    for (Bell bell : bells) {
      if (bell.place.bar() == bar) {
        board.ignore(bell.raised, doorbellAt(bell, base));
      }
    }
    memory.unmap(base);
  }

  private static IoAddress doorbellAt(Bell bell, long base) {
    return new IoAddress(false, base + bell.place.offset(), 0);
  }

  @Override
  public synchronized void setInterruptPin(boolean high) {
    if (high != pinHigh) {
      pinHigh = high;
      pin.set(high);
    }
  }

  @Override
  public void routeVector(int vector, long address, int data) { vectors.get(vector).route(address, data); }

  @Override
  public void triggerVector(int vector) { vectors.get(vector).trigger(); }

  /**
   * What the kernel raises for a doorbell, for whoever serves its queue.
   *
   * @param doorbell the index of one of the function's
   * @return the signal, which stays this slot's
   */
  public EventFd kick(int doorbell) { return bells.get(doorbell).raised; }

  /**
   * What interrupts the guest for a queue, for whoever serves it.
   *
   * @param queue below the function's number of calls
   * @return the signal, which stays this slot's
   */
  public EventFd call(int queue) { return calls.get(queue).raised(); }

  @Override
  public void handOver(int doorbell) { bells.get(doorbell).registration.interest(0); }

  @Override
  public void takeBack(int doorbell) { bells.get(doorbell).registration.interest(Epoll.IN | Epoll.EDGE); }

  @Override
  public void connect(int queue, int vector) {
    CallLine line = calls.get(queue);
    if (vector < 0) {
      line.hear();
    } else {
      line.connect(vectors.get(vector));
    }
  }

  @Override
  public void ring(int doorbell) { bells.get(doorbell).raised.signal(); }

  /** Takes the function off the bus, and gives back what it had of the host. On the event loop, or when that has ended. */
  @Override
  public void close() {
    function.detach();
    release();
  }

  private void release() {
    for (Bell bell : bells) {
      bell.registration.close();
      bell.raised.close();
    }
    calls.forEach(CallLine::close);
    vectors.forEach(KvmBoard.MsiVector::close);
  }

  /** A BAR on the memory bus. */
  private record Bar(PciFunction function, int index) implements BusDevice {
    @Override
    public long read(long offset, int sizeBytes) { return function.barRead(index, offset, sizeBytes); }

    @Override
    public void write(long offset, int sizeBytes, long value) { function.barWrite(index, offset, sizeBytes, value); }
  }
}
