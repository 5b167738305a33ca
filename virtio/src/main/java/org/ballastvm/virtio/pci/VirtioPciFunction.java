package org.ballastvm.virtio.pci;

import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.ballastvm.fault.DeviceFaults;
import org.ballastvm.fault.Fault;
import org.ballastvm.fault.FaultTimer;
import org.ballastvm.pci.PciConfigSpace;
import org.ballastvm.pci.PciFunction;
import org.ballastvm.pci.PciHost;
import org.ballastvm.record.Recorder;
import org.ballastvm.virtio.DeviceEvent;
import org.ballastvm.virtio.EventLimiter;
import org.ballastvm.virtio.EventSink;
import org.ballastvm.virtio.QueueServer;
import org.ballastvm.virtio.VirtioDevice;
import org.ballastvm.virtio.queue.GuestError;
import org.ballastvm.virtio.queue.GuestMemory;

/**
 * A virtio device on PCI, modern interface only. Virtio 1.3, 4.1.
 *
 * <p>
 * BAR 4 holds the common, interrupt, device and notification registers, a page each; BAR 1 holds the MSI-X table. One
 * lock keeps the vCPUs' register accesses and the event loop's queue work apart.
 */
public final class VirtioPciFunction extends PciFunction implements VirtioDevice.ConfigNotifier {
  private static final int REGISTERS_BAR = 4;
  private static final int REGISTERS_BYTES = 0x4000;
  private static final int COMMON = 0x0000;
  private static final int INTERRUPT_STATUS = 0x1000;
  private static final int DEVICE = 0x2000;
  private static final int NOTIFY = 0x3000;
  private static final int NOTIFY_MULTIPLIER = 4;
  private static final int MESSAGES_BAR = 1;

  private static final int STATUS_HAS_INTERRUPT = 0x08;
  private static final int ISR_QUEUE = 1;
  private static final int ISR_CONFIG = 2;

  private final VirtioDevice device;
  private final CommonConfig common;
  private final DeviceRegisters registers;
  private final EventSink events;
  private final PciAccessWindow window;
  private final CallWires calls;
  private final Calls requests = new Calls();
  /** Null where nothing goes wrong. */
  private TransportFaults faults;
  private TransportWatch watch = TransportWatch.NONE;
  private volatile int interruptStatus;

  /**
   * A function for a device, which has its transport when this returns.
   *
   * @param device what it does
   * @param memory guest memory
   * @param events takes what goes wrong
   */
  public VirtioPciFunction(VirtioDevice device, GuestMemory memory, EventSink events) {
    super(Capabilities.identity(device));
    this.device = device;
    this.events = new EventLimiter(events);
    this.common = new CommonConfig(device, memory, requests);
    this.registers = new DeviceRegisters(device);
    this.calls = new CallWires(common, device.server().queues(), vector -> usesMessages() && canSend(vector));
    declareBar(REGISTERS_BAR, REGISTERS_BYTES);
    declareInterruptPin();
    declareMessages(device.vectorCount(), MESSAGES_BAR);
    Capabilities.declare(config(), REGISTERS_BAR, COMMON, INTERRUPT_STATUS, DEVICE, NOTIFY, NOTIFY_MULTIPLIER);
    window = new PciAccessWindow(this, config(), Capabilities.declareWindow(config()));
    device.attached(this);
  }

  /** {@return the device behind it} */
  public VirtioDevice device() { return device; }

  /** {@return how far the driver has come with it} */
  public synchronized VirtioState driverState() {
    return common.driverState(interruptStatus, isBusMaster());
  }

  @Override
  protected Registers registers() { return new TransportState(interruptStatus, common.state(), device.state()); }

  @Override
  protected void restoreRegisters(Registers state) {
    TransportState was = (TransportState) state;
    interruptStatus = was.interruptStatus();
    common.restore(was.common());
    device.restore(was.device());
    attempt(common::resume);
    updatePin();
  }

  @Override
  public List<Doorbell> doorbells() { return Doorbells.of(device, REGISTERS_BAR, NOTIFY, NOTIFY_MULTIPLIER); }

