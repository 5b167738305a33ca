package org.ballastvm.testkit.agent;

/** What of a request failed. The order is the protocol's, whose numbers begin with 0. */
public enum FailedStep {
  /** The channel: the agent is gone, or breaks the rules. */
  CHANNEL("the guest's agent"),
  /** The guest has no processes, descriptors or memory for it. */
  RESOURCES("the guest has no room for"),
  /** There is no such user, or it may not be changed to. */
  USER("the guest cannot change the user for"),
  /** There is no such directory. */
  DIRECTORY("the guest cannot change the directory for"),
  /** The program cannot be run. */
  PROGRAM("the guest cannot run"),
  /** The file cannot be opened or written. */
  FILE("the guest's file"),
  /** Nobody takes the connection. */
  CONNECTION("the guest's socket"),
  /** The agent takes no such request. */
  RULES("the guest's agent does not take");

  private final String words;

  FailedStep(String words) { this.words = words; }

  static FailedStep of(int number) { return number > 0 && number < values().length ? values()[number] : CHANNEL; }

  String sentence(String subject) { return words + " " + subject; }
}
