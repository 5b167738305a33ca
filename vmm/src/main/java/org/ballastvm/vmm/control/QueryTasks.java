package org.ballastvm.vmm.control;

import java.util.List;
import java.util.Optional;
import org.ballastvm.vmm.look.GuestKernel;
import org.ballastvm.vmm.look.Task;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.wire.Member;

/** {@code x-ballast-query-tasks} */
public final class QueryTasks implements QmpCommand<QueryTasks.Wish, List<QueryTasks.TaskInfo>> {
  /** What is wanted. */
  public record Wish(@Member("with the stack of each task that waits; default false") Optional<Boolean> stacks) {}

  /** A task of the guest. */
  public record TaskInfo(@Member("its number, a thread's own") int pid,
      @Member("the number of its process") int tgid, @Member("its name") String comm,
      @Member("R, S, D, T, t, Z, X or I, as ps has them; ? for another") String state,
      @Member("where it waits, the innermost first") List<QueryStacks.FrameInfo> frames) {}

  @Override
  public String name() { return "x-ballast-query-tasks"; }

  @Override
  public String help() { return "Returns the tasks of a Linux guest, read from guest memory."; }

  @Override
  public List<String> features() { return UNSTABLE; }

  @Override
  public List<TaskInfo> run(Machine vm, Wish wish) {
    return GuestKernel.look(vm, kernel -> kernel.tasks(wish.stacks().orElse(false))).stream().map(QueryTasks::info)
        .toList();
  }

  private static TaskInfo info(Task task) {
    return new TaskInfo(task.pid(), task.processId(), task.name(), task.state(), QueryStacks.frames(task.stack()));
  }
}
