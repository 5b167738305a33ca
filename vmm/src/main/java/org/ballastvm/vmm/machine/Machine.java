package org.ballastvm.vmm.machine;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import org.ballastvm.kvm.HostError;
import org.ballastvm.virtio.DeviceEvent;
import org.ballastvm.virtio.balloon.BalloonDevice;
import org.ballastvm.vmm.EndReason;
import org.ballastvm.vmm.Log;
import org.ballastvm.vmm.RunState;
import org.ballastvm.vmm.acpi.AcpiPorts;
import org.ballastvm.vmm.boot.CpuStart;
import org.ballastvm.vmm.chardev.CharFrontend;
import org.ballastvm.vmm.chardev.Chardev;
import org.ballastvm.vmm.chardev.SocketListener;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.config.MachineConfig;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.event.EventLoop;
import org.ballastvm.vmm.event.MachineEvent;
import org.ballastvm.vmm.event.MachineEvent.Cause;
import org.ballastvm.vmm.event.MachineEvents;
import org.ballastvm.vmm.memory.MissingPage;
import org.ballastvm.vmm.policy.AutoBalloon;

/**
 * A machine that has been put together: it starts, pauses, resets and ends.
 *
 * <p>
 * Its state belongs to the event loop. What vCPUs ask for (power-off, reset) stops them at the gate at once and is then
 * done by the loop; what other threads ask for is done by the loop while they wait.
 */
public final class Machine implements AutoCloseable, VcpuThread.Watcher {

  private static final int PAGE_SHIFT = 12;

  private final MachineConfig config;
  private final CompletableFuture<EndReason> end = new CompletableFuture<>();
  private final Closer closer = new Closer();
  private final EventLoop loop;
  private final MachineEvents events;
  private final MachineEvents.Notice balloonChanged;
  private final GuestRequests requests;
  private final AutoBalloons autoBalloons;
  private final Assembly parts;
  private final Vcpus vcpus;
  private volatile RunState state = RunState.PRELAUNCH;
  private final AtomicBoolean closing = new AtomicBoolean();
  private final CompletableFuture<Void> closed = new CompletableFuture<>();

  private Machine(MachineConfig config) {
    this.config = config;
    this.loop = new EventLoop("ballast-" + config.name(), this::crashed);
    closer.onClose(loop::close);
    this.vcpus = new Vcpus(loop::post);
    this.events = new MachineEvents(loop);
    this.balloonChanged = events.notice(() -> new MachineEvent.BalloonChange(balloonedSizeBytes()));
    closer.onClose(events::close);
    this.requests = new GuestRequests(this, config.policy(), loop, events);
    closer.onClose(requests::close);
    this.autoBalloons = new AutoBalloons(this, loop);
    closer.onClose(autoBalloons::close);
    try {
      parts = new Assembly(config, loop, closer, this);
      startVcpus(load(parts));
      config.devices().forEach(autoBalloons::begin);
    } catch (RuntimeException | Error e) {
      closeAll();
      throw e;
    }
  }

  /**
   * Puts a machine together and, unless it is to start paused, starts it.
   *
   * @param config all of it
   * @param beforeItRuns is given the machine when it is whole and its event loop has not started: attaches monitors
   * @return the machine; the caller closes it
   * @throws org.ballastvm.vmm.config.UserError if something asked for cannot be
   * @throws org.ballastvm.kvm.HostError if the host refuses; nothing is left behind either way
   */
  public static Machine start(MachineConfig config, Consumer<Machine> beforeItRuns) {
    Machine machine = new Machine(config);
    try {
      beforeItRuns.accept(machine);
    } catch (RuntimeException | Error e) {
      machine.close();
      throw e;
    }
    machine.loop.start();
    if (!config.policy().startPaused()) {
      machine.resume();
    }
    return machine;
  }

  /**
   * Serves those who connect to a socket, until the machine closes.
   *
   * @param socket where
   * @param frontends makes what a client talks to
   * @throws org.ballastvm.kvm.HostError if the host refuses
   */
  public void listen(Path socket, Function<Chardev, CharFrontend> frontends) {
    closer.onClose(new SocketListener(loop, socket, frontends)::close);
  }

  /**
   * Does something when the machine closes, before what it has now is given back.
   *
   * @param step what
   */
  public void beforeClose(Runnable step) { closer.onClose(step); }

  private static Optional<CpuStart> load(Assembly parts) {
    try {
      return parts.load();
    } catch (InternalError e) {
      throw MissingPage.explained(e, parts.objects());
    }
  }

  private void startVcpus(Optional<CpuStart> start) {
    vcpus.start(config.cpus().count(),
        (i, gate) -> parts.createVcpuThread(i, i == 0 ? start : Optional.empty(), gate));
  }

  /** {@return what it was made of} */
  public MachineConfig config() { return config; }

  /** {@return what happens to it} */
  public MachineEvents events() { return events; }

