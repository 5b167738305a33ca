package org.ballastvm.vmm.look;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The tasks of a guest, from the kernel's list of processes and each process's list of threads. */
final class Tasks {
  static final int NAME_BYTES = 16;
  private static final int MOST = 65_536;
  /** TASK_STATE_TO_CHAR_STR, include/linux/sched.h, by the bit that is set; 0 runs. */
  private static final Map<Integer, String> STATES = Map.of(0, "R", 1, "S", 2, "D", 4, "T", 8, "t", 0x10, "X", 0x20,
      "Z",
      0x402, "I");
  private static final int STATE_MASK = 0x43f;

  private final KernelMemory memory;
  private final Btf types;
  private final Function<StackRegisters, List<Frame>> unwinder;

  Tasks(KernelMemory memory, Btf types, Function<StackRegisters, List<Frame>> unwinder) {
    this.memory = memory;
    this.types = types;
    this.unwinder = unwinder;
  }

  /** Name and number of a task, for people. */
  String words(long task) {
    return name(task) + "/" + memory.s32(task + types.offset("task_struct", "pid"));
  }

  private String name(long task) { return memory.text(task + types.offset("task_struct", "comm"), NAME_BYTES); }

  /** All of them, and the stack of each, but for those on a CPU now; a list that leads astray ends there. */
  List<Task> all(long initTask, boolean stacks) {
    Map<Long, Boolean> seen = new LinkedHashMap<>();
    int link = types.offset("task_struct", "tasks");
    try {
      for (long task = initTask; seen.size() < MOST && seen.put(task, true) == null;) {
        threads(task, seen);
        task = memory.u64(task + link) - link;
      }
    } catch (Unreadable e) {
      // What was found so far is shown.
    }
    List<Task> tasks = new ArrayList<>();
    seen.keySet().forEach(task -> add(task, stacks, tasks));
    return List.copyOf(tasks);
  }

  private void threads(long leader, Map<Long, Boolean> seen) {
    int node = types.offset("task_struct", "thread_node");
    long head = memory.u64(leader + types.offset("task_struct", "signal"))
        + types.offset("signal_struct", "thread_head");
    long next = memory.u64(head);
    for (int i = 0; i < MOST && next != head && seen.size() < MOST; i++) {
      seen.put(next - node, true);
      next = memory.u64(next);
    }
  }

  private void add(long task, boolean stacks, List<Task> into) {
    try {
      int state = memory.s32(task + types.offset("task_struct", "__state", "state"));
      boolean running = memory.s32(task + types.offset("task_struct", "on_cpu")) != 0;
      into.add(new Task(memory.s32(task + types.offset("task_struct", "pid")),
          memory.s32(task + types.offset("task_struct", "tgid")), name(task),
          STATES.getOrDefault(state & STATE_MASK, "?"), stacks && !running ? stack(task) : List.of()));
    } catch (Unreadable e) {
      // It has just ended.
    }
  }

  /** __switch_to_asm leaves struct inactive_task_frame there, asm/switch_to.h. */
  private List<Frame> stack(long task) {
    long sp = memory.u64(task + types.offset("task_struct", "thread.sp"));
    int bp = types.offset("inactive_task_frame", "bp");
    int returns = types.offset("inactive_task_frame", "ret_addr");
    return unwinder.apply(StackRegisters.sleeping(memory.u64(sp + returns), sp + returns + 8, memory.u64(sp + bp)));
  }
}
