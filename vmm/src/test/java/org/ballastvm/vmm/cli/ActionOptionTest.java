package org.ballastvm.vmm.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.ballastvm.vmm.config.PanicPolicy;
import org.ballastvm.vmm.config.RunPolicy;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.config.WatchdogAction;
import org.junit.jupiter.api.Test;

/** {@code -action}, as QEMU takes it. */
class ActionOptionTest {
  private static RunPolicy policy(String... texts) { return ActionOption.add(RunPolicy.DEFAULT, List.of(texts)); }

  private static String refusal(String text) { return assertThrows(UserError.class, () -> policy(text)).getMessage(); }

  @Test
  void eachEventHasItsActions() {
    assertEquals(RunPolicy.DEFAULT, policy());
    assertEquals(new RunPolicy(false, true, false), policy("reboot=shutdown"));
    assertEquals(new RunPolicy(false, false, true), policy("reboot=reset,shutdown=pause"));
    assertEquals(WatchdogAction.INJECT_NMI, policy("watchdog=none", "watchdog=inject-nmi").onWatchdog());
    assertEquals(WatchdogAction.RESET, policy().onWatchdog());
    assertEquals(new RunPolicy(false, false, false, PanicPolicy.EXIT_FAILURE), policy("panic=exit-failure"));
    assertEquals(new RunPolicy(false, true, false, PanicPolicy.NONE),
        policy("panic=pause,reboot=reset", "panic=none", "reboot=shutdown"));
  }

  @Test
  void aPanicIsAShutdownUnlessAskedOtherwise() {
    assertFalse(policy().pausesOnPanic());
    assertTrue(policy("shutdown=pause").pausesOnPanic());
    assertTrue(policy("panic=pause").pausesOnPanic());
    assertFalse(policy("shutdown=pause,panic=exit-failure").pausesOnPanic());
  }

  @Test
  void whatThereIsNotIsNamed() {
    assertEquals("-action panic=explode: must be one of pause, shutdown, exit-failure, none", refusal("panic=explode"));
    assertEquals("-action watchdog=bark: must be one of reset, shutdown, poweroff, pause, debug, none, inject-nmi",
        refusal("watchdog=bark"));
    assertEquals("-action reboot=pause: must be one of reset, shutdown", refusal("reboot=pause"));
    assertTrue(refusal("lunch=eat").contains("panic, reboot, shutdown, watchdog"));
  }
}
