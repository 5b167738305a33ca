package org.ballastvm.vmm.wire;

/** A null where Java has no place for one, as in an Optional. */
public enum JsonNull {
  /** The only one. */
  NULL
}
