package org.ballastvm.vmm.state;

/** Why a machine ended. */
public enum EndReason {
  /** The guest powered it off. */
  GUEST_SHUTDOWN(0),
  /** The guest reset it, and {@code -no-reboot} makes that the end. */
  GUEST_RESET(0),
  /** The guest panicked, and said so to its pvpanic device. */
  GUEST_PANIC(0),
  /** The guest panicked, and {@code -action panic=exit-failure} makes that a failure. */
  GUEST_PANIC_FAILURE(1),
  /** The guest ended it by isa-debug-exit, with an exit status that the machine knows. */
  GUEST_EXIT(1),
  /** The guest's watchdog expired, and {@code -action watchdog=poweroff} makes that the end. */
  WATCHDOG(0),
  /** A user, or the program that embeds it, ended it. */
  HOST_QUIT(0),
  /** A bug of Ballast. */
  CRASHED(1);

  private final int exitStatus;

  EndReason(int exitStatus) { this.exitStatus = exitStatus; }

  /** {@return the exit status of a process that ran nothing else} */
  public int exitStatus() { return exitStatus; }
}
