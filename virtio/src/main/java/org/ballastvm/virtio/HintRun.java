package org.ballastvm.virtio;

import org.ballastvm.virtio.UnwrittenMemory.GivenBack;

/**
 * How far the guest is with naming its free pages, and the command that its driver finds in {@code free_page_hint_cmd_id}.
 * Virtio 1.3, 5.5.6.6.
 */
public sealed interface HintRun {
  /** The command to name no pages. */
  int COMMAND_STOP = 0;
  /** The command to take all named pages back. */
  int COMMAND_DONE = 1;

  /** {@return what the driver reads} */
  int command();

  /** Nothing was asked of this driver. */
  record Idle() implements HintRun {
    @Override
    public int command() { return COMMAND_STOP; }
  }

  /**
   * The host has asked, and the driver has not answered.
   *
   * @param id the command, which the driver repeats when it begins
   */
  record Requested(int id) implements HintRun {
    @Override
    public int command() { return id; }
  }

  /**
   * The driver names pages.
   *
   * @param id the command
   */
  record Reporting(int id) implements HintRun {
    @Override
    public int command() { return id; }
  }

  /**
   * The driver has named all it had, and leaves them alone while they are given back; it need not, so all that it writes
   * to stays with it.
   *
   * @param id the command
   * @param namedBytes what it named
   */
  record GivingBack(int id, long namedBytes) implements HintRun {
    @Override
    public int command() { return id; }
  }

  /**
   * It is over, and the driver takes its pages back.
   *
   * @param ending why
   * @param namedBytes what the driver named, as far as that was counted
   * @param given what became of it
   */
  record Complete(Ending ending, long namedBytes, GivenBack given) implements HintRun {
    @Override
    public int command() { return COMMAND_DONE; }
  }

  /** Why a run is over. */
  enum Ending {
    /** All that the driver named and nobody wrote to was given back. */
    COMPLETED,
    /** The host wanted no more. */
    CANCELLED,
    /** The host's kernel refused. */
    FAILED
  }
}
