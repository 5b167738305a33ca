package org.ballastvm.vmm.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.ballastvm.vmm.config.BackendConfig;
import org.ballastvm.vmm.config.CpuConfig;
import org.ballastvm.vmm.config.KeyValues;
import org.ballastvm.vmm.config.MemoryConfig;
import org.ballastvm.vmm.config.NumaConfig;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.state.Log;

/** All {@code -numa} options of a command line: nodes, CPUs by their place, and distances. */
final class NumaOptions {
  /** What old QEMU gave nodes multiples of, where it split memory between them. */
  private static final long SPLIT_BYTES = 8L << 20;
  private static final int UNKNOWN = 0;

  private final CpuConfig cpus;
  private final Map<Integer, Optional<String>> memdevs = new TreeMap<>();
  private final int[] nodeOfCpu;
  private final int[][] distances = new int[NumaConfig.MOST_NODES][NumaConfig.MOST_NODES];
  private boolean withDistances;

  private NumaOptions(CpuConfig cpus) {
    this.cpus = cpus;
    this.nodeOfCpu = new int[cpus.count()];
    Arrays.fill(nodeOfCpu, -1);
  }

  static NumaConfig parse(List<String> texts, CpuConfig cpus, MemoryConfig memory, List<BackendConfig> backends) {
    if (texts.isEmpty()) {
      return NumaConfig.NONE;
    }
    NumaOptions options = new NumaOptions(cpus);
    texts.forEach(options::add);
    return options.build(memory, backends);
  }

  private void add(String text) {
    KeyValues values = KeyValues.parseWithRepeated("-numa", text, "type", "cpus");
    String type = values.require("type");
    switch (type) {
      case "node" -> addNode(values);
      case "cpu" -> addCpu(values);
      case "dist" -> addDistance(values);
      default -> throw new UserError("-numa " + type + ": Parameter 'type' does not accept value '" + type
          + "'; it takes node, cpu and dist");
    }
  }

  private void addNode(KeyValues values) {
    int node = values.takeInt("nodeid", 0, NumaConfig.MOST_NODES - 1).orElse(memdevs.size());
    if (memdevs.putIfAbsent(node, values.take("memdev")) != null) {
      throw values.error("Duplicate NUMA nodeid: " + node);
    }
    if (values.take("mem").isPresent()) {
      throw values.error("Parameter -numa node,mem is not supported by this machine type; use -numa node,memdev, or "
          + "leave it out to split -m evenly");
    }
    values.take("cpus").ifPresent(list -> {
      for (String range : list.split(",")) {
        addCpus(values, node, range);
      }
    });
    values.refuseRest("nodeid, cpus, memdev");
  }

  private void addCpus(KeyValues values, int node, String range) {
    String[] ends = range.split("-", 2);
    try {
      int first = Integer.parseInt(ends[0]);
      int last = Integer.parseInt(ends[ends.length - 1]);
      if (last < first) {
        throw values.error("cpus=" + range + " must be a CPU's index, or two from the lower to the higher");
      }
      for (int cpu = first; cpu <= last; cpu++) {
        if (cpu >= cpus.count()) {
          throw values.error("CPU index (" + cpu + ") should be smaller than maxcpus (" + cpus.count() + ")");
        }
        assign(values, cpu, node);
      }
    } catch (NumberFormatException e) {
      throw values.error("cpus=" + range + " must be a CPU's index, or two, such as 0-3");
    }
  }

  private void assign(KeyValues values, int cpu, int node) {
    if (nodeOfCpu[cpu] >= 0 && nodeOfCpu[cpu] != node) {
      throw values.error("CPU is already assigned to node-id: " + nodeOfCpu[cpu]);
    }
    nodeOfCpu[cpu] = node;
  }

  private void addCpu(KeyValues values) {
    int node = values.takeInt("node-id", 0, NumaConfig.MOST_NODES - 1)
        .orElseThrow(() -> values.error("parameter 'node-id' is missing"));
    if (!memdevs.containsKey(node)) {
      throw values
          .error("Invalid node-id=" + node + ", NUMA node must be defined with -numa node,nodeid=ID before it's "
              + "used with -numa cpu,node-id=ID");
    }
    Optional<Integer> socket = values.takeInt("socket-id", 0, CpuConfig.MOST);
    Optional<Integer> core = values.takeInt("core-id", 0, CpuConfig.MOST);
    Optional<Integer> thread = values.takeInt("thread-id", 0, CpuConfig.MOST);
    values.refuseRest("node-id, socket-id, core-id, thread-id");
    List<Integer> these = IntStream.range(0, cpus.count()).filter(cpu -> is(socket, this::socketOf, cpu)
        && is(core, i -> i / cpus.threads() % cpus.cores(), cpu) && is(thread, i -> i % cpus.threads(), cpu)).boxed()
        .toList();
    if (these.isEmpty()) {
      throw values.error("no match found; there are " + cpus.sockets() + " sockets, each of " + cpus.cores()
          + " cores, each of " + cpus.threads() + " threads");
    }
    these.forEach(cpu -> assign(values, cpu, node));
  }

  private int socketOf(int cpu) { return cpu / cpus.threads() / cpus.cores(); }

