package org.ballastvm.vmm.machine;

import org.ballastvm.kvm.Exit;
import org.ballastvm.kvm.HostError;
import org.ballastvm.kvm.Processor;
import org.ballastvm.kvm.Vcpu;
import org.ballastvm.kvm.WriteTaker;
import org.ballastvm.vmm.bus.AddressBus;

/**
 * One vCPU's thread: it enters the guest, and carries each exit to the bus or the machine it is for.
 *
 * <p>
 * Port and memory exits allocate nothing and take no lock here.
 */
public final class VcpuThread {
  /** What an exit can mean for the whole machine; called on the vCPU's thread, must not wait for vCPUs. */
  interface Watcher {
    /** The guest crashed its processor (a triple fault) or asked for a reset. */
    void resetAsked(String why);

    /** The guest asked to be switched off. */
    void powerOffAsked();

    /**
     * The guest came to memory that has a slot and cannot be used: brings slots in line with what is plugged, then calls
     * {@link VcpuThread#slotsFollowed}.
     */
    void unusableMemory(VcpuThread vcpu);

    /** The guest met what somebody debugs it for. The vCPU looks at the gate next. */
    void trapped(VcpuThread vcpu, Exit.Debug exit);

    /** KVM cannot go on with this vCPU; the sentence says why. */
    void vcpuFailed(String sentence);

    /** A bug of ours. */
    void crashed(Throwable bug);
  }

  /** What is reported of a guest whose processor met faults that it has no handler for. */
  static final String TRIPLE_FAULT = "triple fault";

  /** {@code KVM_SYSTEM_EVENT_*}, linux/kvm.h. */
  private static final int SYSTEM_EVENT_SHUTDOWN = 1;

  private final int index;
  private final Processor processor;
  private final Vcpu vcpu;
  private final RunGate gate;
  private final AddressBus ports;
  private final AddressBus memory;
  private final Watcher watcher;
  private final Thread thread;
  private final WriteTaker coalescedWrites = this::write;
  private final KvmTrouble trouble;
  private volatile boolean inGuest;
  private volatile boolean waitsForSlots;
  private volatile boolean frozen;
  private volatile boolean debugged;
  private long changesSeen = -1;

  VcpuThread(int index, Vcpu vcpu, RunGate gate, AddressBus ports, AddressBus memory, Watcher watcher, String name) {
    this(index, vcpu, vcpu, gate, ports, memory, watcher, name, KvmTrouble.USUAL);
  }

  /** The same for tests, whose processors are not KVM's: then there is no vCPU. */
  VcpuThread(int index, Processor processor, Vcpu vcpu, RunGate gate, AddressBus ports, AddressBus memory,
      Watcher watcher, String name, KvmTrouble.Retries retries) {
    this.index = index;
    this.processor = processor;
    this.vcpu = vcpu;
    this.trouble = new KvmTrouble("vCPU " + index, retries);
    this.gate = gate;
    this.ports = ports;
    this.memory = memory;
    this.watcher = watcher;
    this.thread = new Thread(null, this::run, name, 256 << 10);
  }

  void start() { thread.start(); }

  /** Takes the vCPU out of the guest, soon; harmless when it is not in it. */
  void kick() { processor.kick(); }

  /** Notifies the guest's clock of a stop; while the thread waits at the gate. */
  void noteStopped() {
    processor.noteStopped();
  }

  /** {@return whether it executes guest code, or is about to look whether it may} */
  boolean isInGuest() {
    return inGuest;
  }

  /** Has it stay where it is while others run, or go on. While its thread stands at the closed gate; who opens that wakes it. */
  void freeze(boolean on) {
    frozen = on;
  }

  /** Notes whether KVM was asked to stop it for whoever debugs. While its thread stands at the gate, or has not started. */
  void debugged(boolean on) {
    debugged = on;
  }

  /** {@return what {@link #debugged} noted} */
  boolean isDebugged() { return debugged; }

  /** {@return which vCPU} */
  public int index() { return index; }

  /** {@return the vCPU, whose state may be read while {@link Vcpus#whileOut} holds it} */
  public Vcpu vcpu() {
    return vcpu;
  }

  /** {@return the host's number of the thread, 0 before it runs} */
  public long threadId() {
    return processor.threadId();
  }

