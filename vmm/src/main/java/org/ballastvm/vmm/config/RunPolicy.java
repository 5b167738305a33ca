package org.ballastvm.vmm.config;

/**
 * What start, reboot, shutdown, panic and a watchdog do.
 *
 * @param startPaused {@code -S}: wait for {@code cont}
 * @param noReboot {@code -no-reboot}: a guest that resets ends the process
 * @param noShutdown {@code -no-shutdown}: a guest that powers off stops and stays
 * @param onPanic {@code -action panic=}: what a guest's panic does
 * @param onWatchdog {@code -action watchdog=}: what a guest's watchdog does
 */
public record RunPolicy(boolean startPaused, boolean noReboot, boolean noShutdown, PanicPolicy onPanic,
    WatchdogAction onWatchdog) {
  /** Start at once, reboot on reset, end on power-off. */
  public static final RunPolicy DEFAULT = new RunPolicy(false, false, false);

  /**
   * A panic ends the machine as a power-off does.
   *
   * @param startPaused {@code -S}
   * @param noReboot {@code -no-reboot}
   * @param noShutdown {@code -no-shutdown}
   */
  public RunPolicy(boolean startPaused, boolean noReboot, boolean noShutdown) {
    this(startPaused, noReboot, noShutdown, PanicPolicy.SHUTDOWN);
  }

  /**
   * A watchdog resets the machine.
   *
   * @param startPaused {@code -S}
   * @param noReboot {@code -no-reboot}
   * @param noShutdown {@code -no-shutdown}
   * @param onPanic {@code -action panic=}
   */
  public RunPolicy(boolean startPaused, boolean noReboot, boolean noShutdown, PanicPolicy onPanic) {
    this(startPaused, noReboot, noShutdown, onPanic, WatchdogAction.RESET);
  }

  /** {@return whether a panic stops the machine, and leaves it for somebody to look} */
  public boolean pausesOnPanic() {
    return onPanic == PanicPolicy.PAUSE || onPanic == PanicPolicy.SHUTDOWN && noShutdown;
  }
}
