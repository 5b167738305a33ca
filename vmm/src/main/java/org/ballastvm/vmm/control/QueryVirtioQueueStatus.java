package org.ballastvm.vmm.control;

import java.util.List;
import java.util.Optional;
import org.ballastvm.virtio.pci.VirtioState;
import org.ballastvm.virtio.queue.Virtqueue.Positions;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.wire.Member;

/** {@code x-query-virtio-queue-status} */
public final class QueryVirtioQueueStatus
    implements
      QmpCommand<QueryVirtioQueueStatus.Which, QueryVirtioQueueStatus.VirtQueueStatus> {
  /** What QEMU returns for every queue; it matters to legacy drivers alone, which these devices do not have. */
  private static final int ALIGNMENT = 4096;

  /** A queue of a device. */
  public record Which(@Member("where the device is in the object tree, as x-query-virtio lists it") String path,
      @Member("number of the queue, from 0") int queue) {}

  /** How far a queue is. Indexes count from 0 to 65535 and again. */
  public record VirtQueueStatus(@Member("what the device is") String name,
      @Member("number of the queue") int queueIndex,
      @Member("chains that the device has and has not given back") int inuse,
      @Member("entries that it has") int vringNum,
      @Member("entries that it has unless the driver wants fewer") int vringNumDefault,
      @Member("always 4096") int vringAlign,
      @Member("address of the descriptor table, 0 before there is one") long vringDesc,
      @Member("address of the available ring") long vringAvail, @Member("address of the used ring") long vringUsed,
      @Member("chains that the device has taken") int lastAvailIdx,
      @Member("chains that the driver has offered") int shadowAvailIdx,
      @Member("chains that the device has given back") int usedIdx,
      @Member("chains that were given back when the driver was last considered for an interrupt") int signalledUsed,
      @Member("whether the queue is enabled, and signalled-used counts") boolean signalledUsedValid) {}

  @Override
  public String name() { return "x-query-virtio-queue-status"; }

  @Override
  public String help() { return "Returns how far a queue of a virtio device is. Unstable."; }

  @Override
  public List<String> features() { return UNSTABLE; }

  @Override
  public VirtQueueStatus run(Machine vm, Which which) {
    VirtioNode node = VirtioNode.find(vm, which.path());
    VirtioState.Queue queue = node.queue(which.queue());
    Optional<Positions> ring = queue.positions();
    Positions at = ring.orElse(new Positions(0, 0, 0, 0));
    return new VirtQueueStatus(node.device().name(), which.queue(), at.taken() - at.returned() & 0xffff,
        queue.entries(),
        queue.mostEntries(), ALIGNMENT, queue.descriptors(), queue.avail(), queue.used(), at.taken(), at.offered(),
        at.returned(), at.signalled(), ring.isPresent());
  }
}
