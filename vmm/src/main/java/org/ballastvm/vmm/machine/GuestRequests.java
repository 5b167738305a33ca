package org.ballastvm.vmm.machine;

import java.util.concurrent.TimeUnit;
import org.ballastvm.vmm.EndReason;
import org.ballastvm.vmm.Log;
import org.ballastvm.vmm.RunState;
import org.ballastvm.vmm.config.PanicPolicy;
import org.ballastvm.vmm.config.RunPolicy;
import org.ballastvm.vmm.device.PanicDevice;
import org.ballastvm.vmm.event.EventLoop;
import org.ballastvm.vmm.event.GuestTask;
import org.ballastvm.vmm.event.LoopTimer;
import org.ballastvm.vmm.event.MachineEvent;
import org.ballastvm.vmm.event.MachineEvent.Cause;
import org.ballastvm.vmm.event.MachineEvent.PanicAction;
import org.ballastvm.vmm.event.MachineEvents;
import org.ballastvm.vmm.event.Repeats;

/** What a guest can ask of its whole machine: a reset, the end, and what follows a panic. Policy decides what is done. */
final class GuestRequests implements PanicDevice.Listener, AutoCloseable {
  /** How VcpuThread calls a guest whose processor met faults it has no handler for. */
  static final String TRIPLE_FAULT = "triple fault";

  private final Machine vm;
  private final RunPolicy policy;
  private final MachineEvents events;
  private final MachineEvents.Notice crashLoaded;
  private final GuestTask runsOn;
  private final RebootPace pace = new RebootPace(System.nanoTime());
  private final LoopTimer delayed;
  private final Repeats panics = new Repeats();
  private final Repeats faults = new Repeats();
  private final Repeats tooQuick = new Repeats();
  private Runnable reset = () -> {
    // None is delayed.
  };
  private volatile int exitStatus;

  GuestRequests(Machine vm, RunPolicy policy, EventLoop loop, MachineEvents events) {
    this.vm = vm;
    this.policy = policy;
    this.events = events;
    this.crashLoaded = events.notice(() -> new MachineEvent.GuestCrashloaded(PanicAction.RUN));
    this.runsOn = new GuestTask(loop, () -> {
      say("it runs on (-action panic=none)");
      events.publish(new MachineEvent.GuestPanicked(PanicAction.RUN));
    });
    this.delayed = new LoopTimer(loop, () -> reset.run());
  }

  /** {@return the exit status that the guest asked for, once it has} */
  int exitStatus() { return exitStatus; }

  @Override
  public void panicked() {
    if (policy.onPanic() == PanicPolicy.NONE) {
      runsOn.post();
    } else {
      vm.unlessReset(this::afterPanic);
    }
  }

  private void afterPanic() {
    boolean stays = policy.pausesOnPanic();
    say(stays ? "the machine is stopped, for somebody to look" : "this ends the machine");
    events.publish(new MachineEvent.GuestPanicked(stays ? PanicAction.PAUSE : PanicAction.POWEROFF));
    vm.stopVcpus(RunState.GUEST_PANICKED);
    if (!stays) {
      boolean fails = policy.onPanic() == PanicPolicy.EXIT_FAILURE;
      vm.end(fails ? EndReason.GUEST_PANIC_FAILURE : EndReason.GUEST_PANIC, Cause.GUEST_PANIC);
    }
  }

  private void say(String what) {
    if (panics.isTold()) {
      Log.of(GuestRequests.class).warn("the guest's kernel has panicked, and said so to pvpanic; {}{}", what,
          panics.words());
    }
  }

  @Override
  public void crashLoaded() { crashLoaded.happened(); }

  /** By isa-debug-exit. On the vCPU's thread. */
  void exit(int status) {
    vm.unlessReset(() -> {
      exitStatus = status;
      vm.end(EndReason.GUEST_EXIT, Cause.GUEST_SHUTDOWN);
    });
  }

  /** The guest starts anew. */
  void started() { pace.started(System.nanoTime()); }

  /** On the event loop, for a guest that is still there and stands at the gate. */
  void resetAsked(String why) {
    Log.of(GuestRequests.class).info("the guest asked for a reset: {}", why);
    if (why.equals(TRIPLE_FAULT) && faults.isTold()) {
      Log.of(GuestRequests.class)
          .warn("the guest's processor shut down (a triple fault: it met faults for which it has no"
              + " handler); {}{}", policy.noReboot() ? "-no-reboot makes that the end" : "the machine is reset",
              faults.words());
    }
    if (policy.noReboot()) {
      vm.shutDown(EndReason.GUEST_RESET, Cause.GUEST_RESET);
      return;
    }
    long waitNanos = pace.asked(System.nanoTime());
    if (waitNanos == 0) {
      vm.resetForGuest();
      return;
    }
    if (tooQuick.isTold()) {
      Log.of(GuestRequests.class)
          .warn("the guest has reset itself {} times in a row within {} ms of its start ({}): no "
              + "kernel boots that fast; its next start waits for {} ms, and later ones longer{}", pace.quick(),
              TimeUnit.NANOSECONDS.toMillis(RebootPace.LEAST_BOOT_NANOS), why, TimeUnit.NANOSECONDS.toMillis(waitNanos),
              tooQuick.words());
    }
    reset = vm.unlessReplaced(vm::resetForGuest);
    delayed.once(waitNanos);
  }

  @Override
  public void close() { delayed.close(); }
}
