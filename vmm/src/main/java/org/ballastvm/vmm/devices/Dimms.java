package org.ballastvm.vmm.devices;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.ballastvm.fault.FaultPoint;
import org.ballastvm.kvm.HostError;
import org.ballastvm.virtio.mem.MemPlugger.PlugRefused;
import org.ballastvm.vmm.acpi.AcpiPorts;
import org.ballastvm.vmm.config.ByteSize;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.device.MemoryHotplug;
import org.ballastvm.vmm.event.MachineEvent;
import org.ballastvm.vmm.loop.GuestTask;
import org.ballastvm.vmm.loop.MachineEvents;
import org.ballastvm.vmm.memory.DeviceMemory;
import org.ballastvm.vmm.memory.MemoryBackend;
import org.ballastvm.vmm.memory.MemoryObjects;
import org.ballastvm.vmm.memory.PluggableRange;
import org.ballastvm.vmm.state.Log;
import org.ballastvm.vmm.state.Repeats;
import org.ballastvm.vmm.diagnosis.DimmState;

/**
 * The DIMMs of a machine: each takes a backend, a slot and a place in the address space, and gives them back when the guest
 * ejects it. They come and go on the event loop, or before it has started.
 */
public final class Dimms implements DeviceBus, MemoryHotplug.Guest {
  /** What x86 kernels hot-plug at least, and what QEMU therefore aligns DIMMs to, in bytes. */
  private static final long ALIGNMENT_BYTES = 2 << 20;
  private static final int EVENT_EJECT_REQUEST = 3;
  private static final int EVENT_OSPM_EJECT = 0x103;
  private static final int STATUS_IN_PROGRESS = 0x84;
  private static final String NAMELESS = "dimm";

  private final Site site;
  private final MemoryObjects objects;
  private final DeviceMemory places;
  private final MachineEvents monitors;
  private final DevicePaths paths;
  private final MemoryHotplug registers;
  private final MachineEvent.OspmStatus[] reported;
  private final SlotReports[] slots;
  /** Replaced whole: other threads read it. */
  private volatile List<Dimm> all = List.of();

  /** Empty slots, as many as the machine has; their hotplug registers are at their ports from here on, if there are any. */
  Dimms(Site site, DevicePaths paths) {
    this.site = site;
    this.objects = site.memory().objects().memory();
    this.places = site.memory().ram().devices();
    this.monitors = site.events();
    this.paths = paths;
    int slotCount = site.memory().config().slots();
    this.registers = new MemoryHotplug(slotCount, this);
    this.reported = new MachineEvent.OspmStatus[slotCount];
    this.slots = IntStream.range(0, slotCount).mapToObj(SlotReports::new).toArray(SlotReports[]::new);
    if (slotCount > 0) {
      site.buses().ports().map(registers, "acpi-mem-hotplug", AcpiPorts.MEMORY_HOTPLUG_BASE,
          AcpiPorts.MEMORY_HOTPLUG_BYTES);
    }
  }

  /** {@return how many slots there are} */
  public int slotCount() { return reported.length; }

  @Override
  public List<Dimm> all() { return all; }

  /** {@return how much memory they are, in bytes} */
  public long sizeBytes() {
    long sum = 0;
    for (Dimm dimm : all) { // no stream: a client that waits for a balloon asks for this again and again
      sum += dimm.sizeBytes();
    }
    return sum;
  }

  /** {@return what the guest last reported of each slot, by number} */
  public List<MachineEvent.OspmStatus> lastReported() {
    return IntStream.range(0, reported.length).mapToObj(slot -> reported[slot] != null
        ? reported[slot]
        : new MachineEvent.OspmStatus(inSlot(slot).flatMap(Dimm::id), Integer.toString(slot), "DIMM", 0, 0)).toList();
  }

  /**
   * What the guest last reported of a slot since a DIMM came into it.
   *
   * @param slot its number, below {@link #slotCount}
   * @return what; empty if it reported nothing
   */
  public Optional<MachineEvent.OspmStatus> reported(int slot) { return Optional.ofNullable(reported[slot]); }

  private Optional<Dimm> inSlot(int slot) { return all.stream().filter(dimm -> dimm.slot() == slot).findFirst(); }

