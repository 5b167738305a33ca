package org.ballastvm.vmm.memory;

import org.ballastvm.kvm.HostError;

/** Takes parts of a memory out of everybody's reach, and brings them back. */
interface Hiding {
  /** Makes a range nobody's to use: a guest that comes there leaves KVM_RUN, and this process would end. */
  void hide(long offsetBytes, long lengthBytes) throws HostError;

  /** Lets a range be used that was hidden. */
  void show(long offsetBytes, long lengthBytes) throws HostError;
}
