package org.ballastvm.vmm.machine;

import org.ballastvm.vmm.board.KvmBoard;
import org.ballastvm.vmm.chardev.Chardev;
import org.ballastvm.vmm.chardev.SerialFrontend;
import org.ballastvm.vmm.device.SerialPort;
import org.ballastvm.vmm.devices.Buses;
import org.ballastvm.vmm.loop.EventLoop;

/** COM1: the serial port, who sends what it puts out, and how that comes to it. */
final class Console implements AutoCloseable {
  private final CollectedPort data;
  private final SerialFrontend frontend;
  private final SerialPort port;

  /**
   * A serial port on its bus.
   *
   * @param kick takes a vCPU out of the guest, soon
   */
  Console(EventLoop loop, Buses buses, Chardev chardev, Runnable kick) {
    KvmBoard board = buses.board();
    data = new CollectedPort(board, kick, SerialPort.COM1_BASE);
    frontend = new SerialFrontend(loop, chardev, data);
    port = new SerialPort(board.line(SerialPort.COM1_IRQ), frontend);
    frontend.connect(port);
    buses.ports().map(port, "serial", SerialPort.COM1_BASE, SerialPort.LENGTH);
  }

  /** Has the guest's last words sent. On the event loop, while no vCPU runs. */
  void sendOutput() {
    frontend.drained();
  }

  void reset() {
    port.reset();
    data.reset();
  }

  @Override
  public void close() { frontend.close(); }
}
