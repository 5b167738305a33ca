package org.ballastvm.vmm.event;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.ballastvm.virtio.HintRun;
import org.ballastvm.virtio.UnwrittenMemory.GivenBack;
import org.ballastvm.vmm.config.WatchdogAction;
import org.ballastvm.vmm.wire.Member;

/**
 * What happened to a machine, as its monitors report it: QEMU's events, their data as components. A component's name in
 * capitals and small letters is, on the wire, in small letters and hyphens.
 */
public sealed interface MachineEvent {
  /** ACPI 6.5, table 6.63: the guest begins with what it was asked for, and reports again. */
  long STATUS_IN_PROGRESS = 0x84;

  /** {@return its name on the wire: that of the record, in capitals and underscores} */
  default String name() {
    return nameOf(getClass());
  }

  /** {@return all kinds of events} */
  static List<Class<? extends MachineEvent>> kinds() {
    return Arrays.stream(MachineEvent.class.getPermittedSubclasses())
        .<Class<? extends MachineEvent>>map(kind -> kind.asSubclass(MachineEvent.class)).toList();
  }

  /**
   * The name of a kind of events on the wire.
   *
   * @param kind one of {@link #kinds}
   * @return for example {@code DEVICE_DELETED}
   */
  static String nameOf(Class<? extends MachineEvent> kind) {
    String simple = kind.getSimpleName();
    StringBuilder name = new StringBuilder(simple.length() + 4);
    for (int i = 0; i < simple.length(); i++) {
      char c = simple.charAt(i);
      name.append(i > 0 && Character.isUpperCase(c) ? "_" : "").append(Character.toUpperCase(c));
    }
    return name.toString();
  }

  /**
   * {@return what it is emitted for at most once a second, by QEMU's rule; empty for an event that is always emitted}
   */
  default Optional<String> limitedBy() { return Optional.empty(); }

  /** The vCPUs have stopped. */
  @Summary("The vCPUs have stopped.")
  record Stop() implements MachineEvent {}

  /** The vCPUs run again. */
  @Summary("The vCPUs run again.")
  record Resume() implements MachineEvent {}

  /** The power button was pressed. */
  @Summary("The power button was pressed.")
  record Powerdown() implements MachineEvent {}

  /**
   * The machine was reset.
   *
   * @param guest the guest asked for it
   * @param reason who did it
   */
  @Summary("The machine was reset.")
  record Reset(@Member("whether the guest asked for it") boolean guest,
      @Member("who did it") Cause reason) implements MachineEvent {}

  /**
   * The machine was switched off, or is about to end.
   *
   * @param guest the guest asked for it
   * @param reason who did it
   */
  @Summary("The machine was switched off, or is about to end.")
  record Shutdown(@Member("whether the guest asked for it") boolean guest,
      @Member("who did it") Cause reason) implements MachineEvent {}

  /**
   * The guest's kernel has panicked, and its driver wrote so to the pvpanic device.
   *
   * @param action what was done about it
   */
  @Summary("The guest's kernel has panicked, and its driver wrote so to the pvpanic device.")
  record GuestPanicked(@Member("what was done about it") PanicAction action) implements MachineEvent {
    /** A guest that runs on can do it again, for ever. */
    @Override
    public Optional<String> limitedBy() {
      return action == PanicAction.RUN ? Optional.of("pvpanic") : Optional.empty();
    }
  }

  /**
   * The guest's kernel has panicked, its driver wrote so to the pvpanic device, and its crash kernel takes over.
   *
   * @param action what was done about it
   */
  @Summary("The guest's kernel has panicked, and its crash kernel takes over.")
  record GuestCrashloaded(@Member("what was done about it") PanicAction action) implements MachineEvent {
    @Override
    public Optional<String> limitedBy() { return Optional.of("pvpanic"); }
  }

  /**
   * The guest's watchdog has expired.
   *
   * @param action what is done about it
   */
  @Summary("The guest's watchdog has expired.")
  record Watchdog(@Member("what is done about it") WatchdogAction action) implements MachineEvent {
    /** A guest that runs on can have it expire again, for ever. */
    @Override
    public Optional<String> limitedBy() { return Optional.of("watchdog"); }
  }

  /**
   * A dump of the guest's memory that nobody waited for is over.
   *
   * @param result how far it came
   * @param error why it failed
   */
  @Summary("A dump of the guest's memory that nobody waited for is over.")
  record DumpCompleted(@Member("how far it came") DumpResult result,
      @Member("why it failed, if it did") Optional<String> error) implements MachineEvent {}

  /**
   * A device is gone.
   *
   * @param device its id, if it had one
   * @param path where it was in the object tree
   */
  @Summary("A device is gone.")
  record DeviceDeleted(@Member("its id, if it has one") Optional<String> device,
      @Member("where it was in the object tree") String path) implements MachineEvent {}

