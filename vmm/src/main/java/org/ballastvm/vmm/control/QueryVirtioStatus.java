package org.ballastvm.vmm.control;

import java.util.List;
import org.ballastvm.virtio.pci.VirtioState;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.state.RunState;
import org.ballastvm.vmm.wire.Member;

/** {@code x-query-virtio-status} */
public final class QueryVirtioStatus implements QmpCommand<QueryVirtioStatus.Path, QueryVirtioStatus.VirtioStatus> {
  /** A virtio device. */
  public record Path(@Member("where it is in the object tree, as x-query-virtio lists it") String path) {}

  /** How far a driver is with a device. */
  public record VirtioStatus(@Member("what it is") String name, @Member("its number in the specification") int deviceId,
      @Member("whether others serve its queues now: the kernel, or another process") boolean vhostStarted,
      @Member("always little") String deviceEndian, @Member("what the driver chose") VirtioWords.Features guestFeatures,
      @Member("what the device offers") VirtioWords.Features hostFeatures,
      @Member("always empty: there is no other backend") VirtioWords.Features backendFeatures,
      @Member("how many queues it has") int numVqs, VirtioWords.Status status,
      @Member("interrupts that the driver has not asked the cause of: 1 a queue, 2 configuration") int isr,
      @Member("the queue whose registers the driver sees") int queueSel,
      @Member("whether the vCPUs run") boolean vmRunning,
      @Member("whether the guest broke a rule, and the device waits to be reset") boolean broken,
      @Member("always false") boolean disabled, @Member("always true") boolean useStarted,
      @Member("whether the driver is ready") boolean started, @Member("always false") boolean startOnKick,
      @Member("always false") boolean disableLegacyCheck, @Member("always empty: it sits on PCI") String busName,
      @Member("always false: no other process interrupts the guest") boolean useGuestNotifierMask) {}

  @Override
  public String name() { return "x-query-virtio-status"; }

  @Override
  public String help() { return "Returns how far the driver of a virtio device is. Unstable."; }

  @Override
  public List<String> features() { return UNSTABLE; }

  @Override
  public VirtioStatus run(Machine vm, Path which) {
    VirtioNode node = VirtioNode.find(vm, which.path());
    int type = node.device().type();
    VirtioState state = node.state();
    return new VirtioStatus(node.device().name(), type, node.function().isServed(), "little",
        VirtioWords.features(type, state.agreed()),
        VirtioWords.features(type, state.offered()), VirtioWords.features(type, 0), state.queues().size(),
        VirtioWords.status(state.status()), state.interruptStatus(), state.queueSelect(),
        vm.state() == RunState.RUNNING, state.broken(), false, true, state.started(), false, false, "", false);
  }
}
