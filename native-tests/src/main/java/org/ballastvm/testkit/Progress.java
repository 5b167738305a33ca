package org.ballastvm.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whether a guest that says nothing still moves, by its registers: a CPU that is in the kernel, with interrupts off, at the same place
 * look after look, will not come back.
 */
final class Progress {
  /** So many looks must agree: a moment with interrupts off is nothing. */
  static final int LOOKS = 6;
  private static final Pattern CPU = Pattern.compile("CPU#(\\d+)(.*?)(?=CPU#|\\z)", Pattern.DOTALL);
  private static final Pattern PLACE = Pattern.compile("RIP=([0-9a-f]{16}) RFL=([0-9a-f]+) .*?CPL=(\\d)");
  private static final long INTERRUPTS = 0x200;
  /** A loop has that much code at most. */
  private static final long SAME = 256;

  private final List<List<Long>> looks = new ArrayList<>();

  /**
   * Takes another look.
   *
   * @param registers what {@code info registers -a} says
   * @return whether a CPU is stuck
   */
  boolean isStuck(String registers) {
    List<Long> places = new ArrayList<>();
    Matcher cpu = CPU.matcher(registers);
    while (cpu.find()) {
      Matcher place = PLACE.matcher(cpu.group(2));
      boolean deaf = place.find() && place.group(3).equals("0")
          && (Long.parseUnsignedLong(place.group(2), 16) & INTERRUPTS) == 0;
      places.add(deaf ? Long.parseUnsignedLong(place.group(1), 16) : 0L);
    }
    looks.add(places);
    if (looks.size() > LOOKS) {
      looks.removeFirst();
    }
    for (int i = 0; looks.size() == LOOKS && i < places.size(); i++) {
      if (stays(i)) {
        return true;
      }
    }
    return false;
  }

  private boolean stays(int cpu) {
    long first = looks.getFirst().size() > cpu ? looks.getFirst().get(cpu) : 0;
    return first != 0
        && looks.stream().allMatch(look -> look.size() > cpu && Math.abs(look.get(cpu) - first) < SAME);
  }
}
