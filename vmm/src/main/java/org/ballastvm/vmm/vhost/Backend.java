package org.ballastvm.vmm.vhost;

import java.util.List;
import java.util.function.Consumer;
import org.ballastvm.vmm.memory.MemoryRegion;

/**
 * Who serves queues outside of this process: the kernel's vhost, a program that speaks vhost-user.
 *
 * <p>
 * {@link BackendQueues} calls it, one call at a time: on the event loop for memory, on any thread for queues, under the lock of
 * a PCI function. It calls nobody back from within a call, but for the consumer of {@link #whenFailed}, on the event loop.
 */
public interface Backend extends AutoCloseable {
  /** {@return the feature bits that it can do, of the specification's and its own; the same at each call} */
  long features();

  /**
   * All of guest memory, before the first queue starts, and when regions come or go, while queues are served. When this
   * returns, memory that is not in the table is not touched any more.
   *
   * @param regions whole ones, by address
   * @throws org.ballastvm.vmm.config.UserError if they are too many, or it cannot be given one of them; the table before
   *         holds. Never of a table that only lacks regions of the one before
   * @throws org.ballastvm.kvm.HostError if the host refuses; the same
   */
  void memory(List<MemoryRegion> regions);

  /**
   * Serves a queue. Features are agreed on anew when none is served.
   *
   * @param ring which; its parts are each in one region of the table
   * @throws org.ballastvm.kvm.HostError if the host refuses; the queue is not served then
   * @throws org.ballastvm.virtio.QueueServer.Failure if it does not answer; the same
   */
  void start(BackendRing ring);

  /**
   * Serves a queue no more. When this returns, no memory of the guest is touched for it. Never throws.
   *
   * @param queue that is served
   * @return the chain to be taken next, 0 to 65535, or below zero if it does not say
   */
  int stop(int queue);

  /**
   * Who hears that it has ended, or serves a queue no more by itself.
   *
   * @param listener takes why, a sentence; called on the event loop
   */
  void whenFailed(Consumer<String> listener);

  /** Gives back what it holds. No queue is served; on the event loop, or when that has ended. */
  @Override
  void close();
}
