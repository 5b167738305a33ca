package org.ballastvm.testkit.command;

import java.util.List;

/**
 * Who has how much memory at one step.
 *
 * @param step         what was done before
 * @param totalMib     MemTotal in the guest
 * @param availableMib MemAvailable in the guest
 * @param residentMib  resident memory of the process on the host
 */
record Reading(String step, long totalMib, long availableMib, long residentMib) {
  /** {@return all readings as a table, a line each} */
  static String table(List<Reading> readings) {
    StringBuilder table = new StringBuilder(
        String.format("%-14s %16s %20s %16s%n", "step", "guest: MemTotal", "guest: MemAvailable", "host: resident"));
    for (Reading reading : readings) {
      table.append(String.format("%-14s %12d MiB %16d MiB %12d MiB%n", reading.step, reading.totalMib,
          reading.availableMib, reading.residentMib));
    }
    return table.toString();
  }
}
