package org.ballastvm.vmm.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.ballastvm.vmm.config.MachineConfig;
import org.ballastvm.vmm.config.NumaConfig;
import org.ballastvm.vmm.config.UserError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What -numa makes of a machine of two sockets with two cores each. */
class NumaOptionsTest {
  private static MachineConfig machine(String... options) {
    List<String> line = new ArrayList<>(List.of("-S", "-m", "4G", "-smp", "sockets=2,cores=2"));
    for (String option : options) {
      line.addAll(List.of(option.startsWith("memory") ? "-object" : "-numa", option));
    }
    return CommandLine.parse(line).orElseThrow().config();
  }

  private static NumaConfig numa(String... options) { return machine(options).numa(); }

  private static List<List<Integer>> cpus(NumaConfig numa) {
    return numa.nodes().stream().map(NumaConfig.Node::cpus).toList();
  }

  private static List<Long> mebibytes(NumaConfig numa) {
    return numa.nodes().stream().map(node -> node.memoryBytes() >> 20).toList();
  }

  @Test
  void withoutItAGuestKnowsNoNodes() { assertTrue(numa().nodes().isEmpty()); }

  @Test
  void memoryIsSplitEvenly() {
    NumaConfig numa = numa("node,nodeid=0,cpus=0-1", "node,nodeid=1,cpus=2-3");
    assertEquals(List.of(List.of(0, 1), List.of(2, 3)), cpus(numa));
    assertEquals(List.of(2048L, 2048L), mebibytes(numa));
    assertEquals(List.of(1360L, 1360L, 1376L), mebibytes(numa("node", "node", "node")));
    assertEquals(1, numa.nodeOf(2));
  }

  @Test
  void nodesMayBringTheirMemory() {
    NumaConfig numa = numa("memory-backend-ram,id=a,size=3G", "memory-backend-memfd,id=b,size=1G",
        "node,cpus=0,cpus=3,memdev=b", "node,cpus=1-2,memdev=a", "node");
    assertEquals(List.of(List.of(0, 3), List.of(1, 2), List.of()), cpus(numa));
    assertEquals(List.of(1024L, 3072L, 0L), mebibytes(numa));
  }

  @Test
  void cpusMayBePutIntoNodesByTheirPlace() {
    assertEquals(List.of(List.of(2, 3), List.of(0, 1)),
        cpus(numa("node", "node", "cpu,node-id=1,socket-id=0", "cpu,node-id=0,socket-id=1")));
    assertEquals(List.of(List.of(1, 3), List.of(0, 2)),
        cpus(numa("node", "node", "cpu,node-id=1,core-id=0", "cpu,node-id=0,core-id=1,thread-id=0")));
  }

  @Test
  void cpusThatNobodyPutAnywhereAreInSomeNode() {
    assertEquals(List.of(List.of(0, 1), List.of(2, 3)), cpus(numa("node", "node")));
    assertEquals(List.of(List.of(1, 2, 3), List.of(0)), cpus(numa("node", "node,cpus=0")));
  }

  @Test
  void distancesGivenOneWayAreTheSameTheOtherWay() {
    assertEquals(List.of(List.of(10, 21), List.of(21, 10)),
        numa("node", "node", "dist,src=0,dst=1,val=21").distances());
    assertEquals(List.of(List.of(10, 21), List.of(255, 10)),
        numa("node", "node", "dist,src=0,dst=1,val=21", "dist,src=1,dst=0,val=255").distances());
    assertTrue(numa("node", "node").distances().isEmpty());
  }

  /** QEMU 7.2's words for the same, seen by asking it. */
  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {"node,cpus=0;node,cpus=0-1 | CPU is already assigned to node-id: 0",
      "node,nodeid=0;node,nodeid=0 | Duplicate NUMA nodeid: 0",
      "node,cpus=0-5 | CPU index (4) should be smaller than maxcpus (4)",
      "node,nodeid=0;node,nodeid=2 | Node ID missing: 1", "node,cpus=3-1 | cpus=3-1", "node,cpus=one | cpus=one",
      "node,memdev=zz | memdev=zz: there is no such object", "node,mem=1G | Parameter -numa node,mem is not supported",
      "memory-backend-ram,id=a,size=1G;node,memdev=a | total memory for NUMA nodes (0x40000000) should equal RAM size",
      "node;node;dist,src=0,dst=1,val=9 | NUMA distance (9) is invalid, it shouldn't be less than 10.",
      "node;node;dist,src=0,dst=0,val=20 | Local distance of node 0 should be 10.",
      "node;node;dist,src=0,dst=5,val=20 | Source/Destination NUMA node is missing.",
      "node;node;dist,src=0,dst=1,val=10 | must be above 10",
      "node;node;node;dist,src=0,dst=1,val=20 | The distance between node 0 and 2 is missing",
      "node;node;node;dist,src=0,dst=1,val=20;dist,src=1,dst=0,val=30;dist,src=0,dst=2,val=20;dist,src=1,dst=2,val=20"
          + " | At least one asymmetrical pair",
      "node;cpu,node-id=0,socket-id=5 | no match found", "cpu,node-id=0,socket-id=0 | Invalid node-id=0",
      "blah | Parameter 'type' does not accept value 'blah'", "node,nodeid=128 | must be a number from 0 to 127",
      "node,initiator=0 | there is no property 'initiator'", "dist,src=0 | missing"})
  void whatCannotBeIsRefused(String options, String words) {
    UserError e = assertThrows(UserError.class, () -> numa(options.split(";")));
    assertTrue(e.getMessage().startsWith("-numa") && e.getMessage().contains(words), e.getMessage());
  }
}
