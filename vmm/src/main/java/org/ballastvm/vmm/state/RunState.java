package org.ballastvm.vmm.state;

/** What a machine is doing, by QEMU's names. */
public enum RunState {
  /** Not started yet: {@code -S}. */
  PRELAUNCH("paused (prelaunch)"),
  /** Its vCPUs run. */
  RUNNING("running"),
  /** Stopped by the user. */
  PAUSED("paused"),
  /** Stopped for whoever debugs the guest. */
  DEBUG("paused (debug)"),
  /** Powered off by its guest, and kept by {@code -no-shutdown}. */
  SHUTDOWN("paused (shutdown)"),
  /** Its guest has panicked, and said so to its pvpanic device. */
  GUEST_PANICKED("paused (guest-panicked)"),
  /** A disk of its could not do what its guest asked for. */
  IO_ERROR("paused (io-error)"),
  /** Its watchdog has expired. */
  WATCHDOG("paused (watchdog)"),
  /** KVM cannot go on with it. */
  INTERNAL_ERROR("paused (internal-error)");

  private final String words;

  RunState(String words) { this.words = words; }

  /** {@return what {@code info status} says behind {@code VM status:}} */
  public String words() { return words; }
}
