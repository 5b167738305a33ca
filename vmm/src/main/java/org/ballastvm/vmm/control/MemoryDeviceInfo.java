package org.ballastvm.vmm.control;

import java.util.Optional;
import org.ballastvm.vmm.wire.Branch;
import org.ballastvm.vmm.wire.Member;

/** A device that gives a guest memory: one kind for each that there is. */
public sealed interface MemoryDeviceInfo extends Branch.Of {
  /** {@return how much of its memory is plugged, in bytes} */
  long size();

  /** {@return the guest's node that it belongs to} */
  int node();

  /**
   * {@code pc-dimm}.
   */
  @Branch("dimm")
  record Dimm(@Member("its id, if it has one") Optional<String> id, @Member("guest physical address") long addr,
      @Member("in bytes") long size, @Member("its slot") int slot, @Member("its NUMA node") int node,
      @Member("its memory, in the object tree") String memdev,
      @Member("whether it came after the start") boolean hotplugged,
      @Member("whether it can go") boolean hotpluggable) implements MemoryDeviceInfo {}

  /**
   * {@code virtio-mem-pci}.
   */
  @Branch("virtio-mem")
  record VirtioMem(@Member("its id, if it has one") Optional<String> id,
      @Member("guest physical address of its first block") long memaddr,
      @Member("what the guest should plug, in bytes") long requestedSize,
      @Member("what the guest has plugged, in bytes") long size,
      @Member("what it could plug, in bytes") long maxSize, @Member("in bytes") long blockSize,
      @Member("its NUMA node") int node,
      @Member("its memory, in the object tree") String memdev) implements MemoryDeviceInfo {}
}
