package org.ballastvm.testkit.bisect;

/** What is found of one commit, in the exit statuses that {@code git bisect run} knows. */
sealed interface Step {
  /** {@return the exit status} */
  int exitStatus();

  /** {@return what to tell the user, in a sentence} */
  String sentence();

  /** The commit is as it should be. */
  record Good() implements Step {
    @Override
    public int exitStatus() { return 0; }

    @Override
    public String sentence() { return "good: the command ended with 0"; }
  }

  /** The commit has what is looked for. */
  record Bad(String why) implements Step {
    @Override
    public int exitStatus() { return 1; }

    @Override
    public String sentence() { return "bad: " + why; }
  }

  /** The commit cannot be judged: git tries another one. */
  record Skip(String why) implements Step {
    @Override
    public int exitStatus() { return 125; }

    @Override
    public String sentence() { return "skipped: " + why; }
  }

  /** Nothing can be judged on this host: git stops, and the bisection stays where it is. */
  record Stop(String why) implements Step {
    @Override
    public int exitStatus() { return 128; }

    @Override
    public String sentence() { return "stopped: " + why; }
  }
}