  /**
   * Plugs a DIMM.
   *
   * @param config what
   * @param hot whether the guest may run already, so that it has to be notified
   * @throws UserError if it cannot be; nothing has changed then
   * @throws HostError if the host refuses; nothing has changed then
   */
  void plug(DeviceConfig.Dimm config, boolean hot) {
    site.memory().numa().requireNode(config.node());
    int slot = slotFor(config);
    String what = config.id().isPresent() ? config.inWords() : "device in slot " + slot;
    MemoryBackend backend = objects.claim(config.memdev(), what);
    PluggableRange range = null;
    try {
      long alignment = Math.max(ALIGNMENT_BYTES, backend.pageSizeBytes());
      range = places.claim("pc-dimm", config.id().orElse("slot " + slot), backend, config.address(), alignment, false,
          site.machine());
      range.plug(range.base(), range.sizeBytes());
    } catch (UserError | HostError | PlugRefused e) {
      if (range != null) {
        places.release(range);
      }
      objects.release(config.memdev());
      throw e instanceof PlugRefused refused ? new UserError(refused.getMessage(), refused) : e;
    }
    warnOfBlocks(what, range);
    String path = paths.of(config, NAMELESS);
    paths.taken(config, NAMELESS);
    Dimm dimm = new Dimm(config, path, slot, range, hot);
    List<Dimm> next = new ArrayList<>(all);
    next.add(dimm);
    all = List.copyOf(next);
    reported[slot] = null; // That was about the one before it.
    registers.came(slot, range.base(), range.sizeBytes(), config.node(), hot);
    if (hot) {
      announce();
      site.machine().memoryAsked();
    }
  }

  private void warnOfBlocks(String what, PluggableRange range) {
    long block = places.guestBlockBytes();
    if ((range.base() | range.sizeBytes()) % block != 0) {
      Log.of(Dimms.class).warn(
          "{}: it has {} bytes at 0x{}; Linux in this guest uses whole blocks of {}, and refuses such a DIMM", what,
          range.sizeBytes(), Long.toHexString(range.base()), ByteSize.describe(block));
    }
  }

  private int slotFor(DeviceConfig.Dimm config) {
    BitSet taken = new BitSet();
    all.forEach(dimm -> taken.set(dimm.slot()));
    if (slotCount() == 0) {
      throw new UserError("pc-dimm: there are no slots for DIMMs; -m slots=N,maxmem=SIZE gives the machine some");
    }
    OptionalInt wanted = config.slot();
    if (wanted.isPresent() && wanted.getAsInt() >= slotCount()) {
      throw new UserError(
          "invalid slot# " + wanted.getAsInt() + ", should be less than " + slotCount() + ", the slots of -m");
    }
    if (wanted.isPresent() && taken.get(wanted.getAsInt())) {
      throw new UserError("slot " + wanted.getAsInt() + " is busy");
    }
    int slot = wanted.orElseGet(() -> taken.nextClearBit(0));
    if (slot >= slotCount()) {
      throw new UserError("no free slots available: all " + slotCount() + " of -m slots= have a DIMM");
    }
    return slot;
  }

  @Override
  public void requestUnplug(PluggedDevice device, long nowNanos) {
    Dimm dimm = (Dimm) device;
    dimm.unplug().rejectIfRecent(dimm.id().orElse(dimm.path()), nowNanos);
    dimm.unplug().sent(nowNanos);
    dimm.state(new DimmState.AskedToGo(nowNanos));
    site.machine().memoryAsked();
    registers.askedToGo(dimm.slot());
    announce();
  }

  private void announce() { site.buses().power().announce(AcpiPorts.GED_MEMORY_HOTPLUG); }

  /**
   * Takes back a DIMM that the guest has turned down. It has nothing of it, so it need not be asked.
   *
   * @param dimm which
   */
  public void withdraw(Dimm dimm) {
    if (!(dimm.state() instanceof DimmState.TurnedDown)) {
      throw new IllegalStateException(dimm.path() + ": " + dimm.state().words());
    }
    remove(dimm);
  }

  @Override
  public void ejected(int slot) {
    // On the vCPU's thread; the loop changes memory slots. A guest that ejects expects the memory to be gone soon.
    slots[slot].ejected.post();
  }

  @Override
  public boolean keeps(int slot) { return goesWrong(slot, FaultPoint.DIMM_EJECT); }

  @Override
  public boolean notifiesAgain(int slot) {
    boolean again = goesWrong(slot, FaultPoint.DIMM_NOTICE);
    if (again) {
      announce();
    }
    return again;
  }

  private boolean goesWrong(int slot, FaultPoint point) {
    return inSlot(slot).filter(dimm -> dimm.goesWrong(point)).isPresent();
  }

