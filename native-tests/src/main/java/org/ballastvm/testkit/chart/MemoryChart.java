package org.ballastvm.testkit.chart;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/**
 * Memory of a guest and of its host over time as an SVG document. What it draws comes from a guest, so it may be anything:
 * values that cannot be are left out, and times that go backwards.
 */
public final class MemoryChart {
  private static final int WIDTH = 980;
  private static final int HEIGHT = 480;
  private static final int LEFT = 64;
  private static final int RIGHT = 750;
  private static final int TOP = 124;
  private static final int BOTTOM = 420;
  private static final int MOST_TIME_TICKS = 10;
  private static final int MOST_MEMORY_TICKS = 5;
  private static final int PHASE_ROWS = 3;
  private static final int PHASE_LINE = 15;
  private static final double CHARACTER = 6.4;
  private static final int MOST_CHARACTERS = 32;
  private static final int LABEL_LINE = 16;
  /** 16 TiB: more than a machine can have. */
  private static final long MOST_MIB = 1L << 24;

  /** Light, and dark where the reader's screen is; without style sheets, light. Each line has dashes of its own, too. */
  private static final String STYLE = """
      <style>
        text { font: 12px system-ui, "Segoe UI", "DejaVu Sans", sans-serif; fill: #24292f }
        .title { font-size: 17px; font-weight: 600 } .small { font-size: 11px; fill: #57606a }
        .phase { font-size: 11px; fill: #24292f } .label { font-weight: 600 }
        .ground { fill: #ffffff } .band { fill: #f0f3f6 } .grid { stroke: #d8dee4 } .axis, .edge { stroke: #8c959f }
        .line { fill: none; stroke-width: 2; stroke-linejoin: round } .area { stroke: none; fill-opacity: 0.18 }
        .area, .dot.resident, .label.resident { fill: #c04f00 } .line.resident { stroke: #c04f00 }
        .dot.total, .label.total { fill: #0072b2 } .line.total { stroke: #0072b2 }
        .dot.actual, .label.actual { fill: #00795a } .line.actual { stroke: #00795a }
        .dot.available, .label.available { fill: #8c3a78 } .line.available { stroke: #8c3a78 }
        @media (prefers-color-scheme: dark) {
          text, .phase { fill: #e6edf3 } .small { fill: #9da7b3 }
          .ground { fill: #0d1117 } .band { fill: #161b22 } .grid { stroke: #30363d } .axis, .edge { stroke: #6e7681 }
          .area, .dot.resident, .label.resident { fill: #f0a030 } .line.resident { stroke: #f0a030 }
          .dot.total, .label.total { fill: #56b4e9 } .line.total { stroke: #56b4e9 }
          .dot.actual, .label.actual { fill: #2bbf94 } .line.actual { stroke: #2bbf94 }
          .dot.available, .label.available { fill: #e08bc8 } .line.available { stroke: #e08bc8 }
        }
      </style>
      """;

  /**
   * What is drawn.
   *
   * @param kind its class in the style sheet
   * @param words its name
   * @param colour of its line without style sheets
   * @param dashes of its line, as SVG has them
   * @param value reads it
   */
  private record Measure(String kind, String words, String colour, String dashes, ToLongFunction<MemorySample> value) {
    long of(MemorySample sample) { return value.applyAsLong(sample); }

    boolean isKnown(MemorySample sample) { return of(sample) >= 0 && of(sample) <= MOST_MIB; }
  }

  private static final Measure RESIDENT = new Measure("resident", "host: resident", "#c04f00", "none",
      MemorySample::residentMib);
  /** The first lies undermost. */
  private static final List<Measure> MEASURES = List.of(RESIDENT,
      new Measure("total", "guest: MemTotal", "#0072b2", "none", MemorySample::totalMib),
      new Measure("actual", "balloon: actual", "#00795a", "7 4", MemorySample::actualMib),
      new Measure("available", "guest: MemAvailable", "#8c3a78", "2 3", MemorySample::availableMib));

  private final List<MemorySample> samples = new ArrayList<>();
  private final List<Phase> phases;
  private final double endSeconds;
  private final long stepMib;
  private final long topMib;
  private final StringBuilder svg = new StringBuilder();

