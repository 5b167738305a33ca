package org.ballastvm.pci;

import java.util.function.Consumer;
import org.ballastvm.fault.DeviceFaults;
import org.ballastvm.fault.Fault;
import org.ballastvm.fault.FaultKind;
import org.ballastvm.fault.FaultPoint;
import org.ballastvm.fault.FaultTimer;

/** What goes wrong between a function and its bus: its interrupts, and what its BARs answer. */
final class FunctionFaults {
  private final DeviceFaults planned;
  private final FaultTimer timer;
  private final Consumer<Runnable> underLock;
  private FaultyBus bus = new FaultyBus(NoBus.INSTANCE);

  /**
   * For a function.
   *
   * @param underLock runs a task under its lock, so that its bus does not go while a late interrupt comes
   */
  FunctionFaults(DeviceFaults planned, FaultTimer timer, Consumer<Runnable> underLock) {
    this.planned = planned;
    this.timer = timer;
    this.underLock = underLock;
  }

  /** A bus on which interrupts go wrong. */
  PciHost over(PciHost other) {
    bus = new FaultyBus(other);
    return bus;
  }

  /** Whether a read of a BAR is answered by nobody. */
  boolean readsAllOnes(int bar, int widthBytes) {
    return planned.strike(FaultPoint.BAR_READ, bar, widthBytes) != null;
  }

  /** Interrupts for nothing. */
  void interrupt(int vector, boolean byMessage) {
    if (byMessage) {
      bus.send(vector);
    } else {
      bus.pulse();
    }
  }

  /** A bus whose interrupts are lost, late, or too many; all else passes. */
  private final class FaultyBus implements PciHost {
    private final PciHost bus;
    private boolean pinHigh;
    private boolean pinHeldDown;

    FaultyBus(PciHost bus) { this.bus = bus; }

    @Override
    public void triggerVector(int vector) {
      Fault fault = planned.strike(FaultPoint.INTERRUPT, vector, 0);
      if (fault == null) {
        bus.triggerVector(vector);
        return;
      }
      if (fault.kind() == FaultKind.INTERRUPT_LATE) {
        timer.after(fault.value().orElseThrow(), () -> underLock.accept(() -> sendLate(vector)));
      } else if (fault.kind() == FaultKind.INTERRUPT_SPURIOUS) {
        bus.triggerVector(vector);
        bus.triggerVector(vector);
      }
    }

    private void sendLate(int vector) {
      if (this == FunctionFaults.this.bus) { // The function may have left that bus.
        bus.triggerVector(vector);
      }
    }

    void send(int vector) { bus.triggerVector(vector); }

    void pulse() {
      bus.setInterruptPin(true);
      bus.setInterruptPin(pinHigh && !pinHeldDown);
    }

    @Override
    public void setInterruptPin(boolean high) {
      if (high && !pinHigh) {
        rise();
      } else if (!high) {
        pinHeldDown = false;
      }
      pinHigh = high;
      bus.setInterruptPin(high && !pinHeldDown);
    }

    private void rise() {
      Fault fault = planned.strike(FaultPoint.INTERRUPT, 0, 0);
      pinHeldDown = fault != null && fault.kind() != FaultKind.INTERRUPT_SPURIOUS;
      if (fault != null && fault.kind() == FaultKind.INTERRUPT_LATE) {
        timer.after(fault.value().orElseThrow(), () -> underLock.accept(this::riseLate));
      }
    }

    private void riseLate() {
      pinHeldDown = false;
      if (this == FunctionFaults.this.bus) {
        bus.setInterruptPin(pinHigh);
      }
    }

    @Override
    public void barMapped(int bar, long base) { bus.barMapped(bar, base); }

    @Override
    public void barUnmapped(int bar, long base) { bus.barUnmapped(bar, base); }

    @Override
    public void routeVector(int vector, long address, int data) { bus.routeVector(vector, address, data); }

    @Override
    public void ring(int doorbell) { bus.ring(doorbell); }

    @Override
    public void handOver(int doorbell) { bus.handOver(doorbell); }

    @Override
    public void takeBack(int doorbell) { bus.takeBack(doorbell); }

    @Override
    public void connect(int queue, int vector) { bus.connect(queue, vector); }
  }
}
