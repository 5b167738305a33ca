package org.ballastvm.vmm.chardev;

/** What talks through a chardev: a serial port or a monitor. Called on the event loop. */
public interface CharFrontend {
  /** {@return how many bytes {@link #receive} takes now} */
  int room();

  /**
   * Takes input.
   *
   * @param bytes the buffer
   * @param offset of the first
   * @param count how many, at most {@link #room()}
   */
  void receive(byte[] bytes, int offset, int count);

  /** Somebody is at the other end from now on. */
  void opened();

  /** Nobody is at the other end any more. */
  void closed();

  /** What was sent has gone out, so there is room to send again. */
  void drained();
}
