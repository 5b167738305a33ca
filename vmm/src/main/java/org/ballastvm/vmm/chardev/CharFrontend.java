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

  /** Somebody is at the other end from now on; on a shared chardev, once they have turned to this frontend. */
  void opened();

  /** Nobody is at the other end any more. */
  void closed();

  /** What was sent has gone out, so there is room to send again. */
  void drained();

  /** The user sends a BREAK: the line is held longer than any character takes. */
  default void receiveBreak() {
    // It means something to a serial port alone.
  }

  /**
   * The terminal at the other end has a size, or another one; for those alone that have asked by {@link Chardev#followSize}.
   *
   * @param columns 0 to 65535; 0 if unknown
   * @param rows 0 to 65535; 0 if unknown
   */
  default void resized(int columns, int rows) {
    // A serial line has no size.
  }

  /** It shares its chardev, and what a user types goes to it again; {@link #opened} came before, once. */
  default void focused() {
    // A serial line looks the same either way.
  }

  /** It shares its chardev, and what a user types goes to another frontend from now on. */
  default void unfocused() {
    // A serial line looks the same either way.
  }
}
