package org.ballastvm.vmm.qom;

/** The types that most properties have. */
public final class PropertyTypes {
  /** True or false. */
  public static final PropertyType BOOL = new PropertyType.Switch();
  /** Text. */
  public static final PropertyType TEXT = new PropertyType.Text("string");
  /** A whole number from 0 to 2^63 - 1 of bytes. */
  public static final PropertyType SIZE = new PropertyType.Whole("size", 0, Long.MAX_VALUE);
  /** A whole number of 64 bits. */
  public static final PropertyType INT = new PropertyType.Whole("int", Long.MIN_VALUE, Long.MAX_VALUE);
  /** A whole number from 0 to 2^32 - 1. */
  public static final PropertyType UINT32 = new PropertyType.Whole("uint32", 0, 0xffff_ffffL);

  private PropertyTypes() {}
}
