package org.ballastvm.device;

/**
 * A device that a user wrote: a {@link SimpleVirtio} or a {@link SimplePci}. It is found by the name of its class, in a file
 * of source or on a class path, and has a public constructor without parameters. One lock keeps all calls to it apart; none
 * may block for long. An exception that it throws stops it, not the machine.
 */
public sealed interface Device permits SimpleVirtio, SimplePci {
  /** The version of this package. What is there is changed in no incompatible way while the number is the same. */
  int API_VERSION = 1;

  /** {@return the lowest version of this package that it works with; a machine of a lower one refuses it} */
  default int needsApi() {
    return 1;
  }
}
