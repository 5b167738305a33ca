package org.ballastvm.vmm.machine;

import java.util.ArrayList;
import java.util.List;
import org.ballastvm.vmm.config.NumaConfig;
import org.ballastvm.vmm.devices.Dimm;
import org.ballastvm.vmm.devices.VirtioMemory;
import org.ballastvm.vmm.memory.MemoryRun;
import org.ballastvm.vmm.memory.PluggableRange;
import org.ballastvm.vmm.plan.MemoryPicture;

/** A machine's address space as a picture. On the event loop, which it does not keep for long. */
public final class AddressSpace {
  /** At how much of all memory is looked whether it is resident, in bytes: some tens of milliseconds. */
  private static final long MOST_LOOKED_AT_BYTES = 32L << 30;

  private AddressSpace() {}

  /**
   * Draws it.
   *
   * @param vm the machine
   * @return lines, each with its end
   */
  public static String draw(Machine vm) {
    long bytes = vm.config().memory().sizeBytes();
    for (Dimm dimm : vm.devices().dimms().all()) {
      bytes += dimm.sizeBytes();
    }
    List<VirtioMemory> blocks = vm.devices().blockMemories();
    for (VirtioMemory memory : blocks) {
      bytes += memory.range().sizeBytes();
    }
    long run = MemoryPicture.runBytes(bytes);
    long looks = bytes <= MOST_LOOKED_AT_BYTES ? run : run / Math.ceilDiv(bytes, MOST_LOOKED_AT_BYTES);
    List<MemoryPicture.Strip> strips = new ArrayList<>();
    vm.devices().dimms().all().forEach(dimm -> strips.add(strip(dimm.id().orElse("slot " + dimm.slot()),
        dimm.config().node(), dimm.range(), run, looks)));
    for (VirtioMemory memory : blocks) {
      strips.add(strip(memory.id().orElse(memory.config().memdev()), memory.config().node(), memory.range(), run,
          looks));
    }
    strips.sort((one, other) -> Long.compare(one.runs().getFirst().gpa(), other.runs().getFirst().gpa()));
    strips.addAll(0, base(vm, vm.ram().baseRuns(run, looks)));
    return MemoryPicture.of(run, strips);
  }

  private static MemoryPicture.Strip strip(String name, int node, PluggableRange range, long run, long looks) {
    return new MemoryPicture.Strip(name, node, false, range.runs(run, looks));
  }

  /** Nodes have their parts of base memory one behind the other; a run belongs to the node of its first byte. */
  private static List<MemoryPicture.Strip> base(Machine vm, List<MemoryRun> runs) {
    List<NumaConfig.Node> nodes = vm.config().numa().nodes();
    List<MemoryPicture.Strip> strips = new ArrayList<>();
    int next = 0;
    long end = 0;
    long done = 0;
    for (int node = 0; node < Math.max(1, nodes.size()); node++) {
      end += nodes.isEmpty() ? vm.config().memory().sizeBytes() : nodes.get(node).memoryBytes();
      int first = next;
      while (next < runs.size() && done < end) {
        done += runs.get(next).bytes();
        next++;
      }
      strips.add(new MemoryPicture.Strip("base", node, true, runs.subList(first, next)));
    }
    return strips;
  }
}
