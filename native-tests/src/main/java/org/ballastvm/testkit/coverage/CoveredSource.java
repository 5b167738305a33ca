package org.ballastvm.testkit.coverage;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How often the lines and functions of one source file ran.
 *
 * @param lines     executions, by the numbers of lines that have code, from 1
 * @param functions by their names
 */
public record CoveredSource(SortedMap<Integer, Long> lines, SortedMap<String, Function> functions) {
  /** A file without code. */
  static final CoveredSource EMPTY = new CoveredSource(Collections.emptySortedMap(), Collections.emptySortedMap());

  /**
   * How often a function ran.
   *
   * @param line  where it begins, from 1
   * @param calls how often it was entered
   */
  public record Function(int line, long calls) {
    private Function plus(Function other) { return new Function(line, calls + other.calls); }
  }

  public CoveredSource {
    lines = Collections.unmodifiableSortedMap(new TreeMap<>(lines));
    functions = Collections.unmodifiableSortedMap(new TreeMap<>(functions));
  }

  /** {@return how many lines ran} */
  public long linesHit() {
    return lines.values().stream().filter(count -> count > 0).count();
  }

  /** {@return how many functions were entered} */
  public long functionsHit() {
    return functions.values().stream().filter(function -> function.calls > 0).count();
  }

  /** {@return both together: a header is compiled into many objects} */
  CoveredSource plus(CoveredSource other) {
    SortedMap<Integer, Long> allLines = new TreeMap<>(lines);
    other.lines.forEach((line, count) -> allLines.merge(line, count, Long::sum));
    SortedMap<String, Function> allFunctions = new TreeMap<>(functions);
    other.functions.forEach((name, function) -> allFunctions.merge(name, function, Function::plus));
    return new CoveredSource(allLines, allFunctions);
  }
}
