package org.ballastvm.vmm.machine;

import org.ballastvm.kvm.IoAddress;
import org.ballastvm.vmm.board.KvmBoard;
import org.ballastvm.vmm.chardev.SerialFrontend;

/**
 * What a guest writes to a port of one byte, collected by KVM or brought by an exit each. An exit costs several times what
 * KVM takes to put a byte by.
 */
final class CollectedPort implements SerialFrontend.Delivery {
  private final KvmBoard board;
  private final Runnable kick;
  private final IoAddress address;
  private volatile boolean collects;

  /**
   * A port whose writes are exits.
   *
   * @param kick takes a vCPU out of the guest, soon; it brings what all have written
   */
  CollectedPort(KvmBoard board, Runnable kick, int port) {
    this.board = board;
    this.kick = kick;
    this.address = new IoAddress(true, port, 1);
  }

  @Override
  public void collect() {
    if (!collects) {
      change(true);
    }
  }

  @Override
  public void collectNoMore() {
    if (collects) {
      change(false);
    }
  }

  private synchronized void change(boolean on) {
    if (on == collects) {
      return;
    }
    if (on) {
      board.coalesceWrites(address);
    } else {
      board.leaveForWrites(address);
    }
    collects = on;
  }

  /** The VM is about to be replaced by one of which the kernel collects nothing; its vCPUs have ended. */
  synchronized void reset() {
    collects = false;
  }

  @Override
  public void fetch() { kick.run(); }
}
