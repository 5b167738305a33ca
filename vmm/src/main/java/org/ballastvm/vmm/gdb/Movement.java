package org.ballastvm.vmm.gdb;

import java.util.HashSet;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Which vCPUs a client has move, and how: {@code vCont}, and the older {@code c} and {@code s}. GDB's manual, appendix E.2. */
final class Movement {
  private final int vcpus;
  private final Set<Integer> decided = new HashSet<>();
  private final Set<Integer> moves = new HashSet<>();
  private final Set<Integer> steps = new HashSet<>();

  private Movement(int vcpus) { this.vcpus = vcpus; }

  /** What stands behind {@code vCont;}. The leftmost action that names a vCPU is its. */
  static Answer ofActions(String text, int vcpus) {
    Movement movement = new Movement(vcpus);
    for (String action : text.split(";", -1)) {
      int colon = action.indexOf(':');
      String what = colon < 0 ? action : action.substring(0, colon);
      movement.add(what, colon < 0 ? vcpu -> true : named(action.substring(colon + 1), vcpus));
    }
    return movement.answer();
  }

  /** {@code c} or {@code s}: one vCPU or all of them; when one is stepped the others stand. */
  static Answer of(char what, int vcpu, int vcpus) {
    Movement movement = new Movement(vcpus);
    movement.add(String.valueOf(what), vcpu < 0 ? any -> true : which -> which == vcpu);
    return movement.answer();
  }

  private static IntPredicate named(String thread, int vcpus) {
    int index = Threads.index(thread, vcpus);
    return vcpu -> index == Threads.ALL || vcpu == (index == Threads.ANY ? 0 : index);
  }

  private void add(String action, IntPredicate whose) {
    boolean step = action.startsWith("s") || action.startsWith("S");
    boolean go = action.startsWith("c") || action.startsWith("C");
    if (!step && !go && !action.equals("t")) {
      throw new Refusal(Refusal.INVALID);
    }
    Set<Integer> these = IntStream.range(0, vcpus).filter(whose).boxed().filter(vcpu -> !decided.contains(vcpu))
        .collect(Collectors.toSet());
    decided.addAll(these);
    if (step) {
      steps.addAll(these);
    }
    if (step || go) {
      moves.addAll(these);
    }
  }

  private Answer answer() {
    if (moves.isEmpty()) {
      throw new Refusal(Refusal.INVALID);
    }
    return new Answer.Resume(steps, moves);
  }
}
