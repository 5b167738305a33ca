package org.ballastvm.vmm.wire;

/** A constant whose name on the wire is another one than its own in small letters and hyphens. */
public interface WireNamed {
  /** {@return its name on the wire} */
  String wireName();
}
