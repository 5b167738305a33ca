package org.ballastvm.vmm.goal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.ballastvm.kvm.HostError;
import org.ballastvm.virtio.balloon.BalloonDevice;
import org.ballastvm.vmm.config.BackendConfig;
import org.ballastvm.vmm.config.ByteSize;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.devices.Devices;
import org.ballastvm.vmm.devices.Dimm;
import org.ballastvm.vmm.devices.Dimms;
import org.ballastvm.vmm.devices.MachineMemory;
import org.ballastvm.vmm.devices.VirtioMemory;
import org.ballastvm.vmm.memory.DeviceMemory;
import org.ballastvm.vmm.plan.Means;
import org.ballastvm.vmm.plan.Plan;
import org.ballastvm.vmm.plan.Step;
import org.ballastvm.vmm.diagnosis.DimmState;

/** A machine's devices as means of a plan, and a plan's steps as what is done to them. On the event loop. */
final class PlanSteps {
  /** What stands for the balloon among the paths of devices. */
  static final String BALLOON = "balloon";

  /** What kernels before 5.19 plug at once. */
  private static final long STEP_BYTES = 4L << 20;

  private final MachineMemory memory;
  private final Devices devices;
  /** The backends that came with DIMMs of ours, by the DIMM's id. */
  private final Map<String, String> made = new HashMap<>();

  /** What is offered at most: less than what the guest has turned down. */
  private long mostDimmBytes;

  PlanSteps(MachineMemory memory, Devices devices) {
    this.memory = memory;
    this.devices = devices;
  }

  /** Forgets what the guest has turned down: another total is wanted, and it may have room now. */
  void begin() {
    mostDimmBytes = Long.MAX_VALUE;
  }

  /**
   * Takes back DIMMs of ours that the guest has turned down, for smaller ones to come in their slots.
   *
   * @return what it said of them, a sentence for each
   */
  List<String> withdrawRefused() {
    List<String> refusals = new ArrayList<>();
    for (Dimm dimm : devices.dimms().all()) {
      if (dimm.state() instanceof DimmState.TurnedDown && made.containsKey(name(dimm))) {
        refusals.add("a DIMM of " + ByteSize.describe(dimm.sizeBytes()) + ": " + dimm.state().words());
        mostDimmBytes = Math.min(mostDimmBytes, dimm.sizeBytes() / 2);
        devices.dimms().withdraw(dimm);
      }
    }
    forgetBackends();
    return refusals;
  }

  /** Those that the guest has, or will, and that were not asked to go. */
  private List<Dimm> dimms(Map<String, String> stuck) {
    return devices.dimms().all().stream().filter(dimm -> switch (dimm.state()) {
      case DimmState.Found found -> true;
      case DimmState.Taken taken -> true;
      case DimmState.Kept kept -> true;
      case DimmState.Offered offered -> !stuck.containsKey(dimm.path());
      case DimmState.AskedToGo asked -> stuck.containsKey(dimm.path());
      case DimmState.TurnedDown turnedDown -> false;
    }).toList();
  }

  /**
   * What there is.
   *
   * @param stuck what is taken as it is now, by path
   */
  Means of(Map<String, String> stuck) {
    List<Means.Blocks> blocks = devices.blockMemories().stream().map(device -> blocks(device, stuck)).toList();
    List<Means.Whole> dimms = dimms(stuck).stream().map(dimm -> new Means.Whole(name(dimm),
        dimm.sizeBytes(), !stuck.containsKey(dimm.path()) && !(dimm.state() instanceof DimmState.Kept))).toList();
    Dimms slots = devices.dimms();
    DeviceMemory places = memory.ram().devices();
    Means.Room room = new Means.Room(slots.slotCount() - slots.all().size(), places.freeBytes(),
        places.guestBlockBytes(), mostDimmBytes);
    return new Means(memory.config().sizeBytes(), blocks, dimms, room, balloon(stuck));
  }

  private static Means.Blocks blocks(VirtioMemory device, Map<String, String> stuck) {
    long step = Math.max(STEP_BYTES, device.device().config().blockBytes());
    if (stuck.containsKey(device.path())) {
      long now = device.device().pluggedBytes();
      return new Means.Blocks(device.name(), now, now, now, step);
    }
    long requested = device.device().requestedBytes();
    long most = Math.max(requested, device.device().config().sizeBytes() & -step);
    return new Means.Blocks(device.name(), requested, 0, most, step);
  }

  private Means.Balloon balloon(Map<String, String> stuck) {
    Optional<BalloonDevice> balloon = devices.balloon();
    if (balloon.isEmpty()) {
      return new Means.Balloon(0, 0, 0);
    }
    long actual = balloon.get().actualBytes();
    return stuck.containsKey(BALLOON)
        ? new Means.Balloon(actual, actual, actual)
        : new Means.Balloon(balloon.get().targetBytes(), 0, devices.sizes().baseAndDimmBytes());
  }