  /** {@return what the guest could have, in bytes: base memory and DIMMs, as a balloon counts it} */
  public long memorySizeBytes() {
    return config.memory().sizeBytes() + devices().dimms().sizeBytes();
  }

  /** {@return what the guest has, in bytes: all of it less what it says is in the balloon} */
  public long balloonedSizeBytes() {
    // What the balloon holds is the guest's word: it may say more than it has.
    return Math.max(0, memorySizeBytes() - (balloon().map(BalloonDevice::actualPages).orElse(0L) << PAGE_SHIFT));
  }

  /** {@return its devices and memory} */
  public Assembly parts() { return parts; }

  /** {@return its vCPU threads, by index} */
  public List<VcpuThread> vcpus() { return vcpus.threads(); }

  /** {@return what it is doing} */
  public RunState state() { return state; }

  /** {@return why it ended, when it has} */
  public CompletableFuture<EndReason> end() { return end; }

  /** Lets the vCPUs run; nothing happens if they do. */
  public void resume() {
    onLoop(() -> {
      if (state == RunState.SHUTDOWN || state == RunState.INTERNAL_ERROR) {
        throw new UserError("Resetting the Virtual Machine is required");
      }
      if (state == RunState.RUNNING) {
        return;
      }
      boolean goesOn = state != RunState.PRELAUNCH;
      state = RunState.RUNNING;
      events.publish(new MachineEvent.Resume());
      if (goesOn) {
        vcpus.goOn();
      } else {
        vcpus.run();
      }
    });
  }

  /** Stops the vCPUs between two instructions; nothing happens if they are stopped. */
  public void pause() {
    onLoop(() -> {
      if (state == RunState.RUNNING) {
        stopVcpus(RunState.PAUSED);
      }
    });
  }

  /** Resets the machine, as its reset button would. */
  public void reset() {
    onLoop(() -> {
      events.publish(new MachineEvent.Reset(false, Cause.HOST_QMP_SYSTEM_RESET));
      doReset();
    });
  }

  /** Presses the power button: the guest decides what it does. */
  public void powerButton() {
    onLoop(() -> {
      parts.power().announce(AcpiPorts.GED_POWER_DOWN);
      parts.wake();
      events.publish(new MachineEvent.Powerdown());
    });
  }

  /** Wakes a guest from suspend-to-idle. One that is awake stays so. */
  public void wakeUp() { onLoop(parts::wake); }

  /**
   * Ends the machine.
   *
   * @param why who wants it
   */
  public void quit(Cause why) {
    onLoop(() -> {
      events.publish(new MachineEvent.Shutdown(false, why));
      end.complete(EndReason.HOST_QUIT);
    });
  }

  /** {@return the balloon, if it has one} */
  public Optional<BalloonDevice> balloon() {
    return parts.devices().balloon();
  }

  /** {@return the automatic mode of the balloon, if there is a balloon; belongs to the event loop} */
  public Optional<AutoBalloon> autoBalloon() {
    return autoBalloons.present();
  }

  /**
   * Plugs a device, and tells the guest. On the event loop.
   *
   * @param device what
   * @throws org.ballastvm.vmm.config.UserError if it cannot be; nothing has changed then
   * @throws org.ballastvm.kvm.HostError if the host refuses; nothing has changed then
   */
  public void plug(DeviceConfig device) {
    devices().plug(device);
    autoBalloons.begin(device);
  }

  /** {@return the devices that a user asked for; they come and go on the event loop} */
  public Devices devices() {
    return parts.devices();
  }

  /**
   * Runs a task on the event loop and waits for it.
   *
   * @param task what
   */
  public void onLoop(Runnable task) {
    if (loop.isCurrentThread()) {
      task.run();
      return;
    }
    CompletableFuture<Void> done = new CompletableFuture<>();
    loop.post(() -> {
      try {
        task.run();
        done.complete(null);
      } catch (RuntimeException | Error e) {
        done.completeExceptionally(e); // Ends what was asked for, and nothing else.
      }
    });
    try {
      CompletableFuture.anyOf(done, end).join();
    } catch (java.util.concurrent.CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      if (e.getCause() instanceof Error cause) {
        throw cause;
      }
      throw e;
    }
  }

  /** On the event loop. */
  void stopVcpus(RunState next) {
    vcpus.stop();
    parts.sendOutput(); // Who sees that it has stopped, sees all that it said.
    state = next;
    events.publish(new MachineEvent.Stop());
  }

  /**
   * Runs a task while no vCPU is in the guest; those that carry out an exit may go on with that. Their registers can be
   * read meanwhile.
   *
   * @param task what; on the caller's thread, which is no vCPU's
   */
  public void whileVcpusAreOut(Runnable task) { vcpus.whileOut(task); }

