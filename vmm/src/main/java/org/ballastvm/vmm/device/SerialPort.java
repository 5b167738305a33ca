package org.ballastvm.vmm.device;

import org.ballastvm.vmm.bus.BusDevice;
import org.ballastvm.vmm.bus.IrqLine;
import org.ballastvm.vmm.device.SerialOutput.News;

/**
 * A 16550A serial port.
 *
 * <p>
 * What the guest sends goes into a ring that the event loop empties into the chardev, so a vCPU never waits for a
 * terminal or a socket; while the ring is full the port says that its transmitter is busy, as hardware does. What
 * arrives is offered through {@link #room()} and {@link #receive}, never more than the receive FIFO holds.
 *
 * <p>
 * A driver that lives on the transmitter's interrupt need not leave the guest for each byte: the kernel may collect them.
 * Drivers that ask for no interrupt look at the line status before each FIFO that they fill and after the last, which
 * brings the bytes too.
 *
 * <p>
 * Source: National Semiconductor PC16550D data sheet; interrupt priorities as in its table III.
 */
public final class SerialPort implements BusDevice {
  /** COM1's first port. */
  public static final int COM1_BASE = 0x3f8;

  /** COM1's interrupt. */
  public static final int COM1_IRQ = 4;

  /** Ports. */
  public static final int LENGTH = 8;

  /** What the port needs of the chardev behind it. */
  public interface Line {
    /** There is output to fetch with {@link SerialPort#takeOutput}; called on a vCPU thread, must not block. */
    void outputReady();

    /**
     * There is output, and the guest is likely to add to it at once: {@link #outputReady} follows when it has, but for a
     * guest that dies on the way. Called on a vCPU thread, must not block.
     */
    void outputHeld();

    /**
     * The driver has turned the transmitter's interrupt on: it is about to send, and comes back by itself until it turns it
     * off. What it sends may arrive several bytes at once. Called on a vCPU thread, must not block for long.
     */
    void transmitting();

    /** There is room for input again; called on a vCPU thread, must not block. */
    void roomForInput();
  }

  private static final int DATA = 0;
  private static final int INTERRUPT_ENABLE = 1;
  private static final int INTERRUPT_ID = 2;
  private static final int LINE_CONTROL = 3;
  private static final int MODEM_CONTROL = 4;
  private static final int LINE_STATUS = 5;
  private static final int MODEM_STATUS = 6;
  private static final int SCRATCH = 7;

  private static final int IER_RECEIVED = 0x01;
  private static final int IER_TRANSMIT_EMPTY = 0x02;
  private static final int IER_LINE_STATUS = 0x04;

  private static final int IIR_NONE = 0x01;
  private static final int IIR_TRANSMIT_EMPTY = 0x02;
  private static final int IIR_RECEIVED = 0x04;
  private static final int IIR_LINE_STATUS = 0x06;
  private static final int IIR_TIMEOUT = 0x0c;
  private static final int IIR_FIFOS_ON = 0xc0;

  private static final int FCR_ENABLE = 0x01;
  private static final int FCR_CLEAR_RECEIVE = 0x02;
  private static final int FCR_CLEAR_TRANSMIT = 0x04;

  private static final int LCR_DIVISOR_LATCH = 0x80;

  private static final int MCR_DTR = 0x01;
  private static final int MCR_RTS = 0x02;
  private static final int MCR_OUT1 = 0x04;
  private static final int MCR_OUT2 = 0x08;
  private static final int MCR_LOOPBACK = 0x10;

  private static final int LSR_DATA_READY = 0x01;
  private static final int LSR_OVERRUN = 0x02;
  private static final int LSR_BREAK = 0x10;
  private static final int LSR_HOLDING_EMPTY = 0x20;
  private static final int LSR_TRANSMITTER_EMPTY = 0x40;

  private static final int MSR_CTS = 0x10;
  private static final int MSR_DSR = 0x20;
  private static final int MSR_RI = 0x40;
  private static final int MSR_DCD = 0x80;

  private static final int FIFO_BYTES = 16;

  private final IrqLine irq;
  private final Line line;
  private final SerialOutput output = new SerialOutput();
  private final SerialInput input = new SerialInput();
  private int interruptEnable;
  private int lineControl;
  private int modemControl;
  private int divisor;
  private int scratch;
  private int triggerLevel = 1;
  private boolean fifosOn;
  private boolean transmitEmptyPending;
  private boolean irqHigh;

  /**
   * A port as it is after power-on.
   *
   * @param irq its interrupt
   * @param line what is behind it
   */
  public SerialPort(IrqLine irq, Line line) {
    this.irq = irq;
    this.line = line;
    clear();
  }

