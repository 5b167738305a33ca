package org.ballastvm.rig;

import java.io.OutputStream;
import java.time.Duration;
import java.util.OptionalInt;

/** A running program, here or in the rig. */
public interface HostedProcess {
  /** {@return what it reads; closing it is the end of its input} */
  OutputStream input();

  /** {@return what it writes} */
  Transcript output();

  /** {@return what it complains} */
  Transcript errors();

  /** {@return its process id, where it runs} */
  long pid();

  /**
   * Waits for its end.
   *
   * @return its exit status, as a shell says it; nothing if it is still running after that time
   * @throws RigError if the rig ended before it
   */
  OptionalInt waitFor(Duration atMost);

  /** Ends it at once (SIGKILL). */
  void kill();
}
