package org.ballastvm.pci;

import java.util.List;
import java.util.Optional;
import org.ballastvm.fault.DeviceFaults;
import org.ballastvm.fault.Fault;
import org.ballastvm.fault.FaultTimer;

/**
 * A PCI function with 32-bit memory BARs, and message-signalled interrupts if it declares any. Configuration accesses come
 * from vCPU threads; the function's lock keeps them apart.
 */
public abstract class PciFunction {
  /** BARs of a function. */
  public static final int BARS = PciConfigSpace.BARS;

  private static final int COMMAND_MEMORY = 0x2;
  private static final int COMMAND_BUS_MASTER = 0x4;
  private static final int COMMAND_INTX_OFF = 0x400;

  /**
   * All that a guest has made of a function.
   *
   * @param config its configuration space
   * @param messages of its message-signalled interrupts, if it has any
   * @param registers what is behind its BARs
   */
  public record State(PciConfigSpace.State config, Optional<MsixTable.State> messages, Registers registers) {}

  /** What is behind a function's BARs: a record of the function's kind. */
  public interface Registers {
    /** That of a function whose registers keep nothing. */
    record None() implements Registers {}
  }

  private static final Registers NO_REGISTERS = new Registers.None();

  private final PciConfigSpace config;
  private final Bars bars;
  private volatile boolean interruptPinOff;
  private volatile boolean busMaster;
  /** Null where the function has a pin at most. */
  private Msix msix;
  private PciHost host;
  /** Null where nothing goes wrong. */
  private FunctionFaults faults;

  /**
   * A function that is on no bus yet.
   *
   * @param identity who it is
   */
  protected PciFunction(PciIdentity identity) {
    config = new PciConfigSpace(identity);
    bars = new Bars(config);
    config.allow(PciConfigSpace.COMMAND, 2, COMMAND_MEMORY | COMMAND_BUS_MASTER | COMMAND_INTX_OFF);
  }

  /**
   * Puts the function on a bus.
   *
   * @param bus what it asks of it
   */
  public final synchronized void attach(PciHost bus) {
    this.host = faults == null ? bus : faults.over(bus);
    if (msix != null) {
      msix.table().attach(host);
    }
  }

  /**
   * Has things go wrong, from now on. On the event loop, or before it has started; once.
   *
   * @param planned what, and when
   * @param timer has things happen late
   */
  public synchronized void goWrong(DeviceFaults planned, FaultTimer timer) {
    faults = new FunctionFaults(planned, timer, this::locked);
    attach(host);
  }

  /**
   * A fault strikes now, which waits for no occasion. It {@linkplain #goWrong goes wrong} already.
   *
   * @param fault what; not that the device is pulled out, which its bus does
   */
  public synchronized void strike(Fault fault) { faults.interrupt(fault.place().orElse(0), usesMessages()); }

  private synchronized void locked(Runnable task) { task.run(); }

  /** All faults have been taken away: what was kept back by them comes. */
  public synchronized void mend() {
    // Interrupts that are late come in their time.
  }

  /**
   * Takes the function off its bus: it forgets the guest, its BARs answer no more, and whatever a vCPU or the host still does
   * to it reaches nobody. When this returns, no thread uses the bus through it. What the guest has of the device stays: this
   * is called on any thread, and taking that away belongs to the event loop.
   */
  public final synchronized void detach() {
    forgetGuest();
    attach(NoBus.INSTANCE);
  }

  /** {@return the bus it sits on} */
  protected final PciHost host() { return host; }

  /** {@return the configuration space, for capabilities} */
  protected final PciConfigSpace config() { return config; }

  /**
   * Declares a BAR.
   *
   * @param bar which, 0 to 5
   * @param bytes its size, a power of two, at least 16
   */
  protected final void declareBar(int bar, int bytes) { bars.declare(bar, bytes); }

  /**
   * Gives the function message-signalled interrupts (MSI-X): the capability, and a BAR of 4 KiB with the table and the
   * pending bits, which the function itself serves.
   *
   * @param vectors how many, 1 to 64
   * @param bar in which their table is, 0 to 5; the function uses it for nothing else
   * @throws IllegalArgumentException if there are more or fewer
   */
  protected final void declareMessages(int vectors, int bar) {
    declareBar(bar, Msix.BAR_BYTES);
    msix = new Msix(config, vectors, bar);
  }

