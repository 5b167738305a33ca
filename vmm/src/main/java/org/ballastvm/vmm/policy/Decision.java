package org.ballastvm.vmm.policy;

import java.util.OptionalLong;
import org.ballastvm.vmm.event.AutoAction;

/** What the automatic mode does after a look at the guest. */
public sealed interface Decision {
  /** {@return what it is in short} */
  AutoAction action();

  /** {@return how large the balloon should be now, in bytes; empty for as large as before} */
  OptionalLong targetBytes();

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
    public AutoAction action() { return AutoAction.HOLD; }

    @Override
    public OptionalLong targetBytes() { return OptionalLong.empty(); }
  }

  /**
   * Takes memory from the guest.
   *
   * @param balloonBytes how large the balloon should be now
   * @param reason in words
   */
  record Squeeze(long balloonBytes, String reason) implements Decision {
    @Override
    public AutoAction action() { return AutoAction.SQUEEZE; }

    @Override
    public OptionalLong targetBytes() { return OptionalLong.of(balloonBytes); }
  }

  /**
   * Gives memory to the guest.
   *
   * @param balloonBytes how large the balloon should be now
   * @param reason in words
   */
  record Give(long balloonBytes, String reason) implements Decision {
    @Override
    public AutoAction action() { return AutoAction.GIVE; }

    @Override
    public OptionalLong targetBytes() { return OptionalLong.of(balloonBytes); }
  }

  /**
   * Asks for no more than the guest has given.
   *
   * @param balloonBytes how large the balloon should be now: as large as it is
   * @param reason in words
   */
  record Follow(long balloonBytes, String reason) implements Decision {
    @Override
    public AutoAction action() { return AutoAction.FOLLOW; }

    @Override
    public OptionalLong targetBytes() { return OptionalLong.of(balloonBytes); }
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
    /** The guest reports nothing any more. */
    SILENT,
    /** The guest does not report what is available. */
    UNREPORTED,
    /** The guest reports what cannot be. */
    IMPLAUSIBLE,
    /** No driver is at work. */
    NO_DRIVER,
    /** The machine is stopped. */
    STOPPED;

    /** {@return whether people should hear of it: there is nothing to go by} */
    public boolean isBad() {
      return this == SILENT || this == UNREPORTED || this == IMPLAUSIBLE;
    }
  }
}
