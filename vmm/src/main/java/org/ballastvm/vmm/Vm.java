package org.ballastvm.vmm;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.ballastvm.vmm.cli.MachineOptions;
import org.ballastvm.vmm.config.ByteSize;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.config.ObjectConfig;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.event.MachineEvent;
import org.ballastvm.vmm.loop.MachineEvents;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.monitor.HumanMonitorCommand;
import org.ballastvm.vmm.qmp.Monitors;
import org.ballastvm.vmm.qmp.QmpMonitor;
import org.ballastvm.vmm.state.EndReason;
import org.ballastvm.vmm.state.RunState;

/**
 * A virtual machine in this process: the one door for programs.
 *
 * <p>
 * Any thread may call any method. What changes the machine runs on its event loop while the caller waits, so that a
 * listener, which runs there, must not block. Once the machine has ended, what changes it does nothing, and
 * {@link #close} gives back what it had.
 *
 * <p>
 * Refusals are {@link UserError}s, one sentence each, and leave the machine as it was; what the host refuses is a
 * {@link org.ballastvm.kvm.HostError}.
 */
public final class Vm implements AutoCloseable {
  private final Machine machine;
  private final AtomicReference<Awaited<MemoryOutcome>> resizing = new AtomicReference<>();

  Vm(Machine machine) { this.machine = machine; }

  /**
   * How a machine ended.
   *
   * @param reason why
   * @param exitStatus what a process that ran nothing else would return; a guest can set it by isa-debug-exit
   */
  public record End(EndReason reason, int exitStatus) {}

  /**
   * What became of a total that was asked for.
   *
   * @param wantedBytes what was asked for
   * @param actualBytes what the guest has
   * @param reached whether that is it, or the nearest that the guest's devices can give
   * @param reason why not, in a sentence, if it is known
   */
  public record MemoryOutcome(long wantedBytes, long actualBytes, boolean reached, Optional<String> reason) {}

  /**
   * Hears what happens to the machine.
   *
   * @see Vm#listen
   */
  @FunctionalInterface
  public interface Listener {
    /**
     * Runs on the machine's event loop; must not block.
     *
     * @param event what happened
     */
    void happened(VmEvent event);
  }

  /** Ends what it stands for. */
  @FunctionalInterface
  public interface Subscription extends AutoCloseable {
    @Override
    void close();
  }

  /** {@return what describes a machine and starts it} */
  public static VmBuilder builder() { return new VmBuilder(); }

  /**
   * Starts a machine that QEMU's options describe, as the command line takes them; nothing is announced to
   * {@code ballast ps}.
   *
   * @param options such as {@code -m}, {@code 1G}, {@code -kernel}, {@code vmlinuz}
   * @param notes   takes what its user should know, a line each
   * @return the machine; the caller closes it
   * @throws UserError if an option is none, or something asked for cannot be; nothing is left behind
   * @throws org.ballastvm.kvm.HostError if the host refuses; nothing is left behind
   */
  public static Vm ofOptions(List<String> options, Consumer<String> notes) {
    return new Vm(Machine.start(MachineOptions.parse(options, notes), notes, Monitors::attach));
  }

  /** {@return its name: log lines have it as the key {@code machine}} */
  public String name() {
    return machine.config().name();
  }

  /** {@return what it is doing} */
  public RunState state() { return machine.state(); }

  /**
   * Lets its processors run; nothing happens if they do.
   *
   * @throws UserError if only a reset can make it run
   */
  public void resume() { machine.resume(); }

  /** Stops its processors between two instructions; nothing happens if they are stopped. */
  public void pause() {
    machine.pause();
  }

  /** Resets it, as its reset button would. */
  public void reset() { machine.reset(); }

  /** Presses the power button: the guest decides what it does, and most power off. */
  public void powerButton() {
    machine.powerButton();
  }

  /** Ends it at once, as pulling the plug would. */
  public void stop() { machine.quit(MachineEvent.Cause.HOST_UI); }

  /** {@return how it ended, once it has: the guest's doing, {@link #stop}, or {@link #close}} */
  public CompletionStage<End> whenEnded() {
    return machine.end().thenApply(reason -> new End(reason, machine.exitStatus())).minimalCompletionStage();
  }

  /**
   * Hears of what happens to it from now on.
   *
   * @param listener runs on the event loop; must not block
   * @return ends this
   */
  public Subscription listen(Listener listener) {
    MachineEvents.Listener heard = (event, when) -> listener.happened(new VmEvent(name(), when, event));
    machine.events().listen(heard);
    return () -> machine.events().forget(heard);
  }

  /** {@return what the guest has, in bytes: base memory and what is plugged, less what it says is in its balloon} */
  public long memoryBytes() {
    return ask(() -> machine.memoryGoal().actualBytes());
  }