  private void doReset() {
    boolean run = state == RunState.RUNNING || state == RunState.SHUTDOWN;
    vcpus.end();
    try {
      parts.reset();
      startVcpus(parts.load());
      requests.started();
    } catch (HostError e) {
      state = RunState.INTERNAL_ERROR; // No vCPUs. The next reset tries it anew.
      throw e;
    } catch (RuntimeException | Error e) {
      crashed(new IllegalStateException("a reset ended half-way, and left a machine that is neither old nor new", e));
      throw e;
    }
    if (run) {
      state = RunState.RUNNING;
      vcpus.run();
    } else {
      state = RunState.PRELAUNCH;
    }
  }

  @Override
  public void resetAsked(String why) { unlessReset(() -> requests.resetAsked(why)); }

  /** {@return what takes the guest's panics and its wish to end} */
  GuestRequests requests() { return requests; }

  /** {@return the exit status of a process that ran nothing else, when this has ended} */
  public int exitStatus() {
    EndReason why = end.join();
    return why == EndReason.GUEST_EXIT ? requests.exitStatus() : why.exitStatus();
  }

  /** On the event loop. */
  void resetForGuest() {
    events.publish(new MachineEvent.Reset(true, Cause.GUEST_RESET));
    try {
      doReset();
    } catch (HostError e) {
      Log.of(Machine.class).error("the machine could not be reset: {}; it is stopped, and system_reset tries again",
          e.getMessage());
      events.publish(new MachineEvent.Stop());
    }
  }

  @Override
  public void powerOffAsked() { unlessReset(() -> shutDown(EndReason.GUEST_SHUTDOWN, Cause.GUEST_SHUTDOWN)); }

  /** Stops the vCPUs for what one of them asked; if two ask at once, the second request is stale and is dropped. */
  void unlessReset(Runnable task) {
    vcpus.stopFor(task);
  }

  /** {@return the task, which does nothing once the guest was reset} */
  Runnable unlessReplaced(Runnable task) {
    return vcpus.unlessReplaced(task);
  }

  /** On the event loop. */
  void shutDown(EndReason reason, Cause cause) {
    if (config.policy().noShutdown()) {
      events.publish(new MachineEvent.Shutdown(true, cause));
      stopVcpus(RunState.SHUTDOWN);
    } else {
      end(reason, cause);
    }
  }

  /** Ends it for its guest. On the event loop. */
  void end(EndReason reason, Cause cause) {
    events.publish(new MachineEvent.Shutdown(true, cause));
    end.complete(reason);
  }

  @Override
  public void unusableMemory(VcpuThread vcpu) { vcpus.ask(() -> vcpu.slotsFollowed(parts.ram().devices().follow())); }

  @Override
  public void vcpuFailed(String sentence) {
    unlessReset(() -> {
      Log.of(Machine.class).error("{}", sentence);
      stopVcpus(RunState.INTERNAL_ERROR);
    });
  }

  @Override
  public void crashed(Throwable bug) {
    try {
      MissingPage.sentence(bug, parts.objects()).ifPresentOrElse(
          why -> Log.of(Machine.class).error("{}; that ends this machine", why),
          () -> Log.of(Machine.class).error("a bug in Ballast ends this machine", bug));
    } finally { // A process that can do so little that it cannot log must not hang on top of it.
      vcpus.closeGate();
      end.complete(EndReason.CRASHED);
    }
  }

  /** What devices have to tell; a balloon at each list of pages, which must not cost its vCPU much. */
  void deviceEvent(DeviceEvent event) {
    if (event instanceof DeviceEvent.BalloonChanged changed) {
      changed(changed);
    } else {
      tell(event);
    }
  }

  private void changed(DeviceEvent.BalloonChanged changed) {
    autoBalloons.guestSays(changed.pageCount());
    balloonChanged.happened();
  }

  private void tell(DeviceEvent event) {
    switch (event) {
      case DeviceEvent.BalloonChanged changed -> changed(changed);
      case DeviceEvent.HintRunEnded ended -> events.publish(MachineEvent.BalloonHintCompleted.of(ended.run()));
      case DeviceEvent.MemorySizeChanged changed ->
        Log.of(Machine.class).debug("plugged: {} bytes", changed.sizeBytes());
      case DeviceEvent.GuestMistake mistake ->
        Log.of(Machine.class).warn("{}: {}{}", mistake.device(), mistake.sentence(),
            mistake.needsReset() ? "; the device waits for its driver to reset it" : "");
      case DeviceEvent.HostRefusal refusal ->
        Log.of(Machine.class).error("{}: {}", refusal.device(), refusal.sentence());
    }
  }

  /** Ends it if it runs, and gives everything back. Closing twice is harmless; both return when it is closed. */
  @Override
  public void close() {
    if (!closing.compareAndSet(false, true)) {
      closed.join();
      return;
    }
    try {
      end.complete(EndReason.HOST_QUIT);
      closeAll();
    } finally {
      closed.complete(null);
    }
  }

  private void closeAll() {
    vcpus.end();
    loop.stop();
    closer.close();
  }
}
