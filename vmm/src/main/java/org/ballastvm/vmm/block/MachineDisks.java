package org.ballastvm.vmm.block;

/**
 * What a machine's disks need.
 *
 * @param backends what users have made
 * @param threads who does the work
 * @param processors how many the machine has: as many queues a disk has for which no number was asked
 */
public record MachineDisks(BlockBackends backends, DiskThreads threads, int processors) implements AutoCloseable {
  @Override
  public void close() {
    threads.close();
    backends.close();
  }
}