  /** Puts the port back to how it is after power-on; output not yet fetched is kept, since the guest did send it. */
  public void reset() {
    clear();
    line.roomForInput();
  }

  private synchronized void clear() {
    interruptEnable = 0;
    lineControl = 0;
    modemControl = MCR_OUT2;
    divisor = 0x0c;
    scratch = 0;
    triggerLevel = 1;
    fifosOn = false;
    transmitEmptyPending = false;
    input.clearErrors();
    input.clear();
    updateIrq();
  }

  @Override
  public long read(long offset, int sizeBytes) {
    boolean madeRoom = false;
    boolean ready = false;
    long value;
    synchronized (this) {
      boolean latch = (lineControl & LCR_DIVISOR_LATCH) != 0;
      value = switch ((int) offset) {
        case DATA -> {
          if (latch) {
            yield divisor & 0xff;
          }
          madeRoom = input.count() > 0;
          yield takeInput();
        }
        case INTERRUPT_ENABLE -> latch ? divisor >> 8 : interruptEnable;
        case INTERRUPT_ID -> {
          int id = interruptId();
          if (id == IIR_TRANSMIT_EMPTY) {
            transmitEmptyPending = false;
            updateIrq();
          } else {
            ready = output.release();
          }
          yield id | (fifosOn ? IIR_FIFOS_ON : 0);
        }
        case LINE_CONTROL -> lineControl;
        case MODEM_CONTROL -> modemControl;
        case LINE_STATUS -> {
          int status = lineStatus();
          input.clearErrors();
          updateIrq();
          yield status;
        }
        case MODEM_STATUS -> modemStatus();
        case SCRATCH -> scratch;
        default -> 0xff;
      };
    }
    if (ready) {
      line.outputReady();
    }
    if (madeRoom) {
      line.roomForInput();
    }
    return value;
  }

  @Override
  public void write(long offset, int sizeBytes, long value) {
    int given = (int) value & 0xff;
    boolean sent = false;
    News news;
    boolean madeRoom = false;
    boolean starts = false;
    synchronized (this) {
      boolean latch = (lineControl & LCR_DIVISOR_LATCH) != 0;
      switch ((int) offset) {
        case DATA -> {
          if (latch) {
            divisor = divisor & 0xff00 | given;
          } else {
            sent = send(given);
          }
        }
        case INTERRUPT_ENABLE -> {
          if (latch) {
            divisor = divisor & 0xff | given << 8;
          } else {
            starts = enableInterrupts(given & 0x0f);
          }
        }
        case INTERRUPT_ID -> madeRoom = fifoControl(given);
        case LINE_CONTROL -> lineControl = given;
        case MODEM_CONTROL -> {
          // While it talks to itself, the port takes nothing from outside.
          madeRoom = (modemControl & ~given & MCR_LOOPBACK) != 0;
          modemControl = given & 0x1f;
        }
        case SCRATCH -> scratch = given;
        default -> {
          // Line status and modem status are read-only.
        }
      }
      updateIrq();
      news = newsOf(sent ? 1 : 0, given == '\n');
    }
    if (starts) {
      line.transmitting();
    }
    tell(news);
    if (madeRoom) {
      line.roomForInput();
    }
  }

  /** What a driver sent that did not leave the guest for each byte. */
  @Override
  public void write(long offset, int sizeBytes, long[] values, int count) {
    News news = sendAll(offset, values, count);
    if (news == null) {
      BusDevice.super.write(offset, sizeBytes, values, count);
    } else {
      tell(news);
    }
  }

  /** Sends, if that is what these writes do; else null. */
  private synchronized News sendAll(long offset, long[] values, int count) {
    if (offset != DATA || (lineControl & LCR_DIVISOR_LATCH) != 0) {
      return null;
    }
    int sent = 0;
    for (int i = 0; i < count; i++) {
      sent += send((int) values[i] & 0xff) ? 1 : 0;
    }
    updateIrq();
    return newsOf(sent, values[count - 1] == '\n');
  }

  /** Of bytes that were just sent, or of none. */
  private News newsOf(int sent, boolean endsLine) {
    return output.newsOf(sent, endsLine, driverComesBack());
  }

  private void tell(News news) {
    if (news == News.HELD) {
      line.outputHeld();
    } else if (news == News.READY) {
      line.outputReady();
    }
  }

  /** Whether the guest has an interrupt before it that asks for more output. */
  private boolean driverComesBack() {
    return transmitEmptyPending && (interruptEnable & IER_TRANSMIT_EMPTY) != 0;
  }

