package org.ballastvm.vmm.cli;

import java.util.List;
import java.util.Map;
import org.ballastvm.vmm.config.KeyValues;
import org.ballastvm.vmm.config.PanicPolicy;
import org.ballastvm.vmm.config.RunPolicy;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.config.WatchdogAction;

/** {@code -action}: what the machine does for what its guest does, by QEMU's names. */
final class ActionOption {
  private static final Map<String, PanicPolicy> PANIC = Map.of("pause", PanicPolicy.PAUSE, "shutdown",
      PanicPolicy.SHUTDOWN, "exit-failure", PanicPolicy.EXIT_FAILURE, "none", PanicPolicy.NONE);

  private ActionOption() {}

  /**
   * Adds what options say to a policy. Of two that contradict each other the later one counts.
   *
   * @param policy what {@code -S}, {@code -no-reboot} and {@code -no-shutdown} say
   * @param texts the values, in their order
   * @return both together
   * @throws UserError for an unknown event or action
   */
  static RunPolicy add(RunPolicy policy, List<String> texts) {
    RunPolicy result = policy;
    for (String text : texts) {
      result = add(result, KeyValues.parse("-action", text, ""));
    }
    return result;
  }

  private static RunPolicy add(RunPolicy policy, KeyValues values) {
    boolean ends = values.take("reboot").map(action -> one("reboot", action, List.of("reset", "shutdown")))
        .map("shutdown"::equals).orElse(policy.noReboot());
    boolean stays = values.take("shutdown").map(action -> one("shutdown", action, List.of("poweroff", "pause")))
        .map("pause"::equals).orElse(policy.noShutdown());
    PanicPolicy panic = values.take("panic")
        .map(action -> PANIC.get(one("panic", action, List.of("pause", "shutdown", "exit-failure", "none"))))
        .orElse(policy.onPanic());
    WatchdogAction watchdog = values.take("watchdog")
        .map(word -> WatchdogAction.of(one("watchdog", word, WatchdogAction.words())).orElseThrow())
        .orElse(policy.onWatchdog());
    values.refuseRest("panic, reboot, shutdown, watchdog");
    return new RunPolicy(policy.startPaused(), ends, stays, panic, watchdog);
  }

  private static String one(String event, String action, List<String> allowed) {
    if (!allowed.contains(action)) {
      throw new UserError("-action " + event + "=" + action + ": must be one of " + String.join(", ", allowed));
    }
    return action;
  }
}