  private static boolean is(Optional<Integer> wanted, IntUnaryOperator place, int cpu) {
    return wanted.isEmpty() || wanted.get() == place.applyAsInt(cpu);
  }

  private void addDistance(KeyValues values) {
    int from = end(values, "src");
    int to = end(values, "dst");
    int distance = values.takeInt("val", 0, NumaConfig.UNREACHABLE)
        .orElseThrow(() -> values.error("parameter 'val' is missing"));
    values.refuseRest("src, dst, val");
    if (distance < NumaConfig.LOCAL_DISTANCE) {
      throw values.error("NUMA distance (" + distance + ") is invalid, it shouldn't be less than 10.");
    }
    if (from == to && distance != NumaConfig.LOCAL_DISTANCE) {
      throw values.error("Local distance of node " + from + " should be 10.");
    }
    if (from != to && distance == NumaConfig.LOCAL_DISTANCE) {
      throw values.error("the distance of node " + from + " to node " + to + " must be above 10, a node's own");
    }
    distances[from][to] = distance;
    withDistances = true;
  }

  private int end(KeyValues values, String key) {
    int node = values.takeInt(key, 0, NumaConfig.MOST_NODES - 1)
        .orElseThrow(() -> values.error("parameter '" + key + "' is missing"));
    if (!memdevs.containsKey(node)) {
      throw values.error(
          "Source/Destination NUMA node is missing. Please use '-numa node' option to declare it first.");
    }
    return node;
  }

  private NumaConfig build(MemoryConfig memory, List<BackendConfig> backends) {
    int count = memdevs.size();
    for (int node = 0; node < count; node++) {
      if (!memdevs.containsKey(node)) {
        throw new UserError("-numa node: Node ID missing: " + node + "; nodes are numbered from 0 without a gap");
      }
    }
    assignTheRest(count);
    List<Long> sizes = sizes(memory, backends);
    List<NumaConfig.Node> nodes = new ArrayList<>();
    for (int node = 0; node < count; node++) {
      int number = node;
      nodes.add(new NumaConfig.Node(
          IntStream.range(0, cpus.count()).filter(cpu -> nodeOfCpu[cpu] == number).boxed().toList(), sizes.get(node),
          memdevs.get(node)));
    }
    return new NumaConfig(nodes, withDistances ? matrix(count) : List.of());
  }

  /** As QEMU: with no CPU assigned, sockets go round the nodes; with some, the others go to node 0. */
  private void assignTheRest(int count) {
    TreeSet<Integer> left = new TreeSet<>(
        IntStream.range(0, cpus.count()).filter(cpu -> nodeOfCpu[cpu] < 0).boxed().toList());
    boolean none = left.size() == cpus.count();
    if (count > 0) {
      left.forEach(cpu -> nodeOfCpu[cpu] = none ? socketOf(cpu) % count : 0);
    }
    if (!none && !left.isEmpty()) {
      Log.of(NumaOptions.class).warn("-numa node: CPUs {} are in no node, and are put into node 0", left);
    }
  }

  private List<Long> sizes(MemoryConfig memory, List<BackendConfig> backends) {
    int count = memdevs.size();
    long[] sizes = new long[count];
    if (memdevs.values().stream().noneMatch(Optional::isPresent)) {
      Arrays.fill(sizes, memory.sizeBytes() / Math.max(count, 1) & -SPLIT_BYTES);
      if (count > 0) {
        sizes[count - 1] = memory.sizeBytes() - (count - 1) * sizes[0];
      }
    } else {
      memdevs.forEach((node, memdev) -> memdev.ifPresent(id -> sizes[node] = backends.stream()
          .filter(backend -> backend.id().equals(id)).findFirst().map(BackendConfig::sizeBytes)
          .orElseThrow(() -> new UserError("-numa node,nodeid=" + node + ",memdev=" + id
              + ": there is no such object; it must be the id of a -object memory-backend-*"))));
    }
    return Arrays.stream(sizes).boxed().toList();
  }

  /** Distances that were given one way are the same the other way; unless one pair's differ, then all must be given. */
  private List<List<Integer>> matrix(int count) {
    boolean asymmetric = false;
    for (int from = 0; from < count; from++) {
      distances[from][from] = NumaConfig.LOCAL_DISTANCE;
      for (int to = 0; to < from; to++) {
        if (distances[from][to] == UNKNOWN && distances[to][from] == UNKNOWN) {
          throw new UserError("-numa dist: The distance between node " + to + " and " + from
              + " is missing, at least one distance value between each nodes should be provided.");
        }
        asymmetric |= distances[from][to] != UNKNOWN && distances[to][from] != UNKNOWN
            && distances[from][to] != distances[to][from];
      }
    }
    List<List<Integer>> rows = new ArrayList<>();
    for (int from = 0; from < count; from++) {
      List<Integer> row = new ArrayList<>();
      for (int to = 0; to < count; to++) {
        if (asymmetric && distances[from][to] == UNKNOWN) {
          throw new UserError("-numa dist: At least one asymmetrical pair of distances is given, please provide "
              + "distances for both directions of all node pairs.");
        }
        row.add(distances[from][to] == UNKNOWN ? distances[to][from] : distances[from][to]);
      }
      rows.add(row);
    }
    return rows;
  }
}
