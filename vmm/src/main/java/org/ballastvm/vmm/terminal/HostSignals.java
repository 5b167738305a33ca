package org.ballastvm.vmm.terminal;

import org.jline.utils.Signals;

/** Signals that somebody sends to this process, each of which has one handler. */
public final class HostSignals {
  private HostSignals() {}

  /**
   * Has a handler in place of what the JVM does about a signal: to end, for {@code INT}, {@code TERM} and {@code HUP}.
   *
   * @param name    without {@code SIG}
   * @param handler runs on a thread of its own
   */
  public static void take(String name, Runnable handler) { Signals.register(name, handler); }
}
