package org.ballastvm.vmm.devices;

import java.util.List;
import org.ballastvm.pci.PciFunction;
import org.ballastvm.vmm.device.WatchdogFunction;
import org.ballastvm.vmm.loop.EventLoop;
import org.ballastvm.vmm.loop.LoopTimer;
import org.ballastvm.vmm.qom.QomNode;

/** A watchdog in its slot. */
final class WatchdogCard implements PciCard {
  private final LoopTimer alarm;
  private final RunTimer timer;
  private final WatchdogFunction function;

  WatchdogCard(EventLoop loop, Surroundings machine) {
    alarm = new LoopTimer(loop, this::rang);
    timer = new RunTimer(alarm::once, System::nanoTime, machine.isRunning());
    function = new WatchdogFunction(timer, machine::watchdogExpired);
  }

  private void rang() {
    if (timer.isDue()) {
      function.expired();
    }
  }

  /** The machine begins to run, or stands still. On the event loop. */
  void setRunning(boolean running) {
    timer.setRunning(running);
  }

  @Override
  public PciFunction function() { return function; }

  @Override
  public QomNode node(String name) { return new QomNode(name, "i6300esb", List.of(), List.of()); }

  @Override
  public void close() { alarm.close(); }
}
