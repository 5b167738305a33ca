package org.ballastvm.vmm.memory;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import org.ballastvm.kvm.HostError;
import org.ballastvm.kvm.HostMapping;
import org.ballastvm.kvm.NodePolicy;
import org.ballastvm.vmm.config.BackendConfig;
import org.ballastvm.vmm.config.HostNodes;
import org.ballastvm.vmm.config.UserError;

/** {@code host-nodes=} and {@code policy=} of a memory backend: which of the host's nodes its memory comes from. */
final class NodeBinding {
  private static final Path HOST_NODES = Path.of("/sys/devices/system/node");

  private NodeBinding() {}

  /**
   * Has memory come from the nodes that the user named, if any.
   *
   * @throws UserError if this host has not all of them, or gives no memory from them
   */
  static void bind(HostMapping mapping, BackendConfig config) {
    HostNodes wanted = config.common().hostNodes();
    if (wanted.nodes().isEmpty()) {
      return;
    }
    NodePolicy policy = switch (wanted.policy()) {
      case DEFAULT, BIND -> NodePolicy.BIND;
      case PREFERRED -> NodePolicy.PREFERRED;
      case INTERLEAVE -> NodePolicy.INTERLEAVE;
    };
    BitSet nodes = new BitSet();
    wanted.nodes().forEach(nodes::set);
    // mbind leaves out the nodes that do not exist, and refuses when none is left.
    wanted.nodes().stream().filter(node -> !Files.exists(HOST_NODES.resolve("node" + node))).findFirst()
        .ifPresent(node -> {
          throw noSuchNodes(config, "this host has no node " + node, null);
        });
    try {
      mapping.bind(policy, nodes);
    } catch (HostError e) {
      throw noSuchNodes(config, "this host does not give memory from them: " + e.getMessage(), e);
    }
  }

  private static UserError noSuchNodes(BackendConfig config, String why, HostError cause) {
    return new UserError("-object " + config.qomType() + ",id=" + config.id() + ",host-nodes="
        + config.common().hostNodes().nodes() + ": " + why, cause);
  }
}
