package org.ballastvm.vmm.machine;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import org.ballastvm.vmm.acpi.AcpiPorts;
import org.ballastvm.vmm.block.BlockBackends;
import org.ballastvm.vmm.block.ForeignDrives;
import org.ballastvm.vmm.chardev.CharFrontend;
import org.ballastvm.vmm.chardev.Chardev;
import org.ballastvm.vmm.chardev.Chardevs;
import org.ballastvm.vmm.chardev.SocketListener;
import org.ballastvm.vmm.config.ChardevConfig;
import org.ballastvm.vmm.config.MachineConfig;
import org.ballastvm.vmm.config.WatchdogAction;
import org.ballastvm.vmm.devices.Buses;
import org.ballastvm.vmm.devices.Devices;
import org.ballastvm.vmm.devices.UserObjects;
import org.ballastvm.vmm.dump.GuestDump;
import org.ballastvm.vmm.event.MachineEvent;
import org.ballastvm.vmm.event.MachineEvent.Cause;
import org.ballastvm.vmm.goal.MemoryGoal;
import org.ballastvm.vmm.goal.MemoryRequests;
import org.ballastvm.vmm.loop.EventLoop;
import org.ballastvm.vmm.loop.LoopThread;
import org.ballastvm.vmm.loop.LoopTurns;
import org.ballastvm.vmm.loop.MachineEvents;
import org.ballastvm.vmm.memory.GuestRam;
import org.ballastvm.vmm.state.EndReason;
import org.ballastvm.vmm.state.MachineScope;
import org.ballastvm.vmm.state.RunState;

/**
 * A machine that has been put together: it starts, pauses, resets and ends.
 *
 * <p>
 * Its state belongs to the event loop. What vCPUs ask for (power-off, reset) stops them at the gate at once and is then
 * done by the loop; what other threads ask for is done by the loop while they wait.
 */
public final class Machine implements AutoCloseable {
  private final MachineConfig config;
  private final MachineScope scope;
  private final Closer closer = new Closer();
  private final EventLoop loop;
  private final NamedDescriptors descriptors = new NamedDescriptors();
  private final MachineEvents events;
  private final RunControl run;
  private final DebugControl debug;
  private final GuestRequests requests;
  private final Hardware hardware;
  private final MemoryRequests memoryRequests;
  private final MemoryGoal goal;
  private final GuestDump dumps;
  /** Who closes it. */
  private final AtomicReference<Thread> closing = new AtomicReference<>();
  private final CompletableFuture<Void> closed = new CompletableFuture<>();

  private Machine(MachineConfig config, MachineScope scope, Optional<LoopThread> shared) {
    this.config = config;
    this.scope = scope;
    this.loop = shared.isPresent()
        ? new EventLoop(shared.get(), this::crashed)
        : new EventLoop("ballast-" + config.name(), this::crashed);
    closer.onClose(loop::close);
    closer.onClose(descriptors::close);
    this.events = new MachineEvents(loop);
    closer.onClose(events::close);
    this.run = new RunControl(config.policy(), loop, events);
    this.debug = new DebugControl(run);
    this.requests = new GuestRequests(run, config.policy(), loop, events, debug);
    closer.onClose(requests::close);
    try {
      DeviceSurroundings around = new DeviceSurroundings(run, requests);
      hardware = new Assembly(config, loop, closer, run, requests).hardware(events, around);
      closer.onClose(debug::close); // Before the chardev that it has is closed.
      MemorySurroundings memoryAround = new MemorySurroundings(run, events);
      memoryRequests = new MemoryRequests(loop, hardware.devices(), memoryAround);
      closer.onClose(memoryRequests::close);
      around.whenMemoryAsked(memoryRequests::wake);
      memoryRequests.wake(); // Devices that were there before it may have asked for memory.
      goal = new MemoryGoal(loop, hardware.memory(), hardware.devices(), memoryRequests, memoryAround);
      closer.onClose(goal::close);
      requests.whenButtonIsPressed(this::powerButton);
      dumps = new GuestDump(hardware.ram(), new LoopTurns(loop), new DumpSubject(run, hardware, events));
      closer.onClose(dumps::close);
      run.begin(hardware);
    } catch (RuntimeException | Error e) {
      closeAll();
      throw e;
    }
  }