  /** {@return whether the guest has the function send messages, so that it does not use its pin} */
  protected final boolean usesMessages() {
    return msix != null && msix.table().isEnabled();
  }

  /**
   * Sends a message, or keeps it pending while the guest masks it or lets the function not reach memory. Sends none while
   * {@link #usesMessages()} is false: it is pending then. Any thread; allocates nothing.
   *
   * @param vector which; one out of range sends nothing
   */
  protected final void sendMessage(int vector) {
    if (msix != null) {
      msix.table().trigger(vector);
    }
  }

  /** Says that the function uses interrupt pin A. */
  protected final void declareInterruptPin() {
    config.put8(PciConfigSpace.INTERRUPT_PIN, 1);
  }

  /**
   * The size of a BAR.
   *
   * @param bar which, 0 to 5
   * @return bytes, 0 for one it does not have
   */
  public final int barBytes(int bar) { return bars.bytes(bar); }

  /**
   * Where a BAR answers.
   *
   * @param bar which, 0 to 5
   * @return guest physical address, 0 when it does not answer
   */
  public final synchronized long barAddress(int bar) { return bars.mappedAt(bar); }

  /**
   * Gives a BAR its place, as firmware does before a kernel runs. It answers when the guest enables it.
   *
   * @param bar which
   * @param base a multiple of its size
   */
  public final synchronized void placeBar(int bar, int base) { config.put32(PciConfigSpace.BAR_0 + 4 * bar, base); }

  /**
   * Says which interrupt the pin is wired to, for guests that ask the interrupt line register.
   *
   * @param line 0 to 255
   */
  public final synchronized void placeInterruptLine(int line) { config.put8(PciConfigSpace.INTERRUPT_LINE, line); }

  /**
   * A guest reads configuration space.
   *
   * @param offset 0 to 255
   * @param width 1, 2 or 4 bytes
   * @return the value; all ones outside
   */
  public synchronized int configRead(int offset, int width) { return config.read(offset, width); }

  /**
   * A guest writes configuration space; bits that it may not write keep their value.
   *
   * @param offset 0 to 255
   * @param width 1, 2 or 4 bytes
   * @param value in the low {@code width} bytes
   */
  public synchronized void configWrite(int offset, int width, int value) {
    config.write(offset, width, value);
    boolean wasBusMaster = busMaster;
    followCommand();
    if (msix != null && (busMaster != wasBusMaster || msix.isControl(offset, width))) {
      msix.update(busMaster);
    }
  }

  private void followCommand() {
    int command = config.get16(PciConfigSpace.COMMAND);
    interruptPinOff = (command & COMMAND_INTX_OFF) != 0;
    busMaster = (command & COMMAND_BUS_MASTER) != 0;
    bars.remap(host, (command & COMMAND_MEMORY) != 0);
  }

  /** {@return whether the guest has switched the interrupt pin off} */
  protected final boolean interruptPinOff() {
    return interruptPinOff;
  }

  /**
   * Whether the guest lets the function reach memory by itself, which sending a message is, too. PCI Local Bus
   * Specification 3.0, 6.2.2.
   *
   * @return false after power-on
   */
  protected final boolean isBusMaster() { return busMaster; }

  /**
   * A guest reads a BAR.
   *
   * @param bar which
   * @param offset in bytes
   * @param width 1, 2, 4 or 8 bytes
   * @return the value, zero-extended
   */
  public final synchronized long barRead(int bar, long offset, int width) {
    long value = msix != null && bar == msix.bar() ? msix.read(offset, width) : readRegister(bar, offset, width);
    if (faults != null && faults.readsAllOnes(bar, width)) {
      value = -1L;
    }
    return width == Long.BYTES ? value : value & (1L << 8 * width) - 1;
  }

  /**
   * A guest writes a BAR.
   *
   * @param bar which
   * @param offset in bytes
   * @param width 1, 2, 4 or 8 bytes
   * @param value in the low {@code width} bytes
   */
  public final synchronized void barWrite(int bar, long offset, int width, long value) {
    if (msix != null && bar == msix.bar()) {
      msix.write(offset, width, value);
      messagesChanged();
    } else {
      writeRegister(bar, offset, width, value);
    }
  }

