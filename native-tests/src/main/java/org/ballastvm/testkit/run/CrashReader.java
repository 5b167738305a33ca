package org.ballastvm.testkit.run;

import java.util.Optional;

/** Reads from what a guest's kernel said that it crashed. */
@FunctionalInterface
interface CrashReader {
  /**
   * Reads it.
   *
   * @param log what the kernel has said on its console
   * @return what is to be said of the crash, in lines; nothing if there was none
   */
  Optional<String> read(String log);
}