  /**
   * The guest refused to let go of a device.
   *
   * @param device its id, if it has one
   * @param path where it is in the object tree
   */
  @Summary("The guest refused to let go of a device.")
  record DeviceUnplugGuestError(@Member("its id, if it has one") Optional<String> device,
      @Member("where it is in the object tree") String path) implements MachineEvent {
    @Override
    public Optional<String> limitedBy() { return Optional.of(path); }
  }

  /**
   * The guest refused to let go of a DIMM: what came before {@link DeviceUnplugGuestError}, which follows it.
   *
   * @param device its id; empty if it has none
   * @param msg why, in words
   */
  @Summary("The guest refused to let go of a DIMM: what came before DEVICE_UNPLUG_GUEST_ERROR, which follows it. "
      + "QEMU calls this one deprecated; it alone has the reason.")
  record MemUnplugError(@Member("its id; empty if it has none") String device,
      @Member("why, in words") String msg) implements MachineEvent {
    @Override
    public Optional<String> limitedBy() { return Optional.of(device); }
  }

  /**
   * The guest has changed the size of its balloon.
   *
   * @param actual what it has now, in bytes: base memory and DIMMs, less the balloon
   */
  @Summary("The guest has changed the size of its balloon.")
  record BalloonChange(@Member("what it has now, in bytes") long actual) implements MachineEvent {
    @Override
    public Optional<String> limitedBy() { return Optional.of("balloon"); }
  }

  /**
   * The balloon's automatic mode has done something, or was switched on or off.
   *
   * @param action what
   * @param size what the guest should have now, in bytes: base memory and DIMMs, less the balloon
   * @param reason why, in words for people
   */
  @Summary("The balloon's automatic mode has done something, or cannot, or was switched on or off.")
  record BalloonAuto(@Member("what it did; hold if it cannot do anything") AutoAction action,
      @Member("what the guest should have now, in bytes") long size,
      @Member("why, in words for people") String reason) implements MachineEvent {
    @Override
    public Optional<String> limitedBy() { return Optional.of("balloon"); }
  }

  /**
   * A driver of a device that is replayed does otherwise than the one that was recorded.
   *
   * @param device its id, if it has one
   * @param path where it is in the object tree
   * @param finding what it does, in words for people
   */
  @Summary("A driver of a device that is replayed does otherwise than the one that was recorded.")
  record ReplayDiverged(@Member("the device's id, if it has one") Optional<String> device,
      @Member("where it is in the object tree") String path,
      @Member("what it does, in words for people") String finding) implements MachineEvent {
    @Override
    public Optional<String> limitedBy() { return Optional.of(path); }
  }

  /**
   * A run of {@code balloon-free-page-hint} is over.
   *
   * @param status why
   * @param named what the guest named, in bytes
   * @param givenBack what of it the host has, in bytes
   * @param pauses how often the guest was kept from running
   * @param longestPauseUs for how long at most, in microseconds
   * @param totalPauseUs for how long in all, in microseconds
   */
  @Summary("A run of balloon-free-page-hint is over.")
  record BalloonHintCompleted(@Member("completed, cancelled or failed") HintRun.Ending status,
      @Member("what the guest named as free, in bytes") long named,
      @Member("what of it nobody had written to, and the host has, in bytes") long givenBack,
      @Member("how often the guest was kept from running") long pauses,
      @Member("for how long at most, in microseconds") long longestPauseUs,
      @Member("for how long in all, in microseconds") long totalPauseUs) implements MachineEvent {
    /**
     * The same, as monitors report it.
     *
     * @param run what has become of it
     * @return the event
     */
    public static BalloonHintCompleted of(HintRun.Complete run) {
      GivenBack given = run.given();
      return new BalloonHintCompleted(run.ending(), run.namedBytes(), given.bytes(), given.pauses(),
          TimeUnit.NANOSECONDS.toMicros(given.longestPauseNanos()),
          TimeUnit.NANOSECONDS.toMicros(given.totalPauseNanos()));
    }
  }

  /**
   * A program in the guest has opened or closed a {@code virtserialport}.
   *
   * @param id of the port
   * @param open whether it is open now
   */
  @Summary("A program in the guest has opened or closed a virtserialport that has an id.")
  record VserportChange(@Member("of the port") String id,
      @Member("whether the guest has it open now") boolean open) implements MachineEvent {
    @Override
    public Optional<String> limitedBy() { return Optional.of(id); }
  }

  /**
   * A memory device has more or less of its memory plugged.
   *
   * @param id of the device, if it has one
   * @param size what is plugged, in bytes
   * @param qomPath where it is in the object tree
   */
  @Summary("A memory device has more or less of its memory plugged.")
  record MemoryDeviceSizeChange(@Member("its id, if it has one") Optional<String> id,
      @Member("what is plugged, in bytes") long size,
      @Member("where it is in the object tree") String qomPath) implements MachineEvent {
    @Override
    public Optional<String> limitedBy() { return Optional.of(qomPath); }
  }

