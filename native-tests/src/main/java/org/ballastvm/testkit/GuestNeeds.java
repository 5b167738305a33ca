package org.ballastvm.testkit;

import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the guests of a test take of a host.
 *
 * @param processors at least 1
 * @param memoryMiB  with what Ballast takes for itself
 */
record GuestNeeds(int processors, long memoryMiB) {
  private static final int OWN_MIB = 160;
  private static final int DEFAULT_MIB = 128;
  private static final Pattern MEMORY = Pattern.compile("(?:size=)?(\\d{1,7})([MG]?).*");
  private static final Pattern PROCESSORS = Pattern.compile("(?:cpus=)?(\\d{1,3}).*");

  /** {@return those of the guests that are a method's parameters, together} */
  static GuestNeeds of(Method method) {
    int processors = 0;
    long memoryMiB = 0;
    for (Parameter parameter : method.getParameters()) {
      Boot boot = parameter.getAnnotation(Boot.class);
      if (parameter.getType() == Guest.class) {
        List<String> options = boot == null ? List.of() : List.of(boot.value());
        processors += (int) number(options, "-smp", PROCESSORS, 1);
        memoryMiB += OWN_MIB + number(options, "-m", MEMORY, DEFAULT_MIB);
      }
    }
    return new GuestNeeds(Math.max(1, processors), memoryMiB);
  }

  private static long number(List<String> options, String option, Pattern pattern, long otherwise) {
    int at = options.lastIndexOf(option);
    Matcher value = pattern.matcher(at < 0 || at + 1 == options.size() ? "" : options.get(at + 1));
    if (!value.matches()) {
      return otherwise;
    }
    long number = Long.parseLong(value.group(1));
    return value.groupCount() > 1 && value.group(2).equals("G") ? number << 10 : number;
  }
}
