package org.ballastvm.vmm.config;

import java.util.List;
import java.util.Locale;

/**
 * {@code werror} and {@code rerror}: what is done when the host fails to write or to read.
 */
public enum ErrorPolicy {
  /** The guest is answered with an error. */
  REPORT,
  /** The guest is answered as if it had been done. */
  IGNORE,
  /** The machine stops; {@code cont} tries again. */
  STOP,
  /** {@link #STOP} where the host has no room, {@link #REPORT} else. */
  ENOSPC;

  private static final List<ErrorPolicy> OF_READS = List.of(REPORT, IGNORE, STOP);

  /** {@return what users call it} */
  public String word() { return name().toLowerCase(Locale.ROOT); }

  /** Takes {@code werror}, or {@code rerror}, which cannot be enospc. */
  static ErrorPolicy take(KeyValues values, String key, ErrorPolicy fallback) {
    return values.take(key).map(word -> {
      for (ErrorPolicy policy : key.equals("rerror") ? OF_READS : List.of(values())) {
        if (policy.word().equals(word)) {
          return policy;
        }
      }
      throw values.error("'" + word + "' invalid " + (key.equals("rerror") ? "read" : "write")
          + " error action; " + key + " must be report, ignore"
          + (key.equals("rerror") ? " or stop" : ", stop or enospc"));
    }).orElse(fallback);
  }
}
