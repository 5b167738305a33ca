package org.ballastvm.record;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What has passed between a driver and its device, as it was recorded.
 *
 * @param header of which device
 * @param entries in their order
 */
public record Recording(RecordingHeader header, List<Entry> entries) {
  /** Copies the list. */
  public Recording {
    entries = List.copyOf(entries);
  }

  /**
   * Something that has passed.
   *
   * @param nanos when, since the recording began
   * @param event what
   */
  public record Entry(long nanos, RecordedEvent event) {
    /** {@return its line} */
    public String words() { return nanos + " " + event.words(); }
  }

  /**
   * Reads a recording. One that has no end, because whoever wrote it has not written its end, is read as far as its last
   * whole line.
   *
   * @param text all of it
   * @return what it says
   * @throws IllegalArgumentException a sentence, if it is none
   */
  public static Recording parse(String text) {
    String whole = text.substring(0, text.lastIndexOf('\n') + 1);
    List<String> lines = whole.lines().toList();
    RecordingHeader header = RecordingHeader.parse(lines.isEmpty() ? "" : lines.getFirst());
    List<Entry> entries = new ArrayList<>();
    for (String line : lines.subList(1, lines.size())) {
      entries.add(entry(line));
    }
    return new Recording(header, entries);
  }

  private static Entry entry(String line) {
    int space = line.indexOf(' ');
    if (space < 1 || space > 19 || !line.chars().limit(space).allMatch(each -> each >= '0' && each <= '9')) {
      throw new Fields(line, "").broken("it must begin with a time in nanoseconds");
    }
    return new Entry(Long.parseUnsignedLong(line.substring(0, space)),
        EventReader.read(line, line.substring(space + 1)));
  }

  /** {@return the text, which {@link #parse} reads} */
  public String text() {
    return header.words() + "\n" + entries.stream().map(entry -> entry.words() + "\n").collect(Collectors.joining());
  }

  /** {@return why it ended, if it has} */
  public Optional<String> end() {
    return entries.isEmpty() || !(entries.getLast().event() instanceof RecordedEvent.End end)
        ? Optional.empty()
        : Optional.of(end.why());
  }
}
