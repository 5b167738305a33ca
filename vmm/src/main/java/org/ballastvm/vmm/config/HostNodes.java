package org.ballastvm.vmm.config;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * {@code host-nodes} and {@code policy}: which of the host's nodes memory comes from.
 *
 * @param policy how
 * @param nodes the host's nodes, by number; none by default
 */
public record HostNodes(Policy policy, List<Integer> nodes) {
  /** Wherever the host likes. */
  public static final HostNodes ANY = new HostNodes(Policy.DEFAULT, List.of());
  /** The highest number of a node that Linux can have. */
  public static final int LAST_NODE = 1023;

  static final ModelProperty<List<Integer>> NODES = ModelProperty.of("host-nodes", "int",
      "Binds memory to the list of NUMA host nodes",
      (values, key) -> values.take(key).map(text -> nodes(values, text)));
  static final ModelProperty<Policy> POLICY = ModelProperty
      .of("policy", "HostMemPolicy", "Set the NUMA policy", HostNodes::policy)
      .oneOf("default", "preferred", "bind", "interleave");

  /** How nodes are chosen, by QEMU's words in small letters. */
  public enum Policy {
    /** As the host likes. */
    DEFAULT,
    /** From these, as long as they have some. */
    PREFERRED,
    /** From these and no others. */
    BIND,
    /** From these in turn. */
    INTERLEAVE
  }

  /** Keeps the list as it is now. */
  public HostNodes {
    nodes = List.copyOf(nodes);
  }

  /** Takes both properties of an object. */
  static HostNodes take(KeyValues values) {
    Policy policy = POLICY.take(values).orElse(Policy.DEFAULT);
    List<Integer> nodes = NODES.take(values).orElse(List.of());
    if (policy == Policy.DEFAULT && !nodes.isEmpty()) {
      throw values.error("host-nodes must be empty for policy default, or you should explicitly specify a policy other "
          + "than default");
    }
    if (policy != Policy.DEFAULT && nodes.isEmpty()) {
      throw values.error("host-nodes must be set for policy " + policy.name().toLowerCase(Locale.ROOT));
    }
    return new HostNodes(policy, nodes);
  }

  private static Optional<Policy> policy(KeyValues values, String key) {
    return values.take(key).map(word -> switch (word) {
      case "default" -> Policy.DEFAULT;
      case "preferred" -> Policy.PREFERRED;
      case "bind" -> Policy.BIND;
      case "interleave" -> Policy.INTERLEAVE;
      default -> throw values.error("Parameter '" + key + "' does not accept value '" + word
          + "'; it takes default, preferred, bind and interleave");
    });
  }

  private static List<Integer> nodes(KeyValues values, String text) {
    String[] ends = text.split("-", 2);
    try {
      int first = Integer.parseInt(ends[0]);
      int last = Integer.parseInt(ends[ends.length - 1]);
      if (first <= last && last <= LAST_NODE) {
        return java.util.stream.IntStream.rangeClosed(first, last).boxed().toList();
      }
    } catch (NumberFormatException e) {
      // Reported below.
    }
    throw values.error("host-nodes=" + text + " must be a node of the host, or two, such as 0-1");
  }
}
