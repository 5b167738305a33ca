package org.ballastvm.virtio.console;

/** What is behind a port on the host. */
public interface PortHost {
  /** {@return how many bytes {@link #send} takes now; on the event loop} */
  int room();

  /**
   * Takes what the guest has sent. On the event loop, under the transport's lock: nothing of the device may be called
   * meanwhile.
   *
   * @param bytes the buffer, the device's own
   * @param count how many, at most {@link #room()}
   */
  void send(byte[] bytes, int count);

  /** There is output for {@link ConsoleDevice#serveOutput}. Under the transport's lock, on any thread. */
  void outputWaits();

  /** The guest may take input again that it had no room for. Under the transport's lock, on any thread. */
  void roomForInput();

  /**
   * A program in the guest has opened the port, or closed it. Under the transport's lock, on any thread.
   *
   * @param open whether it is open now
   */
  void guestOpened(boolean open);
}
