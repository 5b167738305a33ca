package org.ballastvm.vmm.vhostuser;

import org.ballastvm.kvm.HostSocket;

/** Where connections to a back-end come from. */
public interface BackendSource extends AutoCloseable {
  /**
   * The first connection.
   *
   * @return it
   * @throws org.ballastvm.vmm.config.UserError if there is none
   * @throws org.ballastvm.kvm.HostError the same
   */
  HostSocket first();

  /**
   * The next connection, when the one before is no more. On a thread that may wait a little.
   *
   * @return it, or null if there is none yet: it is asked again in a second
   * @throws org.ballastvm.kvm.HostError the same, and nothing to talk about
   * @throws org.ballastvm.vmm.config.UserError the same, with a reason
   * @throws InterruptedException at the end
   */
  HostSocket next() throws InterruptedException;

  /** {@return why it has lost its back-end, as far as it knows more than that; empty otherwise} */
  default String lastWords() {
    return "";
  }

  /** There are no more connections. */
  @Override
  void close();
}