  private MemoryChart(List<MemorySample> taken, List<Phase> named) {
    double last = 0;
    for (MemorySample sample : taken) {
      if (isTime(sample.seconds()) && sample.seconds() >= last) {
        samples.add(sample);
        last = sample.seconds();
      }
    }
    phases = named.stream().filter(phase -> isTime(phase.seconds()))
        .map(phase -> new Phase(phase.seconds(), shortened(phase.name())))
        .sorted(Comparator.comparingDouble(Phase::seconds)).toList();
    endSeconds = Math.max(Math.max(last, phases.isEmpty() ? 0 : phases.getLast().seconds()), 1);
    long most = samples.stream().flatMapToLong(sample -> MEASURES.stream()
        .filter(measure -> measure.isKnown(sample)).mapToLong(measure -> measure.of(sample))).max().orElse(0);
    long step = 1;
    while (most > step * MOST_MEMORY_TICKS) {
      step *= 2;
    }
    stepMib = step;
    topMib = Math.max(1, (most + step - 1) / step) * step;
  }

  private static String shortened(String name) {
    int[] points = name.codePoints().toArray();
    return points.length <= MOST_CHARACTERS ? name : new String(points, 0, MOST_CHARACTERS - 1) + '\u2026';
  }

  private static boolean isTime(double seconds) { return seconds >= 0 && seconds <= Integer.MAX_VALUE; }

  /**
   * Draws a run.
   *
   * @param title what it is of
   * @param about where it ran, in smaller letters
   * @param samples in the order in which they were taken, or none
   * @param phases the parts of the run, or none
   * @return an SVG document
   */
  public static String of(String title, String about, List<MemorySample> samples, List<Phase> phases) {
    return new MemoryChart(samples, phases).draw(title, about);
  }

  private String draw(String title, String about) {
    bands();
    axes();
    for (Measure measure : MEASURES) {
      line(measure);
    }
    labels();
    return "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + WIDTH + "\" height=\"" + HEIGHT + "\" viewBox=\"0 0 "
        + WIDTH + ' ' + HEIGHT + "\" role=\"img\" aria-labelledby=\"title desc\">\n<title id=\"title\">"
        + Svg.escaped(title) + "</title>\n<desc id=\"desc\">" + Svg.escaped(description()) + "</desc>\n" + STYLE
        + "<rect class=\"ground\" fill=\"#ffffff\" width=\"" + WIDTH + "\" height=\"" + HEIGHT + "\" rx=\"6\"/>\n"
        + Svg.text(24, 34, "title", "start", title) + Svg.text(24, 54, "small", "start", about) + svg + "</svg>\n";
  }

  private double x(double seconds) { return LEFT + (RIGHT - LEFT) * seconds / endSeconds; }

  private double y(long mib) { return BOTTOM - (double) (BOTTOM - TOP) * mib / topMib; }

  /** The phases: every other one on another ground, each with its name above. */
  private void bands() {
    int[] rows = phaseRows();
    for (int number = 0; number < phases.size(); number++) {
      Phase phase = phases.get(number);
      double from = x(phase.seconds());
      double to = x(number + 1 < phases.size() ? phases.get(number + 1).seconds() : endSeconds);
      if (number % 2 == 0) {
        svg.append(String.format(Locale.ROOT,
            "<rect class=\"band\" fill=\"#f0f3f6\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\"/>%n", from, TOP,
            to - from, BOTTOM - TOP));
      }
      double baseline = TOP - 7 - PHASE_LINE * rows[number];
      svg.append(String.format(Locale.ROOT,
          "<line class=\"edge\" stroke=\"#8c959f\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%d\"/>%n", from, from,
          baseline - 9, BOTTOM));
      svg.append(Svg.text(from + 4, baseline, "phase", "start", phase.name()));
    }
  }

  /** The row of each phase's name, from below: a name that reaches into later phases stands above theirs. */
  private int[] phaseRows() {
    int[] rows = new int[phases.size()];
    for (int number = rows.length - 1; number >= 0; number--) {
      Phase phase = phases.get(number);
      double end = x(phase.seconds()) + CHARACTER * (phase.name().length() + 2);
      for (int later = number + 1; later < rows.length && x(phases.get(later).seconds()) < end; later++) {
        rows[number] = Math.min(PHASE_ROWS - 1, Math.max(rows[number], rows[later] + 1));
      }
    }
    return rows;
  }

