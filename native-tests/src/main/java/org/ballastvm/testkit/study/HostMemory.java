package org.ballastvm.testkit.study;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a host has in memory behind a guest, by the {@code smaps} of the process that runs it.
 *
 * @param residentBytes of the whole process
 * @param guestBytes    of that, what is in mappings as large as a guest's memory is
 * @param hugeBytes     of that, what is in huge pages
 */
record HostMemory(long residentBytes, long guestBytes, long hugeBytes) {
  /** Nothing that the JVM uses for itself is as large in one piece. */
  private static final long LEAST_GUEST_BYTES = 128L << 20;
  private static final Pattern HEAD = Pattern.compile("([0-9a-f]+)-([0-9a-f]+) (\\S{4}) .*");
  private static final Pattern FIELD = Pattern.compile("(Rss|AnonHugePages|ShmemPmdMapped|FilePmdMapped): +(\\d+) kB");
  private static final int KIB = 1024;

  /** Reads what {@code /proc/PID/smaps} says. */
  static HostMemory of(String smaps) {
    long resident = 0;
    long guest = 0;
    long huge = 0;
    boolean ofGuest = false;
    for (String line : smaps.split("\n")) {
      Matcher head = HEAD.matcher(line);
      Matcher field = FIELD.matcher(line);
      if (head.matches()) {
        long size = Long.parseUnsignedLong(head.group(2), 16) - Long.parseUnsignedLong(head.group(1), 16);
        ofGuest = size >= LEAST_GUEST_BYTES && head.group(3).startsWith("rw-");
      } else if (field.matches()) {
        long bytes = Long.parseLong(field.group(2)) * KIB;
        if (field.group(1).equals("Rss")) {
          resident += bytes;
          guest += ofGuest ? bytes : 0;
        } else {
          huge += ofGuest ? bytes : 0;
        }
      }
    }
    return new HostMemory(resident, guest, huge);
  }
}
