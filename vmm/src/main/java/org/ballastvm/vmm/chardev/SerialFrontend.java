package org.ballastvm.vmm.chardev;

import java.util.concurrent.atomic.AtomicBoolean;
import org.ballastvm.vmm.device.SerialPort;
import org.ballastvm.vmm.event.EventLoop;
import org.ballastvm.vmm.event.LoopTimer;

/**
 * Ties a serial port to a chardev: vCPUs fill the port's ring, the event loop empties it a moment later. A guest sends
 * byte by byte, and waking the loop for each would take the processor from the guest as often.
 */
public final class SerialFrontend implements CharFrontend, SerialPort.Line, AutoCloseable {
  /** What a line of 115,200 baud takes for twelve characters; nobody sees it. */
  private static final long OUTPUT_DELAY_NANOS = 1_000_000;

  private final EventLoop loop;
  private final Chardev chardev;
  private final byte[] buffer = new byte[4096];
  private final LoopTimer outputTimer;
  private final AtomicBoolean outputDue = new AtomicBoolean();
  private final AtomicBoolean inputPosted = new AtomicBoolean();
  private final Runnable receiveMore = this::receiveMore;
  private SerialPort port;

  /**
   * A tie.
   *
   * @param loop where the chardev runs
   * @param chardev the far side
   */
  public SerialFrontend(EventLoop loop, Chardev chardev) {
    this.loop = loop;
    this.chardev = chardev;
    this.outputTimer = new LoopTimer(loop, this::sendOutput);
  }

  /**
   * Ties.
   *
   * @param serialPort the near side
   */
  public void connect(SerialPort serialPort) {
    this.port = serialPort;
    chardev.connect(this);
  }

  @Override
  public void outputReady() {
    if (outputDue.compareAndSet(false, true)) {
      outputTimer.once(OUTPUT_DELAY_NANOS);
    }
  }

  @Override
  public void roomForInput() {
    if (inputPosted.compareAndSet(false, true)) {
      loop.post(receiveMore);
    }
  }

  private void sendOutput() {
    outputDue.set(false);
    drained();
  }

  private void receiveMore() {
    inputPosted.set(false);
    chardev.receiveMore();
  }

  @Override
  public void drained() {
    // What does not fit stays in the port, whose transmitter is then busy.
    while (chardev.sendRoom() >= buffer.length) {
      int count = port.takeOutput(buffer);
      if (count == 0) {
        return;
      }
      chardev.send(buffer, 0, count);
    }
  }

  @Override
  public int room() { return port.room(); }

  @Override
  public void receive(byte[] bytes, int offset, int count) { port.receive(bytes, offset, count); }

  @Override
  public void opened() {
    // A serial line has no notion of somebody being there.
  }

  @Override
  public void closed() {
    // Nor of nobody.
  }

  /** Sends what the guest sent last. The event loop has ended; the chardev has not. */
  @Override
  public void close() {
    outputTimer.close();
    drained();
  }
}
