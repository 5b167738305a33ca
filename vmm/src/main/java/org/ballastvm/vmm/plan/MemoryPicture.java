package org.ballastvm.vmm.plan;

import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import org.ballastvm.vmm.config.ByteSize;
import org.ballastvm.vmm.memory.MemoryRun;

/**
 * Draws a guest's address space, node by node: one character for each run of memory.
 *
 * <p>
 * A character is what most of its run is: held by the balloon, not plugged, base memory or plugged; the last two as a
 * capital where the host holds at least half of what is there.
 */
public final class MemoryPicture {
  /** What the characters mean. */
  public static final String LEGEND = "B b base memory, P p plugged: a capital where at least half is resident on the host; "
      + "o in the balloon; . not plugged";

  private static final int LINE = 64;
  /** More would not be looked at. */
  private static final int MOST_CHARACTERS = 1024;
  private static final long LEAST_RUN_BYTES = 1L << 20;

  private MemoryPicture() {}

  /**
   * A part of the address space.
   *
   * @param name what it is
   * @param node its node
   * @param base whether it is base memory, and not pluggable
   * @param runs what is where in it
   */
  public record Strip(String name, int node, boolean base, List<MemoryRun> runs) {}

  /**
   * How long a run is.
   *
   * @param bytes of all strips together
   * @return a power of two, so that there are at most about a thousand
   */
  public static long runBytes(long bytes) {
    long run = LEAST_RUN_BYTES;
    while (bytes / run > MOST_CHARACTERS) {
      run <<= 1;
    }
    return run;
  }

  /**
   * Draws.
   *
   * @param runBytes how long a run is
   * @param strips what there is
   * @return lines, each with its end
   */
  public static String of(long runBytes, List<Strip> strips) {
    StringBuilder text = new StringBuilder().append("one character is ").append(ByteSize.describe(runBytes))
        .append(": ").append(LEGEND).append('\n');
    strips.stream().map(Strip::node).distinct().sorted().forEach(node -> {
      List<Strip> here = strips.stream().filter(strip -> strip.node == node).toList();
      text.append("node ").append(node).append(": ").append(summary(here)).append('\n');
      here.forEach(strip -> draw(text, strip));
    });
    return text.toString();
  }

  private static String summary(List<Strip> strips) {
    List<MemoryRun> base = strips.stream().filter(Strip::base).flatMap(strip -> strip.runs.stream()).toList();
    List<MemoryRun> devices = strips.stream().filter(strip -> !strip.base).flatMap(strip -> strip.runs.stream())
        .toList();
    List<MemoryRun> all = strips.stream().flatMap(strip -> strip.runs.stream()).toList();
    return mebibytes(base.stream().mapToLong(MemoryRun::bytes).sum()) + " base, "
        + mebibytes(devices.stream().mapToLong(MemoryRun::presentBytes).sum()) + " plugged, "
        + mebibytes(devices.stream().mapToLong(run -> run.bytes() - run.presentBytes()).sum()) + " unplugged, "
        + mebibytes(all.stream().mapToLong(MemoryRun::heldBytes).sum()) + " ballooned, "
        + mebibytes(all.stream().mapToLong(MemoryRun::residentBytes).sum()) + " resident";
  }

  private static String mebibytes(long bytes) { return (bytes >> 20) + " MiB"; }

  private static void draw(StringBuilder text, Strip strip) {
    IntFunction<String> line = first -> strip.runs.subList(first, Math.min(first + LINE, strip.runs.size())).stream()
        .map(run -> Character.toString(character(strip.base, run))).collect(Collectors.joining());
    for (int first = 0; first < strip.runs.size(); first += LINE) {
      text.append(String.format("  %012x %-8s ", strip.runs.get(first).gpa(), first == 0 ? strip.name : ""))
          .append(line.apply(first)).append('\n');
    }
  }

  static char character(boolean base, MemoryRun run) {
    if (run.presentBytes() * 2 < run.bytes() || run.presentBytes() == 0) {
      return '.';
    }
    if (run.heldBytes() * 2 >= run.presentBytes()) {
      return 'o';
    }
    boolean resident = run.residentBytes() * 2 >= run.presentBytes();
    return base ? resident ? 'B' : 'b' : resident ? 'P' : 'p';
  }
}