  /**
   * Ends the machine for a bug of ours. Any thread, once it has been put together.
   *
   * @param bug what was thrown
   */
  public void crashed(Throwable bug) { run.crashed(bug); }

  /**
   * Puts a machine together and, unless it is to start paused, starts it.
   *
   * @param config all of it
   * @param notes takes what its user should know while it is put together, a line each
   * @param beforeItRuns is given the machine when it is whole and its event loop has not started: attaches monitors
   * @return the machine; the caller closes it
   * @throws org.ballastvm.vmm.config.UserError if something asked for cannot be
   * @throws org.ballastvm.kvm.HostError if the host refuses; nothing is left behind either way
   */
  public static Machine start(MachineConfig config, Consumer<String> notes, Consumer<Machine> beforeItRuns) {
    return start(config, Optional.empty(), notes, beforeItRuns);
  }

  /**
   * Puts a machine together and, unless it is to start paused, starts it.
   *
   * @param config all of it
   * @param shared the thread that its event loop shares with others; without one it has a thread of its own
   * @param notes takes what its user should know while it is put together, a line each
   * @param beforeItRuns is given the machine when it is whole and its event loop has not started: attaches monitors
   * @return the machine; the caller closes it
   * @throws org.ballastvm.vmm.config.UserError if something asked for cannot be
   * @throws org.ballastvm.kvm.HostError if the host refuses; nothing is left behind either way
   * @throws IllegalStateException if the shared thread is closed
   */
  public static Machine start(MachineConfig config, Optional<LoopThread> shared, Consumer<String> notes,
      Consumer<Machine> beforeItRuns) {
    MachineScope scope = MachineScope.of(config.name().equals(MachineConfig.UNNAMED) ? "" : config.name(), notes);
    return scope.call(() -> {
      Machine machine = new Machine(config, scope, shared);
      try {
        beforeItRuns.accept(machine);
        machine.loop.start();
        if (!config.policy().startPaused()) {
          machine.resume();
        }
      } catch (RuntimeException | Error e) {
        machine.close();
        throw e;
      }
      return machine;
    });
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

  /** {@return what it was made of} */
  public MachineConfig config() { return config; }

  /** {@return descriptors that were given to it by name; belongs to the event loop} */
  public NamedDescriptors descriptors() {
    return descriptors;
  }

  /** {@return what happens to it} */
  public MachineEvents events() { return events; }

  /** {@return the devices that a user asked for; they come and go on the event loop} */
  public Devices devices() {
    return hardware.devices();
  }

  /** {@return the guest's memory, by its physical addresses} */
  public GuestRam ram() { return hardware.ram(); }

  /** {@return memory backends and threads for devices; they come and go on the event loop} */
  public UserObjects objects() {
    return hardware.memory().objects();
  }

  /** {@return what disks are made of; belongs to the event loop} */
  public BlockBackends disks() {
    return hardware.disks().backends();
  }

  /** {@return disks of formats that another program has to have; belongs to the event loop} */
  public ForeignDrives foreignDisks() {
    return hardware.disks().foreign();
  }

  /** {@return what devices are wired to} */
  public Buses buses() { return hardware.buses(); }

  /**
   * Opens another chardev, which the caller closes.
   *
   * @param wanted what
   * @return the chardev; belongs to the event loop
   * @throws org.ballastvm.vmm.config.UserError if it cannot be had
   */
  public Chardev openChardev(ChardevConfig wanted) {
    return Chardevs.open(wanted, loop, () -> run.quit(Cause.HOST_UI));
  }

  /** {@return open chardevs by id} */
  public Map<String, Chardev> chardevs() { return hardware.chardevs(); }

  /** {@return what the guest was asked to do with its memory devices; belongs to the event loop} */
  public MemoryRequests memoryRequests() {
    return memoryRequests;
  }

  /** {@return what brings the guest to a total; belongs to the event loop} */
  public MemoryGoal memoryGoal() {
    return goal;
  }

  /** {@return dumps of its guest; belong to the event loop} */
  public GuestDump dumps() { return dumps; }

  /** {@return how its guest is debugged; belongs to the event loop} */
  public DebugControl debug() { return debug; }

  /** {@return what takes the guest's wishes for the whole machine} */
  GuestRequests guestRequests() { return requests; }

  /** {@return its vCPU threads, by index} */
  public List<VcpuThread> vcpus() { return run.vcpus().threads(); }

  /** {@return what it is doing} */
  public RunState state() { return run.state(); }

  /** {@return why it ended, when it has} */
  public CompletableFuture<EndReason> end() { return run.end(); }

  /** {@return the exit status of a process that ran nothing else, when this has ended} */
  public int exitStatus() {
    EndReason why = end().join();
    return why == EndReason.GUEST_EXIT ? requests.exitStatus() : why.exitStatus();
  }

  /**
   * Lets the vCPUs run; nothing happens if they do.
   *
   * @throws org.ballastvm.vmm.config.UserError if only a reset can make it run
   */
  public void resume() { onLoop(run::resume); }

  /** Stops the vCPUs between two instructions; nothing happens if they are stopped. */
  public void pause() {
    onLoop(run::pause);
  }

  /**
   * Resets the machine, as its reset button would.
   *
   * @throws org.ballastvm.kvm.HostError if the host refuses; the machine is stopped then, and a reset can be tried again
   */
  public void reset() {
    onLoop(() -> {
      events.emit(new MachineEvent.Reset(false, Cause.HOST_QMP_SYSTEM_RESET));
      run.reset();
    });
  }

  /** Presses the power button: the guest decides what it does. */
  public void powerButton() {
    onLoop(() -> {
      hardware.buses().power().announce(AcpiPorts.GED_POWER_DOWN);
      hardware.wake();
      events.emit(new MachineEvent.Powerdown());
    });
  }

  /**
   * Sets what is done when the guest's watchdog expires.
   *
   * @param action from now on
   */
  public void setWatchdogAction(WatchdogAction action) { requests.setWatchdogAction(action); }

  /** Wakes a guest from suspend-to-idle. One that is awake stays so. */
  public void wakeUp() { onLoop(hardware::wake); }

  /**
   * Ends the machine.
   *
   * @param why who wants it
   */
  public void quit(Cause why) { onLoop(() -> run.quit(why)); }

  /**
   * Runs a task on the event loop and waits for it.
   *
   * @param task what
   */
  public void onLoop(Runnable task) {
    if (loop.runHere(task)) {
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
      CompletableFuture.anyOf(done, end()).join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      if (e.getCause() instanceof Error cause) {
        throw cause;
      }
      throw e;
    }
  }

  /**
   * Runs a task while no vCPU is in the guest; those that carry out an exit may go on with that. Their registers can be
   * read meanwhile.
   *
   * @param task what; on the caller's thread, which is no vCPU's
   */
  public void whileVcpusAreOut(Runnable task) { run.vcpus().whileOut(task); }

  /**
   * Ends it if it runs, and gives everything back. Closing twice is harmless; both return when it is closed. One that is
   * called because it closes, by the thread that closes it or on its event loop, returns at once: it is waited for.
   */
  @Override
  public void close() {
    if (!closing.compareAndSet(null, Thread.currentThread())) {
      if (closing.get() != Thread.currentThread() && !loop.isCurrentThread()) {
        closed.join();
      }
      return;
    }
    try {
      end().complete(EndReason.HOST_QUIT);
      scope.run(this::closeAll);
    } finally {
      closed.complete(null);
    }
  }

  private void closeAll() {
    run.vcpus().end();
    loop.stop();
    run.vcpus().end(); // Those of a reset that was under way.
    closer.close();
  }
}
