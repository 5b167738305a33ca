package org.ballastvm.testkit.run;

/** The exit statuses of {@code ballast run} that are not the command's. */
public final class RunStatus {
  /** The guest's kernel crashed. */
  public static final int CRASHED = 120;
  /** The machine ended, or stopped answering, before the command did, and nobody knows why. */
  public static final int LOST = 121;
  /** The time ran out, as of timeout(1). */
  public static final int TIMED_OUT = 124;
  /** There was no machine to run it in. */
  public static final int CANNOT = 125;
  /** The command could not be run, as of a shell. */
  public static final int NOT_RUN = 126;
  /** There is no such command, as of a shell. */
  public static final int NOT_FOUND = 127;

  private RunStatus() {}
}