  @Override
  public void doorbell(int doorbell) {
    for (int queue = doorbell; queue < device.queueCount(); queue++) {
      if (device.doorbell(queue) == doorbell && look(queue)) {
        device.work(queue);
      }
    }
  }

  @Override
  public void serve(int queue, Runnable change) {
    boolean ready;
    synchronized (this) {
      change.run();
      ready = look(queue);
    }
    if (ready) {
      device.work(queue);
    }
  }

  private synchronized boolean look(int queue) {
    if (!common.isRunning() || !isBusMaster() || common.queue(queue) == null || common.isServed(queue)) {
      return false;
    }
    watch.looks(common.queue(queue));
    if (faults != null && faults.keepsFrom(common.queue(queue))) {
      return false;
    }
    try {
      device.queueReady(queue);
    } catch (GuestError mistake) {
      fail(mistake);
    }
    return true;
  }

  @Override
  public synchronized int configRead(int offset, int width) {
    window.beforeRead(offset);
    int value = super.configRead(offset, width);
    boolean pinAsserted = offset <= PciConfigSpace.STATUS && offset + width > PciConfigSpace.STATUS
        && interruptStatus != 0 && !usesMessages();
    return pinAsserted ? value | STATUS_HAS_INTERRUPT << 8 * (PciConfigSpace.STATUS - offset) : value;
  }

  @Override
  public synchronized void configWrite(int offset, int width, int value) {
    boolean wasBusMaster = isBusMaster();
    super.configWrite(offset, width, value);
    window.afterWrite(offset);
    boolean masteringChanged = isBusMaster() != wasBusMaster;
    if (masteringChanged && !isBusMaster()) {
      common.leaveMemory();
      watch.leftMemory();
    } else if (masteringChanged) {
      attempt(common::serve);
      common.ringAll();
    }
    connect();
    updatePin();
  }

  @Override
  protected long readRegister(int bar, long offset, int width) {
    int register = (int) offset & 0xfff;
    return switch ((int) offset & ~0xfff) {
      case COMMON -> common.read(register, width);
      case INTERRUPT_STATUS -> register == 0 ? takeInterruptStatus() : 0;
      case DEVICE -> registers.read(register, width);
      default -> 0;
    };
  }

  @Override
  protected void writeRegister(int bar, long offset, int width, long value) {
    int register = (int) offset & 0xfff;
    try {
      switch ((int) offset & ~0xfff) {
        case COMMON -> writeCommon(register, width, value);
        case DEVICE -> registers.write(register, width, value);
        case NOTIFY -> {
          // Only a write that the doorbell's eventfd did not take comes here.
          if (register / NOTIFY_MULTIPLIER <= device.doorbell(device.queueCount() - 1)) {
            host().ring(register / NOTIFY_MULTIPLIER);
          }
        }
        default -> {
          // The interrupt status is read-only.
        }
      }
    } catch (GuestError mistake) {
      fail(mistake);
    } catch (QueueServer.Failure failure) {
      fail(failure.getMessage());
    }
  }

  /**
   * Records what passes from now on; a recording that was there ends.
   *
   * @param recorder takes it; nothing is recorded when empty
   */
  public synchronized void record(Optional<Recorder> recorder) {
    watch.close();
    watch = recorder.isEmpty() ? TransportWatch.NONE : new TransportRecord(recorder.get(), device, common);
    registers.watch(watch);
  }

  @Override
  public synchronized void goWrong(DeviceFaults planned, FaultTimer timer) {
    super.goWrong(planned, timer);
    faults = new TransportFaults(planned, timer, common, requests, device.queueCount());
    registers.goWrong(faults);
    device.goWrong(planned);
  }

  @Override
  public synchronized void strike(Fault fault) {
    if (!faults.strikes(fault)) {
      super.strike(fault);
    }
  }

  @Override
  public synchronized void mend() { faults.clear(); }

