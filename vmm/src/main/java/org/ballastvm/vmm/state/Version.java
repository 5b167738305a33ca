package org.ballastvm.vmm.state;

/** Which Ballast this is. */
public final class Version {
  /** The version, as {@code -version} and the monitor print it. */
  public static final String TEXT = "0.1.0";

  private Version() {}
}
