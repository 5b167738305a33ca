package org.ballastvm.vmm.device;

import org.ballastvm.vmm.bus.BusDevice;
import org.ballastvm.vmm.bus.IrqLine;
import org.ballastvm.vmm.bus.PortMap;
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
  public static final int COM1_BASE = PortMap.COM1;

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

  private static final int IIR_FIFOS_ON = 0xc0;

  private static final int FCR_ENABLE = 0x01;
  private static final int FCR_CLEAR_RECEIVE = 0x02;
  private static final int FCR_CLEAR_TRANSMIT = 0x04;

  private static final int LCR_DIVISOR_LATCH = 0x80;

  private static final int FIFO_BYTES = 16;

  /**
   * What a guest has made of a port, with what is on its way through it.
   *
   * @param lineControl the register
   * @param modemControl the register
   * @param divisor the divisor latch, 16 bits
   * @param scratch the register
   * @param fifosOn whether both sides have a FIFO, and not one byte
   * @param interrupts what it interrupts for
   * @param input what the guest has not read
   * @param output what nobody has fetched
   */
  public record State(int lineControl, ModemControl modemControl, int divisor, int scratch, boolean fifosOn,
      SerialInterrupts.State interrupts, SerialInput.State input, SerialOutput.State output) {
    /** What a reset makes of it: output not yet fetched is kept, since the guest did send it. */
    State afterReset() {
      return new State(POWER_ON.lineControl, POWER_ON.modemControl, POWER_ON.divisor, POWER_ON.scratch,
          POWER_ON.fifosOn, POWER_ON.interrupts, POWER_ON.input, output);
    }
  }

  /** After power-on: 9600 baud, nothing sent or received. */
  public static final State POWER_ON = new State(0, ModemControl.POWER_ON, 0x0c, 0, false, SerialInterrupts.POWER_ON,
      SerialInput.POWER_ON, SerialOutput.POWER_ON);

  private final Line line;
  private final SerialOutput output = new SerialOutput();
  private final SerialInput input = new SerialInput();
  private final SerialInterrupts interrupts;
  private int lineControl;
  private ModemControl modemControl;
  private int divisor;
  private int scratch;
  private boolean fifosOn;

  /**
   * A port as it is after power-on.
   *
   * @param irq its interrupt
   * @param line what is behind it
   */
  public SerialPort(IrqLine irq, Line line) {
    this.line = line;
    this.interrupts = new SerialInterrupts(irq, input);
    set(POWER_ON);
  }

  /** Puts the port back to how it is after power-on; output not yet fetched is kept, since the guest did send it. */
  public void reset() {
    synchronized (this) {
      set(state().afterReset());
    }
    line.roomForInput();
  }

  /** {@return what the guest has made of it} */
  public synchronized State state() {
    return new State(lineControl, modemControl, divisor, scratch, fifosOn, interrupts.state(), input.state(),
        output.state());
  }

  /**
   * Makes the port what it was, and says to what is behind it what there is to do.
   *
   * @param state of this port or another
   */
  public void restore(State state) {
    set(state);
    if (hasOutput()) {
      line.outputReady();
    }
    if (isTransmitting()) {
      line.transmitting();
    }
    line.roomForInput();
  }

  private synchronized void set(State state) {
    lineControl = state.lineControl();
    modemControl = state.modemControl();
    divisor = state.divisor();
    scratch = state.scratch();
    fifosOn = state.fifosOn();
    interrupts.restore(state.interrupts());
    input.restore(state.input());
    output.restore(state.output());
    interrupts.update();
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
        case INTERRUPT_ENABLE -> latch ? divisor >> 8 : interrupts.enabled();
        case INTERRUPT_ID -> {
          int id = interrupts.id();
          if (SerialInterrupts.endsByRead(id)) {
            interrupts.askForOutput(false);
            interrupts.update();
          } else {
            ready = output.release();
          }
          yield id | (fifosOn ? IIR_FIFOS_ON : 0);
        }
        case LINE_CONTROL -> lineControl;
        case MODEM_CONTROL -> modemControl.bits();
        case LINE_STATUS -> {
          int status = input.status() | output.status();
          input.clearErrors();
          interrupts.update();
          yield status;
        }
        case MODEM_STATUS -> modemControl.status();
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
          ModemControl next = ModemControl.of(given);
          madeRoom = modemControl.loopsBack() && !next.loopsBack();
          modemControl = next;
        }
        case SCRATCH -> scratch = given;
        default -> {
          // Line status and modem status are read-only.
        }
      }
      interrupts.update();
      news = newsOf(sent ? 1 : 0, given == '\n');
    }
    if (starts) {
      line.transmitting();
    }
    announce(news);
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
      announce(news);
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
    interrupts.update();
    return newsOf(sent, values[count - 1] == '\n');
  }

  /** Of bytes that were just sent, or of none. */
  private News newsOf(int sent, boolean endsLine) {
    return output.newsOf(sent, endsLine, interrupts.asksForOutput());
  }

  private void announce(News news) {
    if (news == News.HELD) {
      line.outputHeld();
    } else if (news == News.READY) {
      line.outputReady();
    }
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
      interrupts.askForOutput(true);
      interrupts.update();
    }
    return count;
  }

  /** {@return whether there is output to fetch} */
  public synchronized boolean hasOutput() { return !output.isEmpty(); }

  /** {@return whether the driver has the transmitter interrupt it} */
  public synchronized boolean isTransmitting() {
    return interrupts.isEnabled(SerialInterrupts.TRANSMIT_EMPTY);
  }

  /** {@return how many bytes {@link #receive} takes now, 0 to 16} */
  public synchronized int room() {
    if (modemControl.loopsBack()) {
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
    interrupts.update();
  }

  /** Delivers a BREAK: a byte of zeros with its own bit in the line status, when its turn comes; on the event loop. */
  public synchronized void receiveBreak() {
    if (room() == 0) {
      return;
    }
    input.putBreak(capacity());
    interrupts.update();
  }

  private boolean send(int value) {
    interrupts.askForOutput(false);
    if (modemControl.loopsBack()) {
      input.put(value, capacity());
      interrupts.askForOutput(true);
      return false;
    }
    if (!output.put(value)) {
      return false;
    }
    interrupts.askForOutput(output.hasRoom());
    return true;
  }

  /** {@return whether the driver has turned the transmitter's interrupt on} */
  private boolean enableInterrupts(int enable) {
    boolean transmitTurnedOn = (enable & ~interrupts.enabled() & SerialInterrupts.TRANSMIT_EMPTY) != 0;
    interrupts.enable(enable);
    if (transmitTurnedOn && output.hasRoom()) {
      interrupts.askForOutput(true);
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
      interrupts.askForOutput(true);
    }
    fifosOn = on;
    interrupts.triggerAt(on ? new int[]{1, 4, 8, 14}[control >> 6 & 3] : 1);
    return cleared;
  }

  private int takeInput() {
    boolean any = input.count() > 0;
    int value = input.take();
    if (any) {
      interrupts.update();
    }
    return value;
  }
}
