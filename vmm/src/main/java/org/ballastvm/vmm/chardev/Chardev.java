package org.ballastvm.vmm.chardev;

import java.util.Optional;
import org.ballastvm.kvm.PassedDescriptor;

/** One end of a line. Used on the event loop alone. */
public interface Chardev extends AutoCloseable {
  /**
   * Says who talks through it; once.
   *
   * @param frontend who
   */
  void connect(CharFrontend frontend);

  /**
   * Another one can be connected from now on; until then, input is held and nobody hears of anything.
   *
   * @param frontend who talked through it
   */
  default void disconnect(CharFrontend frontend) { connect(Nobody.INSTANCE); }

  /** Reports to the frontend the size of the terminal at the other end, now and whenever it changes, if it is one. */
  default void followSize() {
    // Most lead to no terminal.
  }

  /** {@return how many bytes {@link #send} takes now without losing any} */
  int sendRoom();

  /**
   * Sends. What goes beyond {@link #sendRoom()} is a sign that nobody reads: the client is dropped.
   *
   * @param bytes the buffer
   * @param offset of the first
   * @param count how many
   */
  void send(byte[] bytes, int offset, int count);

  /** The frontend has room again. */
  void receiveMore();

  /**
   * {@return a descriptor that came with the input, the caller's from now on, if one did and was not taken} The next that come
   * take the place of those before them.
   */
  default Optional<PassedDescriptor> takeDescriptor() { return Optional.empty(); }

  /** {@return what it shares between several frontends, if it does} */
  default Optional<Chardev> shared() {
    return Optional.empty();
  }

  /** {@return its connections, to be used in its place, if it is a plain socket} */
  default Optional<Connections> connections() {
    return Optional.empty();
  }

  /** {@return whether the other end is the terminal of this process} */
  default boolean isTerminal() { return false; }

  /** {@return where it leads, in QEMU's words, as {@code info chardev} shows it} */
  String describe();

  @Override
  void close();
}
