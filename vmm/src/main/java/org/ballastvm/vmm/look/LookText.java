package org.ballastvm.vmm.look;

import java.util.List;

/** What was seen of a guest's kernel, for people. */
public final class LookText {
  private LookText() {}

  /**
   * Stacks of CPUs.
   *
   * @param stacks of each
   * @return lines, each with its end
   */
  public static String stacks(List<Stack> stacks) {
    StringBuilder text = new StringBuilder();
    for (Stack stack : stacks) {
      text.append("CPU#").append(stack.cpu()).append(' ').append(stack.task()).append(" (").append(stack.mode())
          .append(")\n");
      frames(text, stack.frames());
    }
    return text.toString();
  }

  /**
   * Tasks, and their stacks.
   *
   * @param tasks in their order
   * @return lines, each with its end
   */
  public static String tasks(List<Task> tasks) {
    StringBuilder text = new StringBuilder("    PID    TGID S COMMAND\n");
    for (Task task : tasks) {
      text.append("%7d %7d %s %s%n".formatted(task.pid(), task.processId(), task.state(), task.name()));
      frames(text, task.stack());
    }
    return text.toString();
  }

  private static void frames(StringBuilder text, List<Frame> frames) {
    frames.forEach(frame -> text.append("  ").append(frame.symbol()).append('\n'));
  }
}