  /**
   * A guest reads a BAR that is the function's own. The function's lock is held.
   *
   * @param bar which
   * @param offset in bytes
   * @param width 1, 2, 4 or 8 bytes
   * @return the value in the low {@code width} bytes; others are ignored. By default all ones, as where nothing answers
   */
  protected long readRegister(int bar, long offset, int width) { return -1L; }

  /**
   * A guest writes a BAR that is the function's own; by default nothing changes. The function's lock is held.
   *
   * @param bar which
   * @param offset in bytes
   * @param width 1, 2, 4 or 8 bytes
   * @param value in the low {@code width} bytes
   */
  protected void writeRegister(int bar, long offset, int width, long value) {
    // A function without registers has nothing to write to.
  }

  /** The guest has written to the table of messages: others may be open now. The function's lock is held. */
  protected void messagesChanged() {
    // Most send their messages themselves.
  }

  /**
   * Whether a message would be sent now, so that others may send it in the function's place. The function's lock is held.
   *
   * @param vector which; none that is out of range
   * @return false while it would be kept pending
   */
  protected final boolean canSend(int vector) { return msix != null && msix.table().isOpen(vector); }

  /** {@return for how many queues others may call the driver: each has a signal on the bus; by default none} */
  public int callCount() {
    return 0;
  }

  /**
   * Whoever serves a queue has called, and no message is {@linkplain PciHost#connect connected} to it; on the event loop.
   *
   * @param queue which, below {@link #callCount()}
   */
  public void called(int queue) {
    throw new IllegalStateException("queue " + queue + " of a function that serves all itself");
  }

  /** {@return the doorbells in its BARs, for the bus to listen to; by default none} */
  public List<Doorbell> doorbells() {
    return List.of();
  }

  /** {@return how many message-signalled interrupts it can send} */
  public final int vectorCount() {
    return msix == null ? 0 : msix.table().vectors();
  }

  /**
   * A doorbell rang; on the event loop.
   *
   * @param index which
   */
  public void doorbell(int index) {
    throw new IllegalStateException("doorbell " + index + " of a function that has none");
  }

  /** {@return all that the guest has made of it} */
  public final synchronized State state() {
    return new State(config.state(), msix == null ? Optional.empty() : Optional.of(msix.table().state()), registers());
  }

  /**
   * Makes it what it was, on the bus that it is on: BARs answer, vectors are routed, the pin is driven. On the event loop,
   * with no vCPU.
   *
   * @param state of a function of the same kind and configuration
   * @throws ClassCastException if it is of another kind
   */
  public final synchronized void restore(State state) {
    restore(state.config(), state.messages());
    restoreRegisters(state.registers());
  }

  private void restore(PciConfigSpace.State space, Optional<MsixTable.State> messages) {
    config.restore(space);
    followCommand();
    if (msix != null) {
      msix.table().restore(messages.orElseThrow());
    }
  }

  /** {@return what is behind its BARs, by default nothing; the function's lock is held} */
  protected Registers registers() {
    return NO_REGISTERS;
  }

  /**
   * Makes what is behind its BARs what it was. Configuration space and messages have been restored. The function's lock is
   * held.
   *
   * @param state what {@link #registers()} returned, of this or another function of the same kind
   */
  protected void restoreRegisters(Registers state) {
    // By default there is nothing behind them.
  }

  /** Puts the function back to how it is after power-on; the places of its BARs stay. On the event loop, with no vCPU. */
  public synchronized void reset() {
    forgetGuest();
  }

  /** Puts the registers back to how they are after power-on. The function's lock is held. */
  protected void forgetGuest() {
    restore(config.powerOn(), msix == null ? Optional.empty() : Optional.of(msix.table().powerOn()));
  }

  /**
   * A place in a BAR whose writes mean only that they happened.
   *
   * @param index what {@link #doorbell} is given
   * @param bar which BAR
   * @param offset in bytes
   */
  public record Doorbell(int index, int bar, long offset) {}
}