  /** Waits for the end of the thread, which the gate has brought about; unless called on it, for a bug that it reports. */
  void join() {
    boolean interrupted = false;
    while (thread.isAlive() && thread != Thread.currentThread()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Gives the vCPU back, after {@link #join}. */
  void close() { processor.close(); }

  private void run() {
    try {
      processor.bindToCurrentThread();
      while (true) {
        processor.clearKick();
        // Closing the gate comes before kicking, so a kick that the line above swallowed is seen here.
        if (frozen) {
          gate.awaitUntil(() -> !frozen);
        }
        if (!gate.pass()) {
          return;
        }
        enterOrFail();
      }
    } catch (RuntimeException | Error bug) {
      watcher.crashed(bug);
      gate.pass();
    }
  }

  /** A register that the host could not serve stops the machine, which its monitors survive. */
  private void enterOrFail() {
    try {
      enter();
    } catch (HostError refusal) {
      watcher
          .vcpuFailed("vCPU " + index + ": the host refused what one of its devices needed: " + refusal.getMessage());
    }
  }

  /** Whoever holds the gate and sees this vCPU outside knows that it looks at the gate before it goes in. */
  private void enter() {
    inGuest = true;
    Exit exit = Exit.Simple.INTERRUPTED;
    HostError refusal = null;
    try {
      if (gate.isPassable()) {
        exit = processor.run();
        trouble.over();
      }
    } catch (HostError e) {
      refusal = e;
    } finally {
      inGuest = false;
      gate.left();
    }
    processor.takeCoalesced(coalescedWrites);
    if (refusal == null) {
      handle(exit);
    } else if (trouble.mayPass(refusal)) {
      gate.rest(trouble.restNanos());
    } else {
      watcher.vcpuFailed(trouble.sentence(refusal));
    }
  }

  /** A switch over types takes a while to set itself up, so the exits that every guest causes come before it. */
  private void handle(Exit exit) {
    if (exit instanceof Exit.Pio pio) {
      handlePio(pio);
    } else if (exit instanceof Exit.Mmio mmio) {
      handleMmio(mmio);
    } else if (exit != Exit.Simple.INTERRUPTED) {
      handleRare(exit);
    }
  }

  private void handleRare(Exit exit) {
    switch (exit) {
      case Exit.Pio pio -> handlePio(pio);
      case Exit.Mmio mmio -> handleMmio(mmio);
      case Exit.Simple simple -> {
        switch (simple) {
          case HALT, INTERRUPTED, IRQ_WINDOW_OPEN -> {
            // Back to the gate.
          }
          case SHUTDOWN -> watcher.resetAsked(TRIPLE_FAULT);
          case BAD_ADDRESS -> {
            waitsForSlots = true;
            watcher.unusableMemory(this);
            gate.awaitUntil(() -> !waitsForSlots);
          }
        }
      }
      case Exit.SystemEvent event -> {
        if (event.type() == SYSTEM_EVENT_SHUTDOWN) {
          watcher.powerOffAsked();
        } else {
          watcher.resetAsked("KVM system event " + event.type());
        }
      }
      case Exit.Debug debug -> watcher.trapped(this, debug);
      case Exit.FailEntry failure ->
        watcher.vcpuFailed("vCPU " + index + ": KVM could not enter the guest: hardware reason 0x"
            + Long.toHexString(failure.hardwareReason()));
      case Exit.GaveUp error ->
        watcher.vcpuFailed("vCPU " + index + ": KVM internal error, suberror " + error.suberror()
            + " (" + describe(error.suberror()) + "), data " + error.data());
      case Exit.Unhandled unhandled -> watcher.vcpuFailed("vCPU " + index + ": KVM exit reason " + unhandled.reason()
          + " is not one this machine can cause");
    }
  }

  /**
   * Lets the vCPU try again what it could not do. If nothing has changed since it tried last, nothing will.
   *
   * @param changes how often what a guest can reach has changed
   */
  void slotsFollowed(long changes) {
    if (changes == changesSeen) {
      watcher
          .vcpuFailed("vCPU " + index + ": the host has no page for memory that the guest used (KVM_RUN: EFAULT): too "
              + "few huge pages, or a file that was cut short or is full");
    }
    changesSeen = changes;
    waitsForSlots = false;
    gate.nudge();
  }

  private void handleMmio(Exit.Mmio mmio) {
    if (mmio.isWrite()) {
      memory.write(mmio.gpa(), mmio.lengthBytes(), mmio.data());
    } else {
      mmio.setData(memory.read(mmio.gpa(), mmio.lengthBytes()));
    }
  }

  private void write(boolean port, long address, int lengthBytes, long[] values, int count) {
    (port ? ports : memory).write(address, lengthBytes, values, count);
  }

  private void handlePio(Exit.Pio pio) {
    for (int i = 0; i < pio.count(); i++) {
      if (pio.isWrite()) {
        ports.write(pio.port(), pio.sizeBytes(), pio.data(i) & 0xffff_ffffL);
      } else {
        pio.setData(i, (int) ports.read(pio.port(), pio.sizeBytes()));
      }
    }
  }

  /** {@code KVM_INTERNAL_ERROR_*}, linux/kvm.h. */
  private static String describe(int suberror) {
    return switch (suberror) {
      case 1 -> "an instruction that KVM cannot emulate";
      case 2 -> "two exceptions at once";
      case 3 -> "an event that could not be delivered";
      case 4 -> "an exit reason unknown to KVM";
      default -> "unknown";
    };
  }
}
