package org.ballastvm.vmm.policy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How short of memory the host is: Linux's pressure stall information, of which a kernel may have none
 * ({@code Documentation/accounting/psi.rst}).
 */
public sealed interface HostPressure {
  /** Where Linux reports it. */
  Path FILE = Path.of("/proc/pressure/memory");

  /** {@return the same in words} */
  String words();

  /** {@return whether the host is so short of memory that guests should do with less} */
  boolean isHigh();

  /**
   * What the kernel reports.
   *
   * @param somePercent the part of the last ten seconds in which some task waited for memory
   * @param fullPercent the part in which all did
   */
  record Known(double somePercent, double fullPercent) implements HostPressure {
    /** A host that is not short of memory is below 1; from here on, people notice. */
    private static final double HIGH_SOME = 10;
    private static final double HIGH_FULL = 2;

    @Override
    public boolean isHigh() { return somePercent >= HIGH_SOME || fullPercent >= HIGH_FULL; }

    @Override
    public String words() {
      return String.format(Locale.ROOT, "tasks waited for memory in %.2f%% of the last 10 s, all of them in %.2f%%",
          somePercent, fullPercent);
    }
  }

  /**
   * This host does not report it.
   *
   * @param why what is missing
   */
  record Unknown(String why) implements HostPressure {
    @Override
    public boolean isHigh() { return false; }

    @Override
    public String words() { return why; }
  }

  /**
   * Reads it.
   *
   * @param file {@link #FILE}
   * @return what it says, or why it does not
   */
  static HostPressure read(Path file) {
    try {
      String text = Files.readString(file);
      OptionalDouble some = average(text, "some");
      OptionalDouble full = average(text, "full");
      return some.isPresent() && full.isPresent()
          ? new Known(some.getAsDouble(), full.getAsDouble())
          : new Unknown("unknown: " + file + " has no avg10 of some and full");
    } catch (IOException e) {
      return new Unknown("unknown: " + file + " cannot be read, as in a kernel without CONFIG_PSI, or with psi=0");
    }
  }

  private static OptionalDouble average(String text, String who) {
    Matcher found = Pattern.compile("(?m)^" + who + " avg10=(\\d{1,3}\\.\\d{1,4}) ").matcher(text);
    return found.find() ? OptionalDouble.of(Double.parseDouble(found.group(1))) : OptionalDouble.empty();
  }
}
