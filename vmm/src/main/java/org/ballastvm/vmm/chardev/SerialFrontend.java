package org.ballastvm.vmm.chardev;

import java.util.concurrent.atomic.AtomicBoolean;
import org.ballastvm.vmm.device.SerialPort;
import org.ballastvm.vmm.loop.EventLoop;
import org.ballastvm.vmm.loop.LoopTimer;

/** Ties a serial port to a chardev: vCPUs fill the port's ring, the event loop empties it. */
public final class SerialFrontend implements CharFrontend, SerialPort.Line, AutoCloseable {
  /** Nobody sees a delay so short, and a driver that has more to send has long sent it. */
  private static final long HELD_NANOS = 10_000_000;
  /** After so many looks for bytes that do not come, the driver is one that leaves its interrupt on. */
  private static final int MOST_LOOKS = 100;

  /** How bytes come from the guest to the port. Any thread may call it. */
  public interface Delivery {
    /** Lets the guest send byte after byte without leaving; nothing happens if it does. */
    void collect();

    /** Has come, soon, what was sent without leaving. */
    void fetch();

    /** Has the guest leave for each byte again; nothing happens if it does. */
    void collectNoMore();
  }

  private final EventLoop loop;
  private final Chardev chardev;
  private final Delivery delivery;
  /** Buffers sent in a turn; one holds all that the port does. */
  static final int MOST_SENT = 16;

  private final byte[] buffer = new byte[4096];
  private final LoopTimer heldTimer;
  private final AtomicBoolean heldDue = new AtomicBoolean();
  private final AtomicBoolean outputPosted = new AtomicBoolean();
  private final AtomicBoolean inputPosted = new AtomicBoolean();
  private final Runnable sendOutput = this::sendOutput;
  private final Runnable receiveMore = this::receiveMore;
  private SerialPort port;
  private int looks;

  /**
   * A tie.
   *
   * @param loop where the chardev runs
   * @param chardev the far side
   * @param delivery how bytes come to the near side
   */
  public SerialFrontend(EventLoop loop, Chardev chardev, Delivery delivery) {
    this.loop = loop;
    this.chardev = chardev;
    this.delivery = delivery;
    this.heldTimer = new LoopTimer(loop, this::sendHeld);
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
    if (outputPosted.compareAndSet(false, true)) {
      loop.post(sendOutput);
    }
  }

  @Override
  public void outputHeld() {
    if (heldDue.compareAndSet(false, true)) {
      heldTimer.once(HELD_NANOS);
    }
  }

  @Override
  public void transmitting() {
    delivery.collect();
    outputHeld(); // A driver may forget to come back for what was collected.
  }

  @Override
  public void roomForInput() {
    if (inputPosted.compareAndSet(false, true)) {
      loop.post(receiveMore);
    }
  }

  private void sendOutput() {
    outputPosted.set(false);
    drained();
  }

  private void sendHeld() {
    heldDue.set(false);
    looks = port.hasOutput() ? 0 : looks + 1;
    drained();
    if (!port.isTransmitting()) {
      looks = 0;
    } else if (looks < MOST_LOOKS) {
      delivery.fetch();
      outputHeld();
    } else {
      looks = 0;
      delivery.collectNoMore();
    }
  }

  private void receiveMore() {
    inputPosted.set(false);
    chardev.receiveMore();
  }

  @Override
  public void drained() {
    // What does not fit stays in the port, whose transmitter is then busy.
    for (int sent = 0; chardev.sendRoom() >= buffer.length; sent++) {
      if (sent == MOST_SENT) {
        outputReady(); // The guest goes on meanwhile, and others want the loop too.
        return;
      }
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
  public void receiveBreak() { port.receiveBreak(); }

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
    heldTimer.close();
    drained();
  }
}
