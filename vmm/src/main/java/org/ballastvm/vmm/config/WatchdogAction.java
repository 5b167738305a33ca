package org.ballastvm.vmm.config;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** What is done when a guest's watchdog has expired: {@code -action watchdog=}, by QEMU's names. */
public enum WatchdogAction {
  /** The machine is reset. */
  RESET,
  /** The power button is pressed. */
  SHUTDOWN,
  /** The machine ends. */
  POWEROFF,
  /** The machine stops and stays. */
  PAUSE,
  /** A line of the log says so. */
  DEBUG,
  /** The guest runs on. */
  NONE,
  /** Each processor is given an NMI. */
  INJECT_NMI;

  /** {@return what users call it} */
  public String word() { return name().toLowerCase(Locale.ROOT).replace('_', '-'); }

  /** {@return the action of a word, if there is one} */
  public static Optional<WatchdogAction> of(String word) {
    return Stream.of(values()).filter(action -> action.word().equals(word)).findFirst();
  }

  /** {@return what users call each} */
  public static List<String> words() {
    return Stream.of(values()).map(WatchdogAction::word).toList();
  }
}
