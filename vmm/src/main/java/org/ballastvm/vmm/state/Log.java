package org.ballastvm.vmm.state;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Loggers, made when there is something to log: the first one costs a start more than the machine's devices. */
public final class Log {
  private Log() {}

  /**
   * The logger of a class.
   *
   * @param who logs
   * @return its logger
   */
  public static Logger of(Class<?> who) { return LoggerFactory.getLogger(who); }
}