  /**
   * Does what is to be done, except for what has to wait, which a plan from where that leads has again. What can fail comes
   * first, so that nothing has been asked of the guest when it does.
   *
   * @return a line for each step
   */
  List<String> carryOut(Plan plan, Map<String, String> stuck) {
    List<VirtioMemory> memories = devices.blockMemories();
    List<Dimm> dimms = dimms(stuck);
    List<String> lines = new ArrayList<>();
    forgetBackends();
    for (Step step : plan.steps().subList(0, plan.atOnce())) {
      if (step instanceof Step.PlugDimm dimm) {
        lines.add(plug(dimm.sizeBytes()) + ": " + words(step, memories, dimms));
      }
    }
    for (VirtioMemory device : memories) {
      if (stuck.containsKey(device.path())) {
        device.request(device.device().pluggedBytes());
      }
    }
    for (int i = 0; i < plan.steps().size(); i++) {
      Step step = plan.steps().get(i);
      if (i >= plan.atOnce()) {
        lines.add(words(step, memories, dimms) + ", when that is done");
      } else if (step instanceof Step.Asked asked) {
        ask(asked, memories, dimms);
        lines.add(words(step, memories, dimms));
      }
    }
    return lines;
  }

  private void ask(Step.Asked step, List<VirtioMemory> memories, List<Dimm> dimms) {
    switch (step) {
      case Step.Resize resize -> memories.get(resize.device()).request(resize.toBytes());
      case Step.UnplugDimm unplug -> devices.dimms().requestUnplug(dimms.get(unplug.dimm()), System.nanoTime());
      case Step.Inflate inflate -> devices.balloon().orElseThrow().setTargetBytes(inflate.toBytes());
    }
  }

  private static String words(Step step, List<VirtioMemory> memories, List<Dimm> dimms) {
    return switch (step) {
      case Step.Resize resize ->
        memories.get(resize.device()).name() + ": from " + ByteSize.describe(resize.fromBytes())
            + " to " + ByteSize.describe(resize.toBytes());
      case Step.PlugDimm plug -> "a new DIMM of " + ByteSize.describe(plug.sizeBytes());
      case Step.UnplugDimm unplug -> name(dimms.get(unplug.dimm())) + ": the guest is asked to let the DIMM go, "
          + ByteSize.describe(unplug.sizeBytes());
      case Step.Inflate inflate -> "balloon: from " + ByteSize.describe(inflate.fromBytes()) + " to "
          + ByteSize.describe(inflate.toBytes()) + " held";
    };
  }

  private static String name(Dimm dimm) { return dimm.id().orElse(dimm.path()); }

  /** {@return the new DIMM's id} */
  private String plug(long sizeBytes) {
    String id = IntStream.iterate(0, i -> i + 1).mapToObj(i -> "memory" + i)
        .filter(name -> devices.find(name).isEmpty()
            && !memory.objects().ids().contains(name))
        .findFirst().orElseThrow();
    memory.objects().create(new BackendConfig.Ram(id, sizeBytes, BackendConfig.Common.DEFAULTS));
    try {
      devices.plug(new DeviceConfig.Dimm(Optional.of(id), id, OptionalInt.empty(), OptionalLong.empty(), node(),
          DeviceConfig.USUAL_OVERDUE_SECONDS));
    } catch (UserError | HostError e) {
      memory.objects().delete(id);
      throw e;
    }
    made.put(id, id);
    return id;
  }

  /** The node that has the least. */
  private int node() {
    int nodes = memory.numa().nodes().size();
    long[] has = new long[Math.max(1, nodes)];
    for (int node = 0; node < nodes; node++) {
      has[node] = memory.numa().nodes().get(node).memoryBytes();
    }
    devices.dimms().all().forEach(dimm -> has[dimm.config().node()] += dimm.sizeBytes());
    devices.blockMemories()
        .forEach(device -> has[device.device().config().node()] += device.device()
            .requestedBytes());
    return IntStream.range(0, has.length).boxed().min((a, b) -> Long.compare(has[a], has[b])).orElseThrow();
  }

  /** Gives back the memory of DIMMs of ours that have gone. */
  void forgetBackends() {
    made.entrySet().removeIf(entry -> {
      boolean gone = devices.dimms().find(entry.getKey()).isEmpty();
      if (gone && memory.objects().memory().all().stream()
          .anyMatch(one -> one.backend().config().id().equals(entry.getValue()) && one.user().isEmpty())) {
        memory.objects().delete(entry.getValue());
      }
      return gone;
    });
  }
}