  /**
   * The host failed to do what a guest asked of a disk.
   *
   * @param device id of its drive; empty if it has none
   * @param nodeName the name of its node, if a user gave it one
   * @param operation what failed
   * @param action what is done about it
   * @param nospace whether the host has no room; for {@code stop} alone
   * @param reason what the host said, in words for people
   */
  @Summary("The host failed to do what a guest asked of a disk.")
  record BlockIoError(@Member("id of its drive; empty if it has none") String device,
      @Member("the name of its node, if a user gave it one") Optional<String> nodeName,
      @Member("what failed; all but a read is a write") IoOperation operation,
      @Member("what is done about it") IoAction action,
      @Member("whether the host has no room; for stop alone") Optional<Boolean> nospace,
      @Member("what the host said, in words for people") String reason) implements MachineEvent {}

  /**
   * A guest was asked to change what it has of a memory device, and has not for longer than its {@code request-timeout}. It
   * is emitted again when another cause is seen.
   *
   * @param id of the device, if it has one
   * @param qomPath where it is in the object tree
   * @param requestedSize what it should have of it, in bytes
   * @param size what it has, in bytes
   * @param seconds how long ago it was asked
   * @param cause what the numbers point to
   * @param trying whether it will try again by itself
   * @param reason cause and numbers in a sentence
   */
  @Summary("A guest was asked to change what it has of a memory device, and has not for longer than the device's "
      + "request-timeout. It is emitted again when another cause is seen.")
  record MemoryRequestOverdue(@Member("of the device, if it has one") Optional<String> id,
      @Member("where it is in the object tree") String qomPath,
      @Member("what the guest should have of it, in bytes") long requestedSize,
      @Member("what it has, in bytes") long size, @Member("how long ago it was asked") long seconds,
      @Member("what the numbers point to") Obstacle cause,
      @Member("whether it will try again by itself, as far as is known") boolean trying,
      @Member("cause and numbers in a sentence") String reason) implements MachineEvent {
    @Override
    public Optional<String> limitedBy() { return Optional.of(qomPath); }
  }

  /**
   * A guest that was to be brought to a total by {@code memory-set} is there, or will not get there.
   *
   * @param wanted what it should have, in bytes
   * @param actual what it has, in bytes
   * @param reached whether it is there, or as near as its devices allow
   * @param reason what did not do as it was asked, if anything
   */
  @Summary("A guest that was to be brought to a total by memory-set is there, or will not get there.")
  record MemorySetEnded(@Member("what it should have, in bytes") long wanted,
      @Member("what it has, in bytes") long actual,
      @Member("whether it is there, or as near as its devices allow") boolean reached,
      @Member("what did not do as it was asked, if anything") Optional<String> reason) implements MachineEvent {}

  /**
   * The guest reported through {@code _OST} what became of a request.
   *
   * @param info what it reported
   */
  @Summary("The guest reported what became of a request to plug or unplug.")
  record AcpiDeviceOst(@Member("what it reported") OspmStatus info) implements MachineEvent {
    @Override
    public Optional<String> limitedBy() {
      return Optional.of(info.slot() + (info.status() == STATUS_IN_PROGRESS ? " is at it" : ""));
    }
  }

  /**
   * What a guest last reported of a slot. ACPI 6.5, 6.3.5.
   *
   * @param device id of what is in it, if it has one
   * @param slot its number
   * @param slotType {@code DIMM}
   * @param source the event that it answers
   * @param status what became of it; 0 is success
   */
  record OspmStatus(@Member("id of what is in it, if it has one") Optional<String> device,
      @Member("its number") String slot, @Member("DIMM") String slotType,
      @Member("the event that it answers") long source, @Member("what became of it; 0 is success") long status) {}

  /** What a disk was asked for. */
  enum IoOperation {
    /** To be read. */
    READ,
    /** To be written, flushed, discarded or filled with zeros. */
    WRITE
  }

  /** What is done when a disk cannot do what its guest asked for. */
  enum IoAction {
    /** The guest is answered as if it had been done. */
    IGNORE,
    /** The guest is answered with an error. */
    REPORT,
    /** The machine stops, and tries again when it goes on. */
    STOP
  }

  /** Who ended or reset a machine. */
  enum Cause {
    /** The host's KVM, or a bug of ours. */
    HOST_ERROR,
    /** {@code quit}. */
    HOST_QMP_QUIT,
    /** {@code system_reset}. */
    HOST_QMP_SYSTEM_RESET,
    /** A signal to the process. */
    HOST_SIGNAL,
    /** A key of the terminal that console and monitor share. */
    HOST_UI,
    /** The guest switched it off. */
    GUEST_SHUTDOWN,
    /** The guest reset it. */
    GUEST_RESET,
    /** The guest's kernel panicked. */
    GUEST_PANIC
  }

  /** What is done about a panic. */
  enum PanicAction {
    /** It is stopped, for somebody to look. */
    PAUSE,
    /** It is switched off. */
    POWEROFF,
    /** It runs on. */
    RUN
  }
}