  /**
   * Fetches output; on the event loop.
   *
   * @param into where to
   * @return bytes fetched, 0 when there is none
   */
  public synchronized int takeOutput(byte[] into) {
    boolean wasBusy = !output.hasRoom();
    int count = output.take(into);
    if (wasBusy && output.hasRoom()) {
      transmitEmptyPending = true;
      updateIrq();
    }
    return count;
  }

  /** {@return whether there is output to fetch} */
  public synchronized boolean hasOutput() { return !output.isEmpty(); }

  /** {@return whether the driver has the transmitter interrupt it} */
  public synchronized boolean isTransmitting() {
    return (interruptEnable & IER_TRANSMIT_EMPTY) != 0;
  }

  /** {@return how many bytes {@link #receive} takes now, 0 to 16} */
  public synchronized int room() {
    if ((modemControl & MCR_LOOPBACK) != 0) {
      return 0;
    }
    return capacity() - Math.min(input.count(), capacity());
  }

  private int capacity() { return fifosOn ? FIFO_BYTES : 1; }

  /**
   * Delivers input; on the event loop.
   *
   * @param from the bytes
   * @param offset of the first
   * @param count how many, at most {@link #room()}
   */
  public synchronized void receive(byte[] from, int offset, int count) {
    for (int i = 0; i < count; i++) {
      input.put(from[offset + i] & 0xff, capacity());
    }
    updateIrq();
  }

  /** Delivers a BREAK: a byte of zeros with its own bit in the line status, when its turn comes; on the event loop. */
  public synchronized void receiveBreak() {
    if (room() == 0) {
      return;
    }
    input.putBreak(capacity());
    updateIrq();
  }

  private boolean send(int value) {
    transmitEmptyPending = false;
    if ((modemControl & MCR_LOOPBACK) != 0) {
      input.put(value, capacity());
      transmitEmptyPending = true;
      return false;
    }
    if (!output.put(value)) {
      return false;
    }
    transmitEmptyPending = output.hasRoom();
    return true;
  }

  /** {@return whether the driver has turned the transmitter's interrupt on} */
  private boolean enableInterrupts(int enable) {
    boolean transmitTurnedOn = (enable & ~interruptEnable & IER_TRANSMIT_EMPTY) != 0;
    interruptEnable = enable;
    if (transmitTurnedOn && output.hasRoom()) {
      transmitEmptyPending = true;
    }
    return transmitTurnedOn;
  }

  private boolean fifoControl(int control) {
    boolean on = (control & FCR_ENABLE) != 0;
    boolean cleared = on != fifosOn || (control & FCR_CLEAR_RECEIVE) != 0;
    if (cleared) {
      input.clear();
    }
    if ((control & FCR_CLEAR_TRANSMIT) != 0 && output.hasRoom()) {
      transmitEmptyPending = true;
    }
    fifosOn = on;
    triggerLevel = on ? new int[]{1, 4, 8, 14}[control >> 6 & 3] : 1;
    return cleared;
  }

  private int takeInput() {
    boolean any = input.count() > 0;
    int value = input.take();
    if (any) {
      updateIrq();
    }
    return value;
  }

  private int lineStatus() {
    return (input.count() > 0 ? LSR_DATA_READY : 0) | (input.isOverrun() ? LSR_OVERRUN : 0)
        | (input.isBreakNext() ? LSR_BREAK : 0)
        | (output.hasRoom() ? LSR_HOLDING_EMPTY | LSR_TRANSMITTER_EMPTY : 0);
  }

  private int modemStatus() {
    if ((modemControl & MCR_LOOPBACK) == 0) {
      return MSR_CTS | MSR_DSR | MSR_DCD;
    }
    return ((modemControl & MCR_RTS) != 0 ? MSR_CTS : 0) | ((modemControl & MCR_DTR) != 0 ? MSR_DSR : 0)
        | ((modemControl & MCR_OUT1) != 0 ? MSR_RI : 0) | ((modemControl & MCR_OUT2) != 0 ? MSR_DCD : 0);
  }

  private int interruptId() {
    if ((interruptEnable & IER_LINE_STATUS) != 0 && (input.isOverrun() || input.isBreakNext())) {
      return IIR_LINE_STATUS;
    }
    if ((interruptEnable & IER_RECEIVED) != 0 && input.count() > 0) {
      // Below the trigger level the hardware waits for four character times before it says so; here time has passed.
      return input.count() >= triggerLevel ? IIR_RECEIVED : IIR_TIMEOUT;
    }
    if ((interruptEnable & IER_TRANSMIT_EMPTY) != 0 && transmitEmptyPending) {
      return IIR_TRANSMIT_EMPTY;
    }
    return IIR_NONE;
  }

  private void updateIrq() {
    boolean high = interruptId() != IIR_NONE;
    if (high != irqHigh) {
      irqHigh = high;
      irq.set(high);
    }
  }
}
