package org.ballastvm.vmm.qom;

/** Where objects are in the tree, as QEMU has it. */
public final class QomPaths {
  /** Before the id of a device that has one. */
  public static final String PERIPHERAL = "/machine/peripheral/";
  /** Before the number of a device that has no id. */
  public static final String ANONYMOUS = "/machine/peripheral-anon/";
  /** Before the id of an object that a user has created. */
  public static final String OBJECTS = "/objects/";

  private QomPaths() {}
}
