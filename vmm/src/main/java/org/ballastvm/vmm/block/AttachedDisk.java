package org.ballastvm.vmm.block;

import org.ballastvm.kvm.Errno;
import org.ballastvm.virtio.blk.BlkRequest;
import org.ballastvm.virtio.blk.Disk;
import org.ballastvm.vmm.config.DriveConfig;
import org.ballastvm.vmm.config.ErrorPolicy;
import org.ballastvm.vmm.loop.EventLoop;
import org.ballastvm.vmm.loop.LoopTimer;
import org.ballastvm.vmm.memory.GuestRam;

/** A disk at work for a device: the engine that does its requests, on the thread that hears the guest. */
public final class AttachedDisk implements AutoCloseable {
  private final BlockBackend backend;
  private final EventLoop listener;
  private final Engine engine;
  private final DriveDisk disk;
  private final LoopTimer alarm;

  /** Hears of requests that the host failed. On any thread. */
  @FunctionalInterface
  public interface Failures {
    /**
     * A request failed.
     *
     * @param kind what it was
     * @param action what is done about it
     * @param why what the host said
     */
    void failed(BlkRequest.Kind kind, ErrorPolicy action, Errno why);
  }

  /**
   * A disk that waits for its device.
   *
   * @param backend which
   * @param use limits, and what is done when the host fails
   * @param ram the guest's memory
   * @param threads those of the machine's disks
   * @param listener the thread that hears the guest
   * @param failures hears when the host fails
   * @throws org.ballastvm.vmm.config.UserError if the host has no io_uring and that was asked for
   */
  public AttachedDisk(BlockBackend backend, DriveConfig.Use use, GuestRam ram, DiskThreads threads, EventLoop listener,
      Failures failures) {
    this.backend = backend;
    this.listener = listener;
    Storage storage = backend.node().file().storage();
    this.engine = engine(backend, ram, threads, listener);
    this.alarm = new LoopTimer(listener, this::ring);
    this.disk = new DriveDisk(storage, engine, backend.node().image().noFlush(), use, failures::failed, alarm::once);
  }

  private static Engine engine(BlockBackend backend, GuestRam ram, DiskThreads threads, EventLoop listener) {
    BlockFile file = backend.node().file();
    return switch (backend.node().image().aio()) {
      case THREADS -> new ThreadedEngine(file.storage(), ram, threads.workers());
      case IO_URING -> file.raw().<Engine>map(
          raw -> new RingEngine(raw, ram, threads.workers(), HeardRing.open(backend.name()), listener))
          .orElseGet(() -> new ThreadedEngine(file.storage(), ram, threads.workers()));
    };
  }

  /** {@return which it is} */
  public BlockBackend backend() { return backend; }

  /** {@return it as its device sees it} */
  public Disk disk() { return disk; }

  /** {@return the thread that hears the guest} */
  public EventLoop listener() { return listener; }

  private void ring() { disk.alarm(); }

  /** Tries again what failed while the machine was stopped for it. Any thread. */
  public void retry() {
    if (backend.status() != BlockBackend.IoStatus.OK) {
      backend.status(BlockBackend.IoStatus.OK);
      listener.post(disk::retry);
    }
  }

  /**
   * Waits until everything that the guest has asked for is done, also what waits for its limits; what has failed and is to be
   * tried again stays. Nothing reaches the file any more then, until the guest runs. Not on the thread that hears the guest.
   *
   * @param look has the device take what a stopped guest has asked for; on the thread that hears the guest
   * @param endNanos until when at the latest, by System.nanoTime
   * @return whether it is done; not if the host takes longer, or the caller was interrupted
   */
  public boolean settle(Runnable look, long endNanos) {
    try {
      return disk.settle(listener::post, look, endNanos);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Gives back what it has of the host. The device is gone, and nothing is under way. */
  @Override
  public void close() {
    alarm.close();
    engine.close();
  }
}
