package org.ballastvm.testkit.agent;

/**
 * What a program in a guest wrote, and how it ended.
 *
 * @param end    how it ended
 * @param output what it wrote to its output
 * @param errors what it wrote to its errors
 */
public record GuestResult(GuestEnd end, String output, String errors) {
  /** {@return its exit status, as a shell says it} */
  public int status() { return end.status(); }
}
