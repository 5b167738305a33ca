package org.ballastvm.testkit.look;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.ballastvm.rig.RigError;

/** Which pages of a guest's memory are written to, from {@link GuestMemoryView#noteWrites} on until this is closed. */
public final class WriteNotes implements AutoCloseable {
  private static final Pattern RANGE = Pattern.compile("(?m)^(\\p{XDigit}{16})-(\\p{XDigit}{16}) (\\w+)$");
  private static final String MORE = "and more behind those";

  private final MonitorLine monitor;

  WriteNotes(MonitorLine monitor) {
    this.monitor = monitor;
    restart();
  }

  /** Forgets what was noted. */
  public void restart() { monitor.run("watch_pages on"); }

  /**
   * What was written of a range.
   *
   * @param address physical
   * @param sizeBytes above zero; whole pages count
   * @return in the order of addresses
   * @throws RigError if a reset has ended this, or there are more than 4096 ranges
   */
  public List<WrittenRange> written(long address, long sizeBytes) {
    String said = monitor.ask("info written-pages 0x%x 0x%x".formatted(address, sizeBytes));
    if (said.contains(MORE)) {
      throw new RigError("more than 4096 ranges were written to, from 0x%x on: look at less".formatted(address));
    }
    List<WrittenRange> ranges = new ArrayList<>();
    RANGE.matcher(said).results().forEach((MatchResult range) -> {
      long from = Long.parseUnsignedLong(range.group(1), 16);
      ranges.add(new WrittenRange(from, Long.parseUnsignedLong(range.group(2), 16) - from, range.group(3)));
    });
    return List.copyOf(ranges);
  }

  @Override
  public void close() { monitor.run("watch_pages off"); }
}
