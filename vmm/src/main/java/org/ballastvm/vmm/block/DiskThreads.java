package org.ballastvm.vmm.block;

import java.util.function.Consumer;
import org.ballastvm.vmm.loop.EventLoop;

/**
 * The threads of a machine's disks: one that hears the guest for all devices that name no thread of their own, and those that
 * wait for the host. None before the first disk.
 */
public final class DiskThreads implements AutoCloseable {
  private final String name;
  private final Consumer<Throwable> crashed;
  private final DiskWorkers workers;
  private EventLoop loop;

  /**
   * None yet.
   *
   * @param name of the machine
   * @param crashed hears of a bug of ours
   */
  public DiskThreads(String name, Consumer<Throwable> crashed) {
    this.name = name;
    this.crashed = crashed;
    this.workers = new DiskWorkers(name, crashed);
  }

  /** {@return the thread that hears the guest; belongs to the event loop} */
  public EventLoop listener() {
    if (loop == null) {
      loop = new EventLoop(name + "-disk", crashed);
      loop.start();
    }
    return loop;
  }

  DiskWorkers workers() { return workers; }

  @Override
  public void close() {
    if (loop != null) {
      loop.close();
    }
    workers.close();
  }
}
