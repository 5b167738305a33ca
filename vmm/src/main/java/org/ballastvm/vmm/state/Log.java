package org.ballastvm.vmm.state;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The log. A line that is logged for a machine with a name has that name as the key {@code machine}. Loggers are made when
 * there is something to log: the first one costs a start more than the machine's devices.
 */
public final class Log {
  private static final String MACHINE = "machine";

  private final Logger logger;

  private Log(Logger logger) { this.logger = logger; }

  /**
   * The log of a class.
   *
   * @param who logs
   * @return its log
   */
  public static Log of(Class<?> who) { return new Log(LoggerFactory.getLogger(who)); }

  /**
   * The log of what has a name of its own.
   *
   * @param who logs
   * @return its log
   */
  public static Log of(String who) { return new Log(LoggerFactory.getLogger(who)); }

  /**
   * Logs what ends something, or loses something.
   *
   * @param format slf4j's, with {@code {}} for each argument
   * @param arguments values, and perhaps a throwable as the last
   */
  public void error(String format, Object... arguments) { log(Level.ERROR, format, arguments); }

  /**
   * Logs what somebody should look at.
   *
   * @param format slf4j's, with {@code {}} for each argument
   * @param arguments values, and perhaps a throwable as the last
   */
  public void warn(String format, Object... arguments) { log(Level.WARN, format, arguments); }

  /**
   * Logs what is as it should be.
   *
   * @param format slf4j's, with {@code {}} for each argument
   * @param arguments values
   */
  public void info(String format, Object... arguments) { log(Level.INFO, format, arguments); }

  /**
   * Logs what helps to find a mistake.
   *
   * @param format slf4j's, with {@code {}} for each argument
   * @param arguments values
   */
  public void debug(String format, Object... arguments) { log(Level.DEBUG, format, arguments); }

  /**
   * Logs what was asked to be traced.
   *
   * @param line what happened
   */
  public void trace(String line) { log(Level.TRACE, "{}", line); }

  private void log(Level level, String format, Object... arguments) {
    if (!logger.isEnabledForLevel(level)) {
      return;
    }
    String machine = MachineScope.current().name();
    if (machine.isEmpty()) {
      logger.atLevel(level).log(format, arguments);
    } else {
      logger.atLevel(level).addKeyValue(MACHINE, machine).log(format, arguments);
    }
  }
}
