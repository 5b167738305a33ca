package org.ballastvm.testkit.coverage;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How often lines and functions of sources ran: what lcov calls a tracefile.
 *
 * @param sources by their absolute paths
 */
public record Tracefile(SortedMap<String, CoveredSource> sources) {
  /** Of no source. */
  public static final Tracefile EMPTY = new Tracefile(Collections.emptySortedMap());

  public Tracefile {
    sources = Collections.unmodifiableSortedMap(new TreeMap<>(sources));
  }

  /**
   * Finds a source.
   *
   * @param end the end of its path, as {@code drivers/virtio/virtio_balloon.c}
   * @return what ran of it; a source without lines if nothing of it was compiled to be counted
   */
  public CoveredSource source(String end) {
    return sources.entrySet().stream().filter(source -> ("/" + source.getKey()).endsWith("/" + end)).map(
        source -> source.getValue()).reduce(CoveredSource.EMPTY, CoveredSource::plus);
  }

  /** {@return both together, each count the sum} */
  public Tracefile plus(Tracefile other) {
    SortedMap<String, CoveredSource> all = new TreeMap<>(sources);
    other.sources.forEach((path, source) -> all.merge(path, source, CoveredSource::plus));
    return new Tracefile(all);
  }

  /**
   * Writes it as lcov and genhtml read it (geninfo(1), "TRACEFILE FORMAT").
   *
   * @param test the name of the test; lcov wants letters, digits and underscores, and gets those for all else
   * @return the text
   */
  public String text(String test) {
    StringBuilder text = new StringBuilder();
    sources.forEach((path, source) -> {
      text.append("TN:").append(test.replaceAll("[^A-Za-z0-9_]", "_")).append('\n');
      text.append("SF:").append(path).append('\n');
      append(text, source);
      text.append("end_of_record\n");
    });
    return text.toString();
  }

  private static void append(StringBuilder text, CoveredSource source) {
    source.functions().forEach(
        (name, function) -> text.append("FN:").append(function.line()).append(',').append(name).append('\n'));
    source.functions().forEach(
        (name, function) -> text.append("FNDA:").append(function.calls()).append(',').append(name).append('\n'));
    text.append("FNF:").append(source.functions().size()).append('\n');
    text.append("FNH:").append(source.functionsHit()).append('\n');
    source.lines().forEach((line, count) -> text.append("DA:").append(line).append(',').append(count).append('\n'));
    text.append("LF:").append(source.lines().size()).append('\n');
    text.append("LH:").append(source.linesHit()).append('\n');
  }
}
