package org.ballastvm.rig;

import java.nio.file.Path;
import java.util.List;

/**
 * How big the rig is.
 *
 * @param cpuCount  processors that it emulates, each a thread of this host
 * @param memoryMiB its memory, which this host gives as it is touched
 * @param writable  directories that are shared read-write; all else that is written in the rig is forgotten
 * @param channels  how many programs can run in it at once
 */
public record RigConfig(int cpuCount, int memoryMiB, List<Path> writable, int channels) {
  /** The least memory of a rig, in MiB. */
  public static final int LEAST_MIB = 1024;
  /** The most memory of a rig, in MiB. */
  public static final int MOST_MIB = 1 << 20;

  private static final int MAX_CHANNELS = 9;

  public RigConfig {
    writable = List.copyOf(writable);
    if (cpuCount < 1 || memoryMiB < LEAST_MIB || memoryMiB > MOST_MIB || channels < 1 || channels > MAX_CHANNELS) {
      throw new IllegalArgumentException("a rig has at least one CPU, 1 GiB to 1 TiB, and 1 to " + MAX_CHANNELS
          + " channels, not " + cpuCount + ", " + memoryMiB + " and " + channels);
    }
  }

  /**
   * {@return what a test run needs: 7 GiB, eight programs at once, nothing to write on; and one CPU, as two make the
   * kernel of the rig crash when guests of its own run on both}
   */
  public static RigConfig ofTests() { return new RigConfig(1, 7168, List.of(), 8); }

  /** {@return the same with directories that are shared read-write} */
  public RigConfig writing(List<Path> directories) {
    return new RigConfig(cpuCount, memoryMiB, directories, channels);
  }

  /** {@return the same with another size of memory} */
  public RigConfig ofMemory(int otherMiB) {
    return new RigConfig(cpuCount, otherMiB, writable, channels);
  }
}
