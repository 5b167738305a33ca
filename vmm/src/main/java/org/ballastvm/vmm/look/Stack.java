package org.ballastvm.vmm.look;

import java.util.List;

/**
 * What a CPU does.
 *
 * @param cpu its index
 * @param task what runs there: name and number
 * @param mode {@code kernel}, {@code user} or {@code halted}
 * @param frames the kernel's stack, the innermost first; empty in user mode
 */
public record Stack(int cpu, String task, String mode, List<Frame> frames) {
  /** No list of its own is kept. */
  public Stack {
    frames = List.copyOf(frames);
  }
}
