package org.ballastvm.vmm.block;

/**
 * What a machine's disks need.
 *
 * @param backends what users have made
 * @param threads who does the work
 * @param foreign what users have made of formats that another program has to have
 * @param processors how many the machine has: as many queues a disk has for which no number was asked
 */
public record MachineDisks(BlockBackends backends, DiskThreads threads, ForeignDrives foreign,
    int processors) implements AutoCloseable {
  @Override
  public void close() {
    threads.close();
    backends.close();
  }
}
