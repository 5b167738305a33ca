package org.ballastvm.vmm.machine;

import java.util.concurrent.TimeUnit;
import org.ballastvm.kvm.Exit;
import org.ballastvm.vmm.config.PanicPolicy;
import org.ballastvm.vmm.config.RunPolicy;
import org.ballastvm.vmm.config.WatchdogAction;
import org.ballastvm.vmm.device.PanicDevice;
import org.ballastvm.vmm.event.MachineEvent;
import org.ballastvm.vmm.event.MachineEvent.Cause;
import org.ballastvm.vmm.event.MachineEvent.PanicAction;
import org.ballastvm.vmm.loop.EventLoop;
import org.ballastvm.vmm.loop.GuestTask;
import org.ballastvm.vmm.loop.LoopTimer;
import org.ballastvm.vmm.loop.MachineEvents;
import org.ballastvm.vmm.state.EndReason;
import org.ballastvm.vmm.state.Log;
import org.ballastvm.vmm.state.Repeats;
import org.ballastvm.vmm.state.RunState;

/** What a guest can ask of its whole machine: a reset, the end, and what follows a panic. Policy decides what is done. */
final class GuestRequests implements PanicDevice.Listener, VcpuThread.Watcher, AutoCloseable {
  private final RunControl run;
  private final RunPolicy policy;
  private final MachineEvents events;
  private final MachineEvents.Notice crashLoaded;
  private final GuestTask runsOn;
  private final DebugControl debug;
  private final RebootPace pace = new RebootPace(System.nanoTime());
  private final LoopTimer delayed;
  private final Repeats panics = new Repeats();
  private final Repeats watchdogs = new Repeats();
  private final Repeats faults = new Repeats();
  private final Repeats tooQuick = new Repeats();
  private final GuestTask ioFailed;
  private Runnable reset = () -> {
    // None is delayed.
  };
  private volatile int exitStatus;
  private volatile WatchdogAction onWatchdog;
  private Runnable powerButton = () -> {
    // There is no machine yet.
  };

  GuestRequests(RunControl run, RunPolicy policy, EventLoop loop, MachineEvents events, DebugControl debug) {
    this.run = run;
    this.debug = debug;
    run.whenStarted(() -> pace.started(System.nanoTime()));
    this.policy = policy;
    this.onWatchdog = policy.onWatchdog();
    this.events = events;
    this.crashLoaded = events.notice(() -> new MachineEvent.GuestCrashloaded(PanicAction.RUN));
    this.runsOn = new GuestTask(loop, () -> {
      say("it runs on (-action panic=none)");
      events.emit(new MachineEvent.GuestPanicked(PanicAction.RUN));
    });
    this.ioFailed = new GuestTask(loop, run::stopForIoError);
    this.delayed = new LoopTimer(loop, () -> reset.run());
  }

  /** {@return the exit status that the guest asked for, once it has} */
  int exitStatus() { return exitStatus; }

  @Override
  public void panicked() {
    if (policy.onPanic() == PanicPolicy.NONE) {
      runsOn.post();
    } else {
      run.vcpus().stopFor(this::afterPanic);
    }
  }

  private void afterPanic() {
    boolean stays = policy.pausesOnPanic();
    say(stays ? "the machine is stopped, for somebody to look" : "this ends the machine");
    events.emit(new MachineEvent.GuestPanicked(stays ? PanicAction.PAUSE : PanicAction.POWEROFF));
    run.stop(RunState.GUEST_PANICKED);
    if (!stays) {
      boolean fails = policy.onPanic() == PanicPolicy.EXIT_FAILURE;
      run.end(fails ? EndReason.GUEST_PANIC_FAILURE : EndReason.GUEST_PANIC, Cause.GUEST_PANIC);
    }
  }

  private void say(String what) {
    if (panics.isLogged()) {
      Log.of(GuestRequests.class).warn("the guest's kernel has panicked, and said so to pvpanic; {}{}", what,
          panics.words());
    }
  }