  private void writeCommon(int register, int width, long value) {
    try {
      common.write(register, width, value);
    } finally {
      connect();
      watch.commonWritten(register, (int) value);
    }
    if (common.status() == 0) {
      interruptStatus = 0;
      updatePin();
    }
  }

  /** Hands queues over, or takes them back. */
  private void attempt(Runnable task) {
    try {
      task.run();
    } catch (GuestError mistake) {
      fail(mistake);
    } catch (QueueServer.Failure failure) {
      fail(failure.getMessage());
    }
    connect();
  }

  private void connect() { calls.follow(host()); }

  /** {@return whether another serves queues of the device now} */
  public synchronized boolean isServed() {
    return calls.isAnyServed();
  }

  @Override
  protected void messagesChanged() { connect(); }

  @Override
  public int callCount() { return calls.count(); }

  @Override
  public synchronized void called(int queue) {
    if (common.isDriverOk()) {
      queueInterrupt(queue);
    }
  }

  @Override
  public synchronized void letServe(boolean may) {
    common.letServe(may);
    attempt(common::serve);
  }

  @Override
  public synchronized void serverFailed(String why) {
    if (calls.isAnyServed()) {
      fail(why);
    }
  }

  @Override
  public synchronized void change(Runnable change) {
    change.run();
    common.configChanged();
    watch.configMayDiffer();
    if (common.isDriverOk()) {
      interruptForConfig();
    }
  }

  /** The driver finds the cause in the interrupt status with messages too. 4.1.4.5.1. */
  private void interruptForConfig() {
    watch.interrupts(TransportWatch.CONFIG);
    interruptStatus |= ISR_CONFIG;
    raise(common.configVector());
  }

  private void queueInterrupt(int queue) {
    watch.interrupts(queue);
    if (!usesMessages()) {
      interruptStatus |= ISR_QUEUE;
    }
    raise(common.queueVector(queue));
  }

  private void raise(int vector) {
    if (usesMessages()) {
      sendMessage(vector);
    } else {
      updatePin();
    }
  }

  private int takeInterruptStatus() {
    int status = interruptStatus;
    interruptStatus = 0;
    updatePin();
    return status;
  }

  private void updatePin() { host().setInterruptPin(interruptStatus != 0 && !interruptPinOff() && !usesMessages()); }

  private void fail(GuestError mistake) {
    stop(new DeviceEvent.GuestMistake(device.name(), mistake.getMessage(), true));
  }

  private void fail(String why) {
    stop(new DeviceEvent.HostRefusal(device.name(), why + "; the device waits for its driver to reset it"));
  }

  private void stop(DeviceEvent why) {
    if (common.needReset()) {
      connect();
      watch.stops(why);
      events.accept(why);
      if (common.isDriverOk()) {
        interruptForConfig(); // 2.1.2
      }
    }
  }

  @Override
  public synchronized void reset() {
    super.reset();
    device.machineReset();
  }

  @Override
  protected void forgetGuest() {
    common.reset();
    watch.machineReset();
    connect();
    interruptStatus = 0;
    super.forgetGuest();
    updatePin();
  }

  private synchronized void enter(Runnable task) {
    if (common.isRunning() && isBusMaster()) {
      try {
        task.run();
      } catch (GuestError mistake) {
        fail(mistake);
      }
    }
  }

  private synchronized void wake() { notifyAll(); }

  /** What the device asks of it. */
  private final class Calls implements DeviceCalls {
    @Override
    public void interrupt(int queue) { queueInterrupt(queue); }

    @Override
    public PciHost bus() { return host(); }

    @Override
    public int doorbell(int queue) { return device.doorbell(queue); }

    @Override
    public void needReset() { fail("a fault was injected"); }

    @Override
    public boolean mayReachMemory() { return isBusMaster(); }

    @Override
    public void enter(Runnable task) { VirtioPciFunction.this.enter(task); }

    @Override
    public void await(BooleanSupplier done) { Awaiting.until(VirtioPciFunction.this, done); }

    @Override
    public void wake() { VirtioPciFunction.this.wake(); }
  }
}
