package org.ballastvm.testkit.study;

import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import org.ballastvm.testkit.numbers.Median;

/** A line of the table: what it is called, in which unit, and where it comes from. docs/study.md says how it is measured. */
enum Metric {
  GROW("time to grow", "s", "grow_s"), SHRINK("time to shrink", "s", "shrink_s"), RETURNED("returned to the host", "%",
      "returned_percent"), REST_STALL("guest stall p99, at rest", "ms", "stall_rest_ms"), GROW_STALL(
          "guest stall p99, growing", "ms", "stall_grow_ms"), SHRINK_STALL("guest stall p99, shrinking", "ms",
              "stall_shrink_ms"), GROW_CALLS("host calls, growing", "", "calls_grow"), SHRINK_CALLS(
                  "host calls, shrinking", "", "calls_shrink"), HUGE("huge pages kept", "%", "huge_percent");

  private static final int DIGITS = 3;

  private final String title;
  private final String unit;
  private final String column;

  Metric(String title, String unit, String column) {
    this.title = title;
    this.unit = unit;
    this.column = column;
  }

  /** {@return what it is, in words} */
  String title() { return title; }

  /** {@return its unit; empty for a count} */
  String unit() { return unit; }

  /** {@return its column's name in a file} */
  String column() { return column; }

  /** {@return what it was in one round; nothing where the host does not know} */
  OptionalDouble of(Measurement measurement) {
    return switch (this) {
      case GROW -> seconds(measurement.growNanos());
      case SHRINK -> seconds(measurement.shrinkNanos());
      case RETURNED -> OptionalDouble.of(measurement.returnedPercent());
      case REST_STALL -> milliseconds(measurement.restStallNanos());
      case GROW_STALL -> milliseconds(measurement.growStallNanos());
      case SHRINK_STALL -> milliseconds(measurement.shrinkStallNanos());
      case GROW_CALLS -> OptionalDouble.of((double) measurement.growCalls());
      case SHRINK_CALLS -> OptionalDouble.of((double) measurement.shrinkCalls());
      case HUGE -> measurement.hugePercent();
    };
  }

  private static OptionalDouble seconds(long nanos) { return OptionalDouble.of(nanos / 1e9); }

  private static OptionalDouble milliseconds(long nanos) { return OptionalDouble.of(nanos / 1e6); }

  /** {@return the median of it; nothing if no round has it} */
  OptionalDouble median(List<Measurement> rounds) {
    return Median.of(rounds.stream().map(this::of).flatMapToDouble(OptionalDouble::stream));
  }

  /** {@return a value with three digits that count, and no unit} */
  static String digits(double number) {
    double size = Math.abs(number);
    if (size == 0) {
      return "0";
    }
    int before = (int) Math.floor(Math.log10(size)) + 1;
    int behind = Math.clamp(DIGITS - before, 0, DIGITS);
    String text = String.format(Locale.ROOT, "%." + behind + "f", number);
    return behind == 0 ? text : text.replaceFirst("\\.?0+$", "");
  }

  /** {@return a value with its unit} */
  String text(double number) {
    String digits = digits(number);
    return unit.isEmpty() ? digits : unit.equals("%") ? digits + "%" : digits + " " + unit;
  }
}
