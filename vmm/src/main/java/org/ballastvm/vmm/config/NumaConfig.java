package org.ballastvm.vmm.config;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * {@code -numa}: which processors and which memory are near each other.
 *
 * @param nodes by number; none where the guest is to know nothing of nodes
 * @param distances from each node to each, row by row: 10 to itself, 11 to 254 to others, 255 for never; empty for what
 *        a guest takes for granted
 */
public record NumaConfig(List<Node> nodes, List<List<Integer>> distances) {
  /** No nodes. */
  public static final NumaConfig NONE = new NumaConfig(List.of(), List.of());
  /** As many nodes as there can be, as in QEMU. */
  public static final int MOST_NODES = 128;
  /** The distance of a node to itself. */
  public static final int LOCAL_DISTANCE = 10;
  /** The distance of a node that cannot be reached. */
  public static final int UNREACHABLE = 255;

  /**
   * A node.
   *
   * @param cpus vCPUs by index
   * @param memoryBytes its part of base memory, which follows that of the node before it; may be 0
   * @param backend id of the {@code -object} that holds it; a part of what all base memory is on when empty
   */
  public record Node(List<Integer> cpus, long memoryBytes, Optional<String> backend) {
    /** Keeps the list as it is now. */
    public Node {
      cpus = List.copyOf(cpus);
    }
  }

  /** Keeps the lists as they are now. */
  public NumaConfig {
    nodes = List.copyOf(nodes);
    distances = distances.stream().map(List::copyOf).toList();
    if (nodes.size() > MOST_NODES) {
      throw new UserError("-numa node: " + nodes.size() + " nodes; there can be " + MOST_NODES);
    }
  }

  /** {@return whether the guest knows nodes} */
  public boolean isPresent() { return !nodes.isEmpty(); }

  /**
   * Checks where a memory device is to be. A guest that knows no nodes has one.
   *
   * @param node its number
   * @throws UserError if there is none of this number
   */
  public void requireNode(int node) {
    int count = Math.max(1, nodes.size());
    if (node >= count) {
      throw new UserError("'node' property has value '" + node + "', which exceeds the number of numa nodes: " + count);
    }
  }

  /**
   * The node of a vCPU.
   *
   * @param cpu its index
   * @return the node's number, 0 where there are none
   */
  public int nodeOf(int cpu) {
    for (int node = 0; node < nodes.size(); node++) {
      if (nodes.get(node).cpus().contains(cpu)) {
        return node;
      }
    }
    return 0;
  }

  /** Checks it against the machine's processors and memory. */
  void check(CpuConfig cpus, MemoryConfig memory) {
    if (!isPresent()) {
      return;
    }
    Set<Integer> seen = new HashSet<>();
    for (Node node : nodes) {
      for (int cpu : node.cpus) {
        if (cpu < 0 || cpu >= cpus.count() || !seen.add(cpu)) {
          throw new UserError("-numa node,cpus=" + cpu + ": each CPU from 0 to " + (cpus.count() - 1)
              + " belongs to one node");
        }
      }
    }
    long total = nodes.stream().mapToLong(Node::memoryBytes).sum();
    if (total != memory.sizeBytes()) {
      throw new UserError("-numa node: total memory for NUMA nodes (0x" + Long.toHexString(total)
          + ") should equal RAM size (0x" + Long.toHexString(memory.sizeBytes()) + ")");
    }
  }
}
