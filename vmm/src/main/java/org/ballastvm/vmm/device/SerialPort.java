package org.ballastvm.vmm.device;

import org.ballastvm.vmm.bus.BusDevice;
import org.ballastvm.vmm.bus.IrqLine;

/**
 * A 16550A serial port.
 *
 * <p>
 * What the guest sends goes into a ring that the event loop empties into the chardev, so a vCPU never waits for a
 * terminal or a socket; while the ring is full the port says that its transmitter is busy, as hardware does. What
 * arrives is offered through {@link #room()} and {@link #receive}, never more than the receive FIFO holds.
 *
 * <p>
 * A driver that lives on the transmitter's interrupt has one pending after each byte, so it comes back and tells by what
 * it does then whether there is more; one that polls goes on until the end of the line. Until then the event loop is left
 * asleep: waking it for each byte would take the processor from the guest as often. The ring never fills for that, and a
 * timer fetches what a driver forgot.
 *
 * <p>
 * Nor does such a driver need to leave the guest for each byte: the kernel may collect them. Drivers that ask for no
 * interrupt look at the line status before each FIFO that they fill and after the last, which brings the bytes too.
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

  /** What there is to tell of output. */
  private enum OutputNews {
    NONE, HELD, READY
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
  private static final int OUTPUT_BYTES = 4096;
  /** So much is held back at most: far less than the ring, whose end no guest shall meet for it. */
  private static final int MOST_HELD_BYTES = 512;

  private final IrqLine irq;
  private final Line line;
  private final byte[] output = new byte[OUTPUT_BYTES];
  private int outputStart;
  private int outputCount;
  /** How much of it nobody was told of. */
  private int heldCount;
  private final byte[] input = new byte[FIFO_BYTES];
  private int inputStart;
  private int inputCount;
  /** A bit for each byte of input that stands for a BREAK that nobody was told of. */
  private int breaks;
  private int interruptEnable;
  private int lineControl;
  private int modemControl;
  private int divisor;
  private int scratch;
  private int triggerLevel = 1;
  private boolean fifosOn;
  private boolean transmitEmptyPending;
  private boolean overrun;
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
    overrun = false;
    inputCount = 0;
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
          madeRoom = inputCount > 0;
          yield takeInput();
        }
        case INTERRUPT_ENABLE -> latch ? divisor >> 8 : interruptEnable;
        case INTERRUPT_ID -> {
          int id = interruptId();
          if (id == IIR_TRANSMIT_EMPTY) {
            transmitEmptyPending = false;
            updateIrq();
          } else {
            ready = releaseHeld();
          }
          yield id | (fifosOn ? IIR_FIFOS_ON : 0);
        }
        case LINE_CONTROL -> lineControl;
        case MODEM_CONTROL -> modemControl;
        case LINE_STATUS -> {
          int status = lineStatus();
          overrun = false;
          breaks &= ~(1 << inputStart);
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
    OutputNews news;
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
    OutputNews news = sendAll(offset, values, count);
    if (news == null) {
      BusDevice.super.write(offset, sizeBytes, values, count);
    } else {
      tell(news);
    }
  }

  /** Sends, if that is what these writes do; else null. */
  private synchronized OutputNews sendAll(long offset, long[] values, int count) {
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
  private OutputNews newsOf(int sent, boolean endsLine) {
    int before = heldCount;
    heldCount += sent;
    if ((driverComesBack() || sent > 0 && !endsLine) && heldCount < MOST_HELD_BYTES) {
      return sent > 0 && before == 0 ? OutputNews.HELD : OutputNews.NONE;
    }
    return releaseHeld() ? OutputNews.READY : OutputNews.NONE;
  }

  private void tell(OutputNews news) {
    if (news == OutputNews.HELD) {
      line.outputHeld();
    } else if (news == OutputNews.READY) {
      line.outputReady();
    }
  }

  /** Whether the guest has an interrupt before it that asks for more output. */
  private boolean driverComesBack() {
    return transmitEmptyPending && (interruptEnable & IER_TRANSMIT_EMPTY) != 0;
  }

  private boolean releaseHeld() {
    boolean any = heldCount > 0;
    heldCount = 0;
    return any;
  }

  /**
   * Fetches output; on the event loop.
   *
   * @param into where to
   * @return bytes fetched, 0 when there is none
   */
  public synchronized int takeOutput(byte[] into) {
    int count = Math.min(outputCount, into.length);
    for (int i = 0; i < count; i++) {
      into[i] = output[(outputStart + i) % OUTPUT_BYTES];
    }
    boolean wasBusy = !transmitterReady();
    outputStart = (outputStart + count) % OUTPUT_BYTES;
    outputCount -= count;
    heldCount = Math.min(heldCount, outputCount);
    if (wasBusy && transmitterReady()) {
      transmitEmptyPending = true;
      updateIrq();
    }
    return count;
  }

  /** {@return whether there is output to fetch} */
  public synchronized boolean hasOutput() { return outputCount > 0; }

  /** {@return whether the driver has the transmitter interrupt it} */
  public synchronized boolean isTransmitting() {
    return (interruptEnable & IER_TRANSMIT_EMPTY) != 0;
  }

  /** {@return how many bytes {@link #receive} takes now, 0 to 16} */
  public synchronized int room() {
    if ((modemControl & MCR_LOOPBACK) != 0) {
      return 0;
    }
    return (fifosOn ? FIFO_BYTES : 1) - Math.min(inputCount, fifosOn ? FIFO_BYTES : 1);
  }

  /**
   * Delivers input; on the event loop.
   *
   * @param from the bytes
   * @param offset of the first
   * @param count how many, at most {@link #room()}
   */
  public synchronized void receive(byte[] from, int offset, int count) {
    for (int i = 0; i < count; i++) {
      putInput(from[offset + i] & 0xff);
    }
    updateIrq();
  }

  /** Delivers a BREAK: a byte of zeros with its own bit in the line status, when its turn comes; on the event loop. */
  public synchronized void receiveBreak() {
    if (room() == 0) {
      return;
    }
    putInput(0);
    breaks |= 1 << (inputStart + inputCount - 1) % FIFO_BYTES;
    updateIrq();
  }

  private boolean isBreakNext() { return inputCount > 0 && (breaks >> inputStart & 1) != 0; }

  private boolean send(int value) {
    transmitEmptyPending = false;
    if ((modemControl & MCR_LOOPBACK) != 0) {
      putInput(value);
      transmitEmptyPending = true;
      return false;
    }
    if (outputCount == OUTPUT_BYTES) {
      return false;
    }
    output[(outputStart + outputCount) % OUTPUT_BYTES] = (byte) value;
    outputCount++;
    transmitEmptyPending = transmitterReady();
    return true;
  }

  /** A driver that is told so sends as much as a FIFO holds without asking again. */
  private boolean transmitterReady() {
    return outputCount <= OUTPUT_BYTES - FIFO_BYTES;
  }

  /** {@return whether the driver has turned the transmitter's interrupt on} */
  private boolean enableInterrupts(int enable) {
    boolean transmitTurnedOn = (enable & ~interruptEnable & IER_TRANSMIT_EMPTY) != 0;
    interruptEnable = enable;
    if (transmitTurnedOn && transmitterReady()) {
      transmitEmptyPending = true;
    }
    return transmitTurnedOn;
  }

  private boolean fifoControl(int control) {
    boolean on = (control & FCR_ENABLE) != 0;
    boolean cleared = on != fifosOn || (control & FCR_CLEAR_RECEIVE) != 0;
    if (cleared) {
      inputCount = 0;
    }
    if ((control & FCR_CLEAR_TRANSMIT) != 0 && transmitterReady()) {
      transmitEmptyPending = true;
    }
    fifosOn = on;
    triggerLevel = on ? new int[]{1, 4, 8, 14}[control >> 6 & 3] : 1;
    return cleared;
  }

  private void putInput(int value) {
    if (inputCount == (fifosOn ? FIFO_BYTES : 1)) {
      overrun = true;
      return;
    }
    int place = (inputStart + inputCount) % FIFO_BYTES;
    input[place] = (byte) value;
    breaks &= ~(1 << place);
    inputCount++;
  }

  private int takeInput() {
    if (inputCount == 0) {
      return 0;
    }
    int value = input[inputStart] & 0xff;
    inputStart = (inputStart + 1) % FIFO_BYTES;
    inputCount--;
    updateIrq();
    return value;
  }

  private int lineStatus() {
    return (inputCount > 0 ? LSR_DATA_READY : 0) | (overrun ? LSR_OVERRUN : 0) | (isBreakNext() ? LSR_BREAK : 0)
        | (transmitterReady() ? LSR_HOLDING_EMPTY | LSR_TRANSMITTER_EMPTY : 0);
  }

  private int modemStatus() {
    if ((modemControl & MCR_LOOPBACK) == 0) {
      return MSR_CTS | MSR_DSR | MSR_DCD;
    }
    return ((modemControl & MCR_RTS) != 0 ? MSR_CTS : 0) | ((modemControl & MCR_DTR) != 0 ? MSR_DSR : 0)
        | ((modemControl & MCR_OUT1) != 0 ? MSR_RI : 0) | ((modemControl & MCR_OUT2) != 0 ? MSR_DCD : 0);
  }

  private int interruptId() {
    if ((interruptEnable & IER_LINE_STATUS) != 0 && (overrun || isBreakNext())) {
      return IIR_LINE_STATUS;
    }
    if ((interruptEnable & IER_RECEIVED) != 0 && inputCount > 0) {
      // Below the trigger level the hardware waits for four character times before it says so; here time has passed.
      return inputCount >= triggerLevel ? IIR_RECEIVED : IIR_TIMEOUT;
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
