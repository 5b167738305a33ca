package org.ballastvm.vmm.look;

import java.util.List;

/**
 * A task of the guest.
 *
 * @param pid its number, a thread's own
 * @param processId the number of its process
 * @param name what it is called, at most 15 bytes
 * @param state R, S, D, T, t, Z, X, I as ps has them; ? for another
 * @param stack where it waits, the innermost first; empty while it runs on a CPU, and for what is not asked for
 */
public record Task(int pid, int processId, String name, String state, List<Frame> stack) {
  /** No list of its own is kept. */
  public Task {
    stack = List.copyOf(stack);
  }
}
