package org.ballastvm.vmm;

import org.ballastvm.vmm.loop.LoopThread;

/**
 * A thread that several machines share for their event loops, where each has one of its own otherwise:
 * {@code Vm.builder().loop(shared)}. For many machines that have little to do.
 *
 * <p>
 * What sharing costs is time. The machines on it are served in turns, so whatever one does there delays all others: a
 * doorbell of its guest, a command of its monitors, a reset, and your own listeners, which must not block. A machine that is
 * never done has one turn (at most 64 tasks, 32 descriptors) before another has its own. A machine that must answer at once,
 * or whose guest is busy with its balloon, is better off with its own thread. Processors and {@code iothread}s are threads of
 * their machine in any case.
 *
 * <p>
 * Machines do not share anything else: one that resets, ends or is closed, or in which Ballast has a bug, leaves the others
 * as they are. Log lines and trace events name the machine that they are about.
 */
public final class VmLoop implements AutoCloseable {
  private final LoopThread thread;

  private VmLoop(LoopThread thread) { this.thread = thread; }

  /**
   * Starts a thread that serves no machine yet.
   *
   * @param name of the thread
   * @return the loop; the caller closes it
   * @throws org.ballastvm.kvm.HostError if the host refuses
   */
  public static VmLoop start(String name) { return new VmLoop(LoopThread.start(name)); }

  /** {@return how many machines are on it: from their start to their end by {@link Vm#close}} */
  public int machines() {
    return thread.loops();
  }

  LoopThread thread() { return thread; }

  /**
   * Lets no other machine use it. It ends with the last machine that does, whichever is closed first; without any, it has
   * ended when this returns. Closing twice is harmless.
   */
  @Override
  public void close() { thread.close(); }
}
