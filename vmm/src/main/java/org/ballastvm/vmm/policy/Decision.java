package org.ballastvm.vmm.policy;

/** What the automatic mode does after a look at the guest. */
public sealed interface Decision {
  /** {@return its word in monitors' answers and events} */
  String action();

  /** {@return why, in a sentence without a full stop} */
  String reason();

  /**
   * Leaves the balloon as it is.
   *
   * @param why what kind of reason, so that the same again is no news
   * @param reason in words
   */
  record Hold(Why why, String reason) implements Decision {
    @Override
    public String action() { return "hold"; }
  }

  /**
   * Takes memory from the guest.
   *
   * @param targetBytes how large the balloon should be now
   * @param reason in words
   */
  record Squeeze(long targetBytes, String reason) implements Decision {
    @Override
    public String action() { return "squeeze"; }
  }

  /**
   * Gives memory to the guest.
   *
   * @param targetBytes how large the balloon should be now
   * @param reason in words
   */
  record Give(long targetBytes, String reason) implements Decision {
    @Override
    public String action() { return "give"; }
  }

  /**
   * Asks for no more than the guest has given.
   *
   * @param targetBytes how large the balloon should be now: as large as it is
   * @param reason in words
   */
  record Follow(long targetBytes, String reason) implements Decision {
    @Override
    public String action() { return "follow"; }
  }

  /** Why the balloon is left as it is. */
  enum Why {
    /** What is available is between the marks. */
    BETWEEN,
    /** The guest has not answered since the last look. */
    WAITING,
    /** The guest is on its way to the last target. */
    ON_ITS_WAY,
    /** There was trouble, and it is not long ago. */
    BACKING_OFF,
    /** Little is available, and nothing is in the balloon. */
    EMPTY,
    /** The guest tells nothing any more. */
    SILENT,
    /** The guest does not tell what is available. */
    UNTOLD,
    /** The guest tells what cannot be. */
    IMPLAUSIBLE,
    /** No driver is at work. */
    NO_DRIVER,
    /** The machine is stopped. */
    STOPPED
  }
}
