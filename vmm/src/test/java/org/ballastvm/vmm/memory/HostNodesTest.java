package org.ballastvm.vmm.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.ballastvm.vmm.config.BackendConfig;
import org.ballastvm.vmm.config.HostNodes;
import org.ballastvm.vmm.config.HostNodes.Policy;
import org.ballastvm.vmm.config.KeyValues;
import org.ballastvm.vmm.config.ObjectModels;
import org.ballastvm.vmm.config.UserError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which of the host's nodes memory comes from. */
class HostNodesTest {
  private static BackendConfig parse(String more) {
    return (BackendConfig) ObjectModels
        .parse(KeyValues.parse("-object", "memory-backend-ram,id=m,size=4M," + more, "qom-type"));
  }

  @Test
  void nodesAndPolicyAreWhatIsAskedFor() {
    assertEquals(HostNodes.ANY, parse("share=off").common().hostNodes());
    assertEquals(new HostNodes(Policy.BIND, List.of(0, 1, 2)),
        parse("policy=bind,host-nodes=0-2").common().hostNodes());
    assertEquals(new HostNodes(Policy.INTERLEAVE, List.of(4)),
        parse("host-nodes=4,policy=interleave").common().hostNodes());
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {"host-nodes=0 | host-nodes must be empty for policy default",
      "policy=bind | host-nodes must be set for policy bind", "policy=near,host-nodes=0 | does not accept value 'near'",
      "policy=bind,host-nodes=2-1 | host-nodes=2-1", "policy=bind,host-nodes=all | host-nodes=all",
      "policy=bind,host-nodes=1024 | host-nodes=1024"})
  void whatCannotBeIsRefused(String properties, String words) {
    String message = assertThrows(UserError.class, () -> parse(properties)).getMessage();
    assertTrue(message.contains(words), message);
  }

  @Test
  void aNodeThatTheHostHasNotIsRefusedByName() {
    UserError e = assertThrows(UserError.class,
        () -> MemoryBackend.open(parse("policy=bind,host-nodes=1023")).close());
    assertEquals("-object memory-backend-ram,id=m,host-nodes=[1023]: this host has no node 1023", e.getMessage());
  }

  @Test
  void memoryIsBoundBeforeItsPagesAreTaken() throws IOException {
    assumeTrue(Files.exists(Path.of("/sys/devices/system/node/node0")), "this host knows no nodes");
    try (MemoryBackend backend = MemoryBackend.open(parse("policy=bind,host-nodes=0,prealloc=on"))) {
      Matcher line = Pattern.compile("(?m)^" + Long.toHexString(backend.mapping().address()) + " (\\S+)")
          .matcher(Files.readString(Path.of("/proc/self/numa_maps")));
      assertTrue(line.find(), "the mapping is not in numa_maps");
      assertEquals("bind:0", line.group(1));
    }
  }
}