  /**
   * Brings the guest to a total by whatever devices it has: virtio-mem, DIMMs, the balloon.
   *
   * @param total a size as {@code -m} takes it, such as {@code 512M} or {@code 2G}
   * @return what became of it; completes exceptionally if another total is asked for before, or the machine ends
   * @throws UserError if it is no size, or none that its devices can give; nothing was asked of the guest then
   */
  public CompletionStage<MemoryOutcome> resize(String total) { return resize(ByteSize.parse("memory", total, 1)); }

  /**
   * Brings the guest to a total by whatever devices it has: virtio-mem, DIMMs, the balloon.
   *
   * @param totalBytes base memory and what is plugged, less the balloon, in bytes
   * @return what became of it; completes exceptionally if another total is asked for before, or the machine ends
   * @throws UserError if its devices cannot give that; nothing was asked of the guest then
   */
  public CompletionStage<MemoryOutcome> resize(long totalBytes) {
    Awaited<MemoryOutcome> outcome = new Awaited<>(machine, event -> outcomeOf(event, totalBytes));
    CompletionStage<MemoryOutcome> stage = outcome.after(() -> machine.memoryGoal().set(totalBytes));
    Awaited<MemoryOutcome> before = resizing.getAndSet(outcome);
    if (before != null) {
      before.giveUp("another total was asked for");
    }
    return stage;
  }

  /** A total that is there at once ends before the one that it replaces is given up. */
  private static Optional<MemoryOutcome> outcomeOf(MachineEvent event, long wantedBytes) {
    return event instanceof MachineEvent.MemorySetEnded ended && ended.wanted() == wantedBytes
        ? Optional.of(new MemoryOutcome(ended.wanted(), ended.actual(), ended.reached(), ended.reason()))
        : Optional.empty();
  }

  /**
   * Makes an object for devices to use: a memory backend, or a thread.
   *
   * @param object what
   * @throws UserError if it cannot be
   */
  public void add(ObjectConfig object) { machine.onLoop(() -> machine.objects().create(object)); }

  /**
   * Plugs a device, and notifies the guest.
   *
   * @param device what; only one with an id can be removed
   * @throws UserError if it cannot be
   */
  public void add(DeviceConfig device) { machine.onLoop(() -> machine.devices().plug(device)); }

  /**
   * Plugs a device, and notifies the guest.
   *
   * @param words as {@code -device} takes them, such as {@code virtio-rng-pci,id=rng0}
   * @throws UserError if it cannot be
   */
  public void addDevice(String words) { add(VmBuilder.deviceOf(words)); }

  /**
   * Makes an object for devices to use.
   *
   * @param words as {@code -object} takes them, such as {@code memory-backend-ram,id=mem0,size=1G}
   * @throws UserError if it cannot be
   */
  public void addObject(String words) { add(VmBuilder.objectOf(words)); }

  /**
   * Asks the guest to let a device go.
   *
   * @param id of the device
   * @return completes when it is gone; exceptionally, with a UserError, if the guest refuses, or the machine ends before
   * @throws UserError if there is no such device, or it cannot go
   */
  public CompletionStage<Void> removeDevice(String id) {
    Optional<String> device = Optional.of(id);
    Awaited<String> gone = new Awaited<>(machine, event -> {
      if (event instanceof MachineEvent.DeviceUnplugGuestError refused && refused.device().equals(device)) {
        throw new UserError("Device '" + id + "': the guest does not let it go");
      }
      return event instanceof MachineEvent.DeviceDeleted deleted
          ? deleted.device().filter(id::equals)
          : Optional.empty();
    });
    return gone.after(() -> machine.devices().requestUnplug(id)).thenAccept(deleted -> {
      // Gone.
    });
  }

  /**
   * Deletes an object that no device uses.
   *
   * @param id of the object
   * @throws UserError if there is none, or something uses it
   */
  public void removeObject(String id) { machine.onLoop(() -> machine.objects().delete(id)); }

  /**
   * Runs a line of the human monitor, as {@code ballast monitor} would.
   *
   * @param line for example {@code info balloon}
   * @return what it prints, or its error; lines, each with its end
   */
  public String monitor(String line) { return ask(() -> HumanMonitorCommand.print(machine, line)); }

  /**
   * Serves QEMU's machine protocol to whoever connects to a socket, until the machine closes.
   *
   * @param socket path of a Unix socket; only its owner can connect
   * @throws org.ballastvm.kvm.HostError if the host refuses
   */
  public void serveQmp(Path socket) {
    machine.onLoop(() -> machine.listen(socket, chardev -> new QmpMonitor(machine, chardev, false)));
  }

  private <T> T ask(Supplier<T> question) {
    AtomicReference<T> answer = new AtomicReference<>();
    machine.onLoop(() -> answer.set(question.get()));
    if (answer.get() == null) {
      throw new IllegalStateException("machine " + name() + " has ended");
    }
    return answer.get();
  }

  /** Ends it if it runs, and gives everything back. Closing twice is harmless. */
  @Override
  public void close() { machine.close(); }
}