  private void axes() {
    for (long mib = 0; mib <= topMib; mib += stepMib) {
      svg.append(String.format(Locale.ROOT,
          "<line class=\"%s\" stroke=\"#8c959f\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>%n",
          mib == 0 ? "axis" : "grid", LEFT, RIGHT, y(mib), y(mib)));
      svg.append(Svg.text(LEFT - 8, y(mib) + 4, "small", "end", Long.toString(mib)));
    }
    svg.append(Svg.text(LEFT - 8, TOP - 12, "small", "end", "MiB"));
    double step = Math.max(1, Svg.step(endSeconds, MOST_TIME_TICKS));
    for (int tick = 0; tick * step <= endSeconds * (1 + 1e-9); tick++) {
      svg.append(Svg.text(x(tick * step), BOTTOM + 18, "small", "middle", Long.toString(Math.round(tick * step))));
    }
    svg.append(Svg.text((LEFT + RIGHT) / 2.0, BOTTOM + 38, "small", "middle", "seconds since the guest was up"));
    if (samples.isEmpty()) {
      svg.append(Svg.text((LEFT + RIGHT) / 2.0, (TOP + BOTTOM) / 2.0, "small", "middle", "no samples"));
    }
  }

  /** A line for each run of known values; one that stands alone is a dot. */
  private void line(Measure measure) {
    List<MemorySample> run = new ArrayList<>();
    for (MemorySample sample : samples) {
      if (measure.isKnown(sample)) {
        run.add(sample);
      } else {
        run(measure, run);
        run.clear();
      }
    }
    run(measure, run);
  }

  private void run(Measure measure, List<MemorySample> run) {
    if (run.size() == 1) {
      svg.append(String.format(Locale.ROOT, "<circle class=\"dot %s\" fill=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"3\"/>%n",
          measure.kind, measure.colour,
          x(run.getFirst().seconds()), y(measure.of(run.getFirst()))));
    } else if (run.size() > 1) {
      String points = run.stream()
          .map(sample -> String.format(Locale.ROOT, "%.1f,%.1f", x(sample.seconds()), y(measure.of(sample))))
          .collect(Collectors.joining(" "));
      if (measure == RESIDENT) {
        svg.append(String.format(Locale.ROOT,
            "<polygon class=\"area\" fill=\"%s\" fill-opacity=\"0.18\" points=\"%.1f,%d %s %.1f,%d\"/>%n",
            measure.colour, x(run.getFirst().seconds()), BOTTOM, points, x(run.getLast().seconds()), BOTTOM));
      }
      svg.append(String.format(Locale.ROOT,
          "<polyline class=\"line %s\" fill=\"none\" stroke=\"%s\" stroke-dasharray=\"%s\" points=\"%s\"/>%n",
          measure.kind, measure.colour, measure.dashes, points));
    }
  }

  /** Each line's name and last value beside its end, apart from the others. */
  private void labels() {
    List<Measure> shown = MEASURES.stream()
        .filter(measure -> samples.stream().anyMatch(measure::isKnown))
        .sorted(Comparator.comparingDouble(measure -> y(lastOf(measure)))).toList();
    double free = TOP;
    for (int number = 0; number < shown.size(); number++) {
      Measure measure = shown.get(number);
      double lowest = BOTTOM - LABEL_LINE * (shown.size() - 1.0 - number);
      double at = Math.max(free, Math.min(lowest, y(lastOf(measure))));
      svg.append(Svg.text(RIGHT + 10, at + 4, "label " + measure.kind, "start",
          measure.words + ' ' + lastOf(measure) + " MiB"));
      free = at + LABEL_LINE;
    }
  }

  private long lastOf(Measure measure) {
    return measure.of(samples.stream().filter(measure::isKnown).reduce((first, second) -> second).orElseThrow());
  }

  /** The run in words: what was measured last in each phase. */
  private String description() {
    StringBuilder words = new StringBuilder("Memory in MiB over " + Math.round(endSeconds) + " seconds.");
    for (int number = 0; number < phases.size(); number++) {
      Phase phase = phases.get(number);
      double end = number + 1 < phases.size() ? phases.get(number + 1).seconds() : Double.MAX_VALUE;
      words.append(" From ").append(Math.round(phase.seconds())).append(" s, ").append(phase.name());
      samples.stream().filter(sample -> sample.seconds() >= phase.seconds() && sample.seconds() < end)
          .reduce((first, second) -> second).ifPresent(last -> words.append(MEASURES.stream()
              .filter(measure -> measure.isKnown(last)).map(measure -> measure.words + ' ' + measure.of(last))
              .collect(Collectors.joining(", ", "; at its end: ", ""))));
      words.append('.');
    }
    return words.toString();
  }
}
