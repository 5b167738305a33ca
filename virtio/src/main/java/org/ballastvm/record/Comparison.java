package org.ballastvm.record;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** Finds where two recordings differ first. */
public final class Comparison {
  private static final int LINES_BEFORE = 5;
  private static final int LINES_FROM = 3;
  private static final String WHOLE = "all";
  private static final String DEVICE = "the device";
  private static final String CHANGES = "the changes of the configuration";

  private final Recording recording;
  private final Likeness likeness;
  private final int chainBytes;
  private final Map<String, List<Line>> parts = new LinkedHashMap<>();
  private final Map<Integer, String> names = new LinkedHashMap<>();
  private RecordedEvent.ConfigRead lastRead;

  /** A line, as far as it counts, and where it is in its recording. */
  private record Line(int number, String words) {}

  private Comparison(Recording recording, Likeness likeness, int chainBytes) {
    this.recording = recording;
    this.likeness = likeness;
    this.chainBytes = chainBytes;
    RecordingHeader header = recording.header();
    add(likeness == Likeness.WHAT_IS_SAID ? DEVICE : WHOLE, 1, likeness == Likeness.WHAT_IS_SAID
        ? "type=" + header.type() + " name=" + header.name()
        : header.words());
    for (int i = 0; i < header.queueSizes().size(); i++) {
      names.put(i, QueueNames.of(header.type(), header.features(), header.queueSizes().size(), i));
    }
    for (int i = 0; i < recording.entries().size(); i++) {
      read(i + 2, recording.entries().get(i));
    }
  }

  /**
   * Compares.
   *
   * @param first one recording
   * @param second another
   * @param likeness what must be the same
   * @return a text of where they differ first, with the lines around it; empty if they do not
   */
  public static Optional<String> firstDifference(Recording first, Recording second, Likeness likeness) {
    int chainBytes = Math.min(first.header().mostBytes(), second.header().mostBytes());
    Map<String, List<Line>> one = new Comparison(first, likeness, chainBytes).parts;
    Map<String, List<Line>> other = new Comparison(second, likeness, chainBytes).parts;
    TreeSet<String> all = new TreeSet<>(one.keySet());
    all.addAll(other.keySet());
    for (String part : all) {
      Optional<String> difference = difference(part, one.getOrDefault(part, List.of()),
          other.getOrDefault(part, List.of()));
      if (difference.isPresent()) {
        return difference;
      }
    }
    return Optional.empty();
  }

  private static Optional<String> difference(String part, List<Line> first, List<Line> second) {
    int at = 0;
    while (at < first.size() && at < second.size() && first.get(at).words.equals(second.get(at).words)) {
      at++;
    }
    if (at == first.size() && at == second.size()) {
      return Optional.empty();
    }
    StringBuilder text = new StringBuilder("the recordings differ")
        .append(part.equals(WHOLE) ? "" : " in what passed for " + part).append(", in line ").append(place(first, at))
        .append(" of the first and ").append(place(second, at)).append(" of the second:\n");
    for (int i = Math.max(0, at - LINES_BEFORE); i < at; i++) {
      text.append("    ").append(first.get(i).words).append('\n');
    }
    append(text, "  - ", first, at);
    append(text, "  + ", second, at);
    return Optional.of(text.toString());
  }

  private static String place(List<Line> lines, int at) {
    return at < lines.size() ? Integer.toString(lines.get(at).number) : "(none, it ends there)";
  }

  private static void append(StringBuilder text, String sign, List<Line> lines, int from) {
    for (int i = from; i < Math.min(lines.size(), from + LINES_FROM); i++) {
      text.append(sign).append(lines.get(i).words).append('\n');
    }
  }

  private void add(String part, int number, String words) {
    parts.computeIfAbsent(part, _ -> new ArrayList<>()).add(new Line(number, words));
  }

  private void read(int number, Recording.Entry entry) {
    switch (likeness) {
      case EXACTLY -> add(WHOLE, number, entry.words());
      case IGNORING_TIMES -> add(WHOLE, number, entry.event().words());
      case WHAT_IS_SAID -> readSaying(number, entry.event());
    }
  }

  private void readSaying(int number, RecordedEvent event) {
    RecordedEvent.ConfigRead readBefore = lastRead;
    int type = recording.header().type();
    switch (event) {
      case RecordedEvent.Status _,RecordedEvent.Features _,RecordedEvent.Reset _,RecordedEvent.NeedsReset _ -> {
        lastRead = null;
        add(DEVICE, number, event.words());
      }
      case RecordedEvent.QueueSetup queue -> {
        names.put(queue.queue(), queue.name());
        add(DEVICE, number, "queue queue=" + queue.queue() + " name=" + queue.name() + " size=" + queue.sizeEntries());
      }
      case RecordedEvent.ConfigRead read -> {
        if (!read.equals(readBefore)) {
          add(DEVICE, number, read.words());
        }
        lastRead = read;
      }
      case RecordedEvent.ConfigWrite write -> {
        lastRead = null;
        add(DEVICE, number, write.words());
      }
      case RecordedEvent.ConfigChange change -> add(CHANGES, number, change.words());
      case RecordedEvent.Offer offer -> add(queue(offer.queue()), number,
          "offer chain=" + offer.chain() + " read=" + Fields.lengths(offer.read()) + " write="
              + Fields.lengths(offer.write()) + " data=" + Meaning.request(type, cut(offer.data())));
      case RecordedEvent.Use use -> add("answers of " + queue(use.queue()), number,
          "use chain=" + (use.chain().isEmpty() ? "none" : use.chain().getAsLong()) + " length=" + use.length()
              + " data=" + Meaning.answer(type, cut(use.data())));
      case RecordedEvent.Ring _,RecordedEvent.Interrupt _,RecordedEvent.End _ -> {
        // How many there are depends on what the machine is busy with.
      }
    }
  }

  private String cut(String digits) { return digits.substring(0, Math.min(digits.length(), 2 * chainBytes)); }

  private String queue(int queue) { return "queue " + queue + " (" + names.getOrDefault(queue, "queue" + queue) + ")"; }
}
