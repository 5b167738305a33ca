package org.ballastvm.virtio;

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
   * The driver has named all it had, or was told to stop, and takes its pages back.
   *
   * @param givenBackBytes how much of it the host has
   */
  record Complete(long givenBackBytes) implements HintRun {
    @Override
    public int command() { return COMMAND_DONE; }
  }
}
