package org.ballastvm.kvm;

import org.ballastvm.kvm.generated.Host;

/** Which of the host's nodes memory comes from, mbind(2). */
public enum NodePolicy {
  /** The ones named, as long as they have some. */
  PREFERRED(Host.MPOL_PREFERRED()),
  /** The ones named and no others. */
  BIND(Host.MPOL_BIND()),
  /** The ones named, in turn. */
  INTERLEAVE(Host.MPOL_INTERLEAVE());

  final int code;

  NodePolicy(int code) { this.code = code; }
}