  /** Sets what is done about a watchdog that expires from now on. Any thread. */
  void setWatchdogAction(WatchdogAction action) {
    onWatchdog = action;
  }

  /** Sets what presses the power button. */
  void whenButtonIsPressed(Runnable press) { powerButton = press; }

  /** A watchdog has expired, of a guest that runs. On the event loop. */
  void watchdogExpired() {
    WatchdogAction action = onWatchdog;
    events.emit(new MachineEvent.Watchdog(action));
    if (watchdogs.isLogged()) {
      Log.of(GuestRequests.class).warn("watchdog: timer fired; the guest has not started it again in time "
          + "(-action watchdog={}){}", action.word(), watchdogs.words());
    }
    switch (action) {
      case RESET -> resetFor("its watchdog expired");
      case SHUTDOWN -> powerButton.run();
      case POWEROFF -> run.end(EndReason.WATCHDOG, Cause.GUEST_SHUTDOWN);
      case PAUSE -> run.stopForWatchdog();
      case INJECT_NMI -> run.vcpus().whileOut(() -> run.vcpus().threads().forEach(vcpu -> vcpu.vcpu().injectNmi()));
      case DEBUG, NONE -> {
        // The guest runs on.
      }
    }
  }

  @Override
  public void crashLoaded() { crashLoaded.happened(); }

  /** By isa-debug-exit. On the vCPU's thread. */
  void exit(int status) {
    run.vcpus().stopFor(() -> {
      exitStatus = status;
      run.end(EndReason.GUEST_EXIT, Cause.GUEST_SHUTDOWN);
    });
  }

  /** A disk could not do what the guest asked for, and that is to stop the machine. Any thread. */
  void ioFailed() {
    ioFailed.post();
  }

  @Override
  public void powerOffAsked() {
    run.vcpus().stopFor(() -> run.shutDown(EndReason.GUEST_SHUTDOWN, Cause.GUEST_SHUTDOWN));
  }

  @Override
  public void unusableMemory(VcpuThread vcpu) { run.vcpus().ask(() -> run.followSlots(vcpu)); }

  @Override
  public void trapped(VcpuThread vcpu, Exit.Debug exit) { debug.met(vcpu, exit); }

  @Override
  public void vcpuFailed(String sentence) { run.vcpus().stopFor(() -> run.failed(sentence)); }

  @Override
  public void crashed(Throwable bug) { run.crashed(bug); }

  @Override
  public void resetAsked(String why) { run.vcpus().stopFor(() -> resetFor(why)); }

  /** On the event loop, for a guest that is still there and stands at the gate. */
  private void resetFor(String why) {
    Log.of(GuestRequests.class).info("the guest asked for a reset: {}", why);
    if (why.equals(VcpuThread.TRIPLE_FAULT) && faults.isLogged()) {
      Log.of(GuestRequests.class)
          .warn("the guest's processor shut down (a triple fault: it met faults for which it has no"
              + " handler); {}{}", policy.noReboot() ? "-no-reboot makes that the end" : "the machine is reset",
              faults.words());
    }
    if (policy.noReboot()) {
      run.shutDown(EndReason.GUEST_RESET, Cause.GUEST_RESET);
      return;
    }
    long waitNanos = pace.asked(System.nanoTime());
    if (waitNanos == 0) {
      run.resetForGuest();
      return;
    }
    if (tooQuick.isLogged()) {
      Log.of(GuestRequests.class)
          .warn("the guest has reset itself {} times in a row within {} ms of its start ({}): no "
              + "kernel boots that fast; its next start waits for {} ms, and later ones longer{}", pace.quick(),
              TimeUnit.NANOSECONDS.toMillis(RebootPace.LEAST_BOOT_NANOS), why, TimeUnit.NANOSECONDS.toMillis(waitNanos),
              tooQuick.words());
    }
    reset = run.vcpus().unlessReplaced(run::resetForGuest);
    delayed.once(waitNanos);
  }

  @Override
  public void close() { delayed.close(); }
}
