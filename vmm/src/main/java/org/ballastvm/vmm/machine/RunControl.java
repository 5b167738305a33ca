package org.ballastvm.vmm.machine;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import org.ballastvm.kvm.HostError;
import org.ballastvm.vmm.boot.CpuStart;
import org.ballastvm.vmm.config.RunPolicy;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.event.MachineEvent;
import org.ballastvm.vmm.event.MachineEvent.Cause;
import org.ballastvm.vmm.loop.EventLoop;
import org.ballastvm.vmm.loop.MachineEvents;
import org.ballastvm.vmm.state.EndReason;
import org.ballastvm.vmm.state.Log;
import org.ballastvm.vmm.state.RunState;

/**
 * Whether a machine runs, and the ways from one state to the next. Belongs to the event loop, but for what is said to be
 * any thread's.
 */
final class RunControl {
  private final RunPolicy policy;
  private final MachineEvents events;
  private final Vcpus vcpus;
  private final CompletableFuture<EndReason> end = new CompletableFuture<>();
  private volatile RunState state = RunState.PRELAUNCH;
  /** Set before anything runs. */
  private Hardware hardware;
  private Runnable started = () -> {
    // Nobody listens yet.
  };
  private Consumer<VcpuThread> created = vcpu -> {
    // Nobody debugs it yet.
  };

  /** A machine that is being put together. */
  RunControl(RunPolicy policy, EventLoop loop, MachineEvents events) {
    this.policy = policy;
    this.events = events;
    this.vcpus = new Vcpus(loop::post);
  }

  /** Fills the memory of hardware that is whole, and creates its vCPUs, which wait. */
  void begin(Hardware whole) {
    hardware = whole;
    startVcpus();
  }

  /** Sets what is done with each vCPU before its thread starts. */
  void whenCreated(Consumer<VcpuThread> task) {
    created = task;
  }

  /** Sets what is done each time that the guest starts again. */
  void whenStarted(Runnable task) { started = task; }

  /** {@return the vCPU threads} */
  Vcpus vcpus() { return vcpus; }

  /** {@return what it is doing; any thread} */
  RunState state() { return state; }

  /** {@return why it ended, when it has; any thread} */
  CompletableFuture<EndReason> end() { return end; }

  private void startVcpus() {
    Optional<CpuStart> start = hardware.load();
    vcpus.start(hardware.vcpuCount(), (i, gate) -> {
      VcpuThread vcpu = hardware.createVcpu(i, i == 0 ? start : Optional.empty(), gate);
      created.accept(vcpu);
      return vcpu;
    });
  }

  /** Lets the vCPUs run; nothing happens if they do. */
  void resume() { resume(vcpu -> false); }

  /**
   * Lets some of the vCPUs run; nothing happens if any do.
   *
   * @param frozen which stay where they are, by index
   */
  void resume(IntPredicate frozen) {
    if (state == RunState.SHUTDOWN || state == RunState.INTERNAL_ERROR) {
      throw new UserError("Resetting the Virtual Machine is required");
    }
    if (state == RunState.RUNNING) {
      return;
    }
    boolean goesOn = state != RunState.PRELAUNCH;
    state = RunState.RUNNING;
    events.emit(new MachineEvent.Resume());
    hardware.devices().retryDisks();
    hardware.devices().setRunning(true);
    if (goesOn) {
      vcpus.goOn(frozen);
    } else {
      vcpus.run(frozen);
    }
  }

  /** Stops the vCPUs between two instructions; nothing happens if they are stopped. */
  void pause() {
    if (state == RunState.RUNNING) {
      stop(RunState.PAUSED);
    }
  }

  /** Stops the vCPUs for a disk that failed; one that is stopped stays what it is. */
  void stopForIoError() {
    if (state == RunState.RUNNING) {
      stop(RunState.IO_ERROR);
    }
  }

  /** Stops the vCPUs for a watchdog that has expired; they run. */
  void stopForWatchdog() { stop(RunState.WATCHDOG); }

  /** Stops the vCPUs, for what the next state says. */
  void stop(RunState next) {
    vcpus.stop();
    hardware.devices().settle(); // Whoever sees it stopped can copy its disks and folders.
    hardware.devices().setRunning(false);
    hardware.sendOutput(); // A client that sees it stopped has seen all of its output.
    state = next;
    events.emit(new MachineEvent.Stop());
  }

  /** Resets the machine, as its reset button would. */
  void reset() {
    boolean run = state == RunState.RUNNING || state == RunState.SHUTDOWN;
    vcpus.end();
    try {
      hardware.reset();
      startVcpus();
      started.run();
    } catch (HostError e) {
      state = RunState.INTERNAL_ERROR; // No vCPUs. The next reset tries it again.
      throw e;
    } catch (RuntimeException | Error e) {
      crashed(new IllegalStateException("a reset ended half-way, and left a machine that is neither old nor new", e));
      throw e;
    }
    hardware.devices().setRunning(run);
    if (run) {
      state = RunState.RUNNING;
      vcpus.run();
    } else {
      state = RunState.PRELAUNCH;
    }
  }

  /** Resets the machine for its guest. */
  void resetForGuest() {
    events.emit(new MachineEvent.Reset(true, Cause.GUEST_RESET));
    try {
      reset();
    } catch (HostError e) {
      Log.of(RunControl.class).error("the machine could not be reset: {}; it is stopped, and system_reset tries again",
          e.getMessage());
      events.emit(new MachineEvent.Stop());
    }
  }

  /** Ends it for its guest, or leaves it there for somebody to look, as the user said. */
  void shutDown(EndReason reason, Cause cause) {
    if (policy.noShutdown()) {
      events.emit(new MachineEvent.Shutdown(true, cause));
      stop(RunState.SHUTDOWN);
    } else {
      end(reason, cause);
    }
  }

  /** Ends it for its guest. */
  void end(EndReason reason, Cause cause) {
    events.emit(new MachineEvent.Shutdown(true, cause));
    end.complete(reason);
  }

  /** Ends it for its user. */
  void quit(Cause why) {
    events.emit(new MachineEvent.Shutdown(false, why));
    end.complete(EndReason.HOST_QUIT);
  }

  /** Stops it for what KVM cannot do. */
  void failed(String sentence) {
    Log.of(RunControl.class).error("{}", sentence);
    stop(RunState.INTERNAL_ERROR);
  }

  /** Brings slots in line: memory that a vCPU could not use may be usable now. */
  void followSlots(VcpuThread vcpu) {
    vcpu.slotsFollowed(hardware.ram().devices().follow());
  }

  /** Ends it for a bug of ours. Any thread. */
  void crashed(Throwable bug) {
    try {
      Optional<String> missing = hardware == null ? Optional.empty() : hardware.missingPage(bug);
      missing.ifPresentOrElse(why -> Log.of(RunControl.class).error("{}; that ends this machine", why),
          () -> Log.of(RunControl.class).error("a bug in Ballast ends this machine", bug));
    } finally { // A process that can do so little that it cannot log must not hang on top of it.
      vcpus.closeGate();
      end.complete(EndReason.CRASHED);
    }
  }
}
