package org.ballastvm.vmm.config;

/**
 * What start, reboot and shutdown do.
 *
 * @param startPaused {@code -S}: wait for {@code cont}
 * @param noReboot {@code -no-reboot}: a guest that resets ends the process
 * @param noShutdown {@code -no-shutdown}: a guest that powers off stops and stays
 */
public record RunPolicy(boolean startPaused, boolean noReboot, boolean noShutdown) {
  /** Start at once, reboot on reset, end on power-off. */
  public static final RunPolicy DEFAULT = new RunPolicy(false, false, false);
}
