package org.ballastvm.testkit.study;

import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * All that was measured, to be read by people and by programs.
 *
 * @param kernelRelease the guest's kernel, as {@code uname -r} says it
 * @param host          where the guests ran, in words
 * @param plan          what was asked for
 * @param results       one for each mechanism, in the plan's order
 */
record StudyTable(String kernelRelease, String host, StudyPlan plan, List<MechanismResult> results) {
  private static final String ABSENT = "-";
  private static final String MEDIAN = "median";
  private static final int COLUMN = 14;

  StudyTable {
    results = List.copyOf(results);
  }

  /** {@return the medians: a line for each metric, a column for each mechanism, and a sentence for each that failed} */
  String text() {
    int first = List.of(Metric.values()).stream().mapToInt(metric -> metric.title().length()).max().orElseThrow();
    StringBuilder text = new StringBuilder("Linux ").append(kernelRelease).append(" on ").append(host).append('\n')
        .append(plan.title()).append(", seed ").append(plan.seed()).append("\n\n").append(" ".repeat(first));
    results.forEach(result -> text.append(right(result.mechanism().word())));
    text.append('\n');
    for (Metric metric : Metric.values()) {
      text.append(metric.title()).append(" ".repeat(first - metric.title().length()));
      for (MechanismResult result : results) {
        OptionalDouble median = metric.median(result.rounds());
        text.append(right(median.isPresent() ? metric.text(median.getAsDouble()) : ABSENT));
      }
      text.append('\n');
    }
    for (MechanismResult result : results) {
      result.failure()
          .ifPresent(sentence -> text.append('\n').append(result.mechanism().word()).append(": ").append(sentence));
    }
    return text.isEmpty() || text.charAt(text.length() - 1) == '\n' ? text.toString() : text.append('\n').toString();
  }

  private static String right(String word) { return " ".repeat(Math.max(1, COLUMN - word.length())) + word; }

  /** {@return every round and the medians, as RFC 4180 has it but for the ends of lines, which are Unix's} */
  String csv() {
    StringBuilder csv = new StringBuilder("kernel,means,memory_mib,resize_mib,load_mib,processors,seed,round");
    for (Metric metric : Metric.values()) {
      csv.append(',').append(metric.column());
    }
    csv.append(",failure\n");
    for (MechanismResult result : results) {
      for (int round = 0; round < result.rounds().size(); round++) {
        Measurement one = result.rounds().get(round);
        row(csv, result, Integer.toString(round + 1), List.of(one), "");
      }
      row(csv, result, MEDIAN, result.rounds(), result.failure().orElse(""));
    }
    return csv.toString();
  }

  private void row(StringBuilder csv, MechanismResult result, String round, List<Measurement> rounds, String failure) {
    csv.append(quoted(kernelRelease)).append(',').append(result.mechanism().word()).append(',')
        .append(plan.sizes().smallBytes() / Mechanism.MIB).append(',')
        .append(plan.sizes().resizeBytes() / Mechanism.MIB).append(',')
        .append(plan.loadMib()).append(',').append(plan.cpuCount()).append(',').append(plan.seed()).append(',')
        .append(round);
    for (Metric metric : Metric.values()) {
      OptionalDouble value = metric.median(rounds);
      csv.append(',').append(value.isPresent() ? number(value.getAsDouble()) : "");
    }
    csv.append(',').append(quoted(failure)).append('\n');
  }

  private static String number(double value) {
    return value == Math.rint(value)
        ? Long.toString(Math.round(value))
        : String.format(Locale.ROOT, "%.6f", value).replaceFirst("0+$", "");
  }

  private static String quoted(String field) {
    return field.matches("[^\",\r\n]*") ? field : '"' + field.replace("\"", "\"\"") + '"';
  }
}