  @Override
  public void reported(int slot, long event, long status) {
    if (!goesWrong(slot, FaultPoint.DIMM_REPORT)) {
      slots[slot].report(event, status);
    }
  }

  /** What a guest does with a slot, which it may do for ever: the last of it counts. */
  private final class SlotReports {
    private final int slot;
    private final GuestTask ejected;
    private final GuestTask reports;
    private final Repeats refusals = new Repeats();
    /** One of each kind. */
    private OptionalLong ofArrival = OptionalLong.empty();
    private OptionalLong ofRequest = OptionalLong.empty();
    private OptionalLong ofEject = OptionalLong.empty();

    SlotReports(int slot) {
      this.slot = slot;
      this.ejected = new GuestTask(site.loop(), () -> inSlot(slot).ifPresent(Dimms.this::remove));
      this.reports = new GuestTask(site.loop(), this::take);
    }

    /** On the vCPU's thread. */
    void report(long event, long status) {
      synchronized (this) {
        if (event == EVENT_EJECT_REQUEST) {
          ofRequest = OptionalLong.of(status);
        } else if (event == EVENT_OSPM_EJECT) {
          ofEject = OptionalLong.of(status);
        } else {
          ofArrival = OptionalLong.of(event << Integer.SIZE | status & 0xffff_ffffL);
        }
      }
      reports.post();
    }

    private void take() {
      OptionalLong arrival;
      OptionalLong request;
      OptionalLong eject;
      synchronized (this) {
        arrival = ofArrival;
        request = ofRequest;
        eject = ofEject;
        ofArrival = OptionalLong.empty();
        ofRequest = OptionalLong.empty();
        ofEject = OptionalLong.empty();
      }
      arrival.ifPresent(both -> taken(slot, both >>> Integer.SIZE, both & 0xffff_ffffL));
      request.ifPresent(status -> taken(slot, EVENT_EJECT_REQUEST, status));
      eject.ifPresent(status -> taken(slot, EVENT_OSPM_EJECT, status));
    }
  }

  private void taken(int slot, long event, long status) {
    Optional<Dimm> dimm = inSlot(slot);
    reported[slot] = new MachineEvent.OspmStatus(dimm.flatMap(Dimm::id), Integer.toString(slot), "DIMM", event, status);
    monitors.emit(new MachineEvent.AcpiDeviceOst(reported[slot]));
    boolean isDone = status == 0;
    dimm.filter(one -> one.state() instanceof DimmState.Offered && event < EVENT_EJECT_REQUEST)
        .ifPresent(one -> one.state(
            isDone ? new DimmState.Taken() : new DimmState.TurnedDown(OstStatus.refusal(status))));
    boolean ofEject = event == EVENT_EJECT_REQUEST || event == EVENT_OSPM_EJECT;
    if (dimm.isPresent() && ofEject && status != 0 && status != STATUS_IN_PROGRESS) {
      refused(dimm.get(), status);
    }
  }

  private void refused(Dimm dimm, long status) {
    String why = OstStatus.words(status);
    Repeats refusals = slots[dimm.slot()].refusals;
    // An answer is always logged, a refusal of what nobody asked for now and then.
    if (dimm.unplug().isPending() || refusals.isLogged()) {
      Log.of(Dimms.class).warn("{}: the guest does not let it go: {}{}", dimm.path(), why, refusals.words());
    }
    dimm.unplug().answered();
    dimm.state(new DimmState.Kept(why));
    monitors.emit(new MachineEvent.MemUnplugError(dimm.id().orElse(""), why));
    monitors.emit(new MachineEvent.DeviceUnplugGuestError(dimm.id(), dimm.path()));
  }

  private void remove(Dimm dimm) {
    List<Dimm> rest = new ArrayList<>(all);
    if (!rest.remove(dimm)) {
      return;
    }
    places.release(dimm.range());
    objects.release(dimm.config().memdev());
    registers.gone(dimm.slot());
    all = List.copyOf(rest);
    monitors.emit(new MachineEvent.DeviceDeleted(dimm.id(), dimm.path()));
  }

  @Override
  public void close() {
    // Their memory is its objects'.
  }

  @Override
  public void reset() {
    for (Dimm dimm : all) {
      if (dimm.unplug().isPending()) {
        remove(dimm);
      }
    }
    all.forEach(dimm -> dimm.state(new DimmState.Found()));
    registers.reset();
    Arrays.fill(reported, null);
  }
}
