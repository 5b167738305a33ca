package org.ballastvm.vmm.devices;

import java.util.Optional;
import org.ballastvm.vmm.wire.Branch;
import org.ballastvm.vmm.wire.Member;

/** A device that gives a guest memory: one kind for each that there is. */
public sealed interface MemoryDeviceInfo extends Branch.Of {
  /** {@return how much of its memory is plugged, in bytes} */
  long size();

  /** {@return the guest's node that it belongs to} */
  int node();

  /** {@return it as {@code info memory-devices} prints it: lines, each with its end} */
  String text();

  /**
   * {@code pc-dimm}.
   */
  @Branch("dimm")
  record Dimm(@Member("its id, if it has one") Optional<String> id, @Member("guest physical address") long addr,
      @Member("in bytes") long size, @Member("its slot") int slot, @Member("its NUMA node") int node,
      @Member("its memory, in the object tree") String memdev,
      @Member("whether it came after the start") boolean hotplugged,
      @Member("whether it can go") boolean hotpluggable) implements MemoryDeviceInfo {
    @Override
    public String text() { return String.format("""
        Memory device [dimm]: "%s"
          addr: 0x%x
          slot: %d
          node: %d
          size: %d
          memdev: %s
          hotplugged: %s
          hotpluggable: %s
        """, id.orElse(""), addr, slot, node, size, memdev, hotplugged, hotpluggable); }
  }

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
      @Member("its memory, in the object tree") String memdev) implements MemoryDeviceInfo {
    @Override
    public String text() { return String.format("""
        Memory device [virtio-mem]: "%s"
          memaddr: 0x%x
          node: %d
          requested-size: %d
          size: %d
          max-size: %d
          block-size: %d
          memdev: %s
        """, id.orElse(""), memaddr, node, requestedSize, size, maxSize, blockSize, memdev); }
  }
}
