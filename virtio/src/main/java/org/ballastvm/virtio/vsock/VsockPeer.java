package org.ballastvm.virtio.vsock;

import java.lang.foreign.MemorySegment;

/**
 * A program on the host at the other end of a stream. Called under the transport's lock, and, but for {@link #close}, on the
 * event loop; none waits.
 */
public interface VsockPeer {
  /** There is nothing to read, or no room to write. */
  int WOULD_BLOCK = -2;
  /** It sends no more, or is gone. */
  int END = -1;

  /**
   * Reads what it has sent.
   *
   * @param into native memory
   * @return bytes read, {@link #END} or {@link #WOULD_BLOCK}
   */
  int read(MemorySegment into);

  /**
   * Sends to it.
   *
   * @param from native memory
   * @return bytes written, {@link #END} or {@link #WOULD_BLOCK}
   */
  int write(MemorySegment from);

  /** The guest sends no more. */
  void endOutput();

  /**
   * The guest has taken the stream that it asked for.
   *
   * @param hostPort the number of its end
   */
  void accepted(int hostPort);

  /** The stream is over. Any thread; once. */
  void close();
}
