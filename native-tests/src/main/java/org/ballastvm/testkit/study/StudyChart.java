package org.ballastvm.testkit.study;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import org.ballastvm.testkit.chart.Svg;

/** The medians of a study as a drawing: a panel for each question, in it a bar for each mechanism. */
final class StudyChart {
  private static final int PANEL_WIDTH = 470;
  private static final int MARGIN = 24;
  private static final int HEAD = 74;
  private static final int NAMES = 92;
  private static final int PLOT = 240;
  private static final int BAR = 15;
  private static final int GAP = 11;
  private static final int PANEL_HEAD = 26;
  private static final int AXIS = 30;
  private static final int LINE = 17;
  private static final int LINE_CHARACTERS = 128;
  private static final double FULL_PERCENT = 100;
  private static final int MOST_TICKS = 5;

  /** Light, and dark where the reader's screen is; without style sheets, light. Hues that colour-blind people can distinguish. */
  private static final String STYLE = """
      <style>
        text { font: 12px system-ui, "Segoe UI", "DejaVu Sans", sans-serif; fill: #24292f }
        .title { font-size: 17px; font-weight: 600 } .panel { font-size: 13px; font-weight: 600 }
        .small, .value { font-size: 11px; fill: #57606a } .value { paint-order: stroke; stroke-width: 3px; stroke: #ffffff }
        .ground { fill: #ffffff } .grid { stroke: #d8dee4 }
        .axis { stroke: #8c959f } .m0 { fill: #0072b2 } .m1 { fill: #d55e00 } .m2 { fill: #009e73 }
        @media (prefers-color-scheme: dark) {
          text { fill: #e6edf3 } .small, .value { fill: #9da7b3 } .value { stroke: #0d1117 }
          .ground { fill: #0d1117 } .grid { stroke: #30363d }
          .axis { stroke: #6e7681 } .m0 { fill: #56b4e9 } .m1 { fill: #e69f00 } .m2 { fill: #2bbf94 }
        }
      </style>
      """;

  /**
   * What one panel shows: with several metrics, each mechanism has a bar for each, and the words distinguish them.
   *
   * @param most what the axis reaches to at least; 0 for no matter
   */
  private record Panel(String title, String axis, double most, List<Metric> metrics, List<String> words) {
    static Panel of(String title, String axis, double most, Metric metric) {
      return new Panel(title, axis, most, List.of(metric), List.of(""));
    }
  }

  private static final List<Panel> PANELS = List.of(Panel.of("Time to grow", "seconds", 0, Metric.GROW),
      Panel.of("Time to shrink", "seconds", 0, Metric.SHRINK),
      new Panel("Guest stall, 99th percentile", "milliseconds", 0,
          List.of(Metric.REST_STALL, Metric.GROW_STALL, Metric.SHRINK_STALL),
          List.of("at rest", "growing", "shrinking")),
      new Panel("Host calls", "calls", 0, List.of(Metric.GROW_CALLS, Metric.SHRINK_CALLS),
          List.of("growing", "shrinking")),
      Panel.of("Returned to the host", "percent of what the guest let go of", FULL_PERCENT, Metric.RETURNED),
      Panel.of("Huge pages kept", "percent of what the guest keeps", FULL_PERCENT, Metric.HUGE));

  private final StudyTable table;
  private final StringBuilder svg = new StringBuilder();

  private StudyChart(StudyTable table) { this.table = table; }

  /** {@return an SVG document} */
  static String of(StudyTable table) { return new StudyChart(table).draw(); }

  private String draw() {
    List<String> notes = notes();
    int width = 2 * PANEL_WIDTH + 2 * MARGIN;
    int y = HEAD;
    for (int row = 0; row < PANELS.size() / 2; row++) {
      Panel left = PANELS.get(2 * row);
      Panel right = PANELS.get(2 * row + 1);
      panel(left, MARGIN, y);
      panel(right, MARGIN + PANEL_WIDTH, y);
      y += Math.max(height(left), height(right)) + MARGIN;
    }
    for (String note : notes) {
      text(MARGIN, y, "small", "start", note);
      y += LINE;
    }
    String title = "Linux " + table.kernelRelease() + ": memory that comes and goes";
    int height = y + MARGIN / 2;
    return "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + width + "\" height=\"" + height + "\" viewBox=\"0 0 "
        + width + ' ' + height + "\" role=\"img\" aria-label=\"" + Svg.escaped(title) + "\">\n<title>"
        + Svg.escaped(title)
        + "</title>\n" + STYLE + "<rect class=\"ground\" fill=\"#ffffff\" width=\"" + width + "\" height=\"" + height
        + "\" rx=\"6\"/>\n"
        + Svg.text(MARGIN, 34, "title", "start", title)
        + Svg.text(MARGIN, 54, "small", "start", table.plan().title() + ", on " + table.host()) + svg + "</svg>\n";
  }

  /** Why a mechanism has no bars, in lines that fit. */
  private List<String> notes() {
    List<String> lines = new ArrayList<>();
    for (MechanismResult result : table.results()) {
      result.failure().ifPresent(sentence -> {
        StringBuilder line = new StringBuilder(result.mechanism().word()).append(':');
        for (String word : sentence.split("\\s+")) {
          if (line.length() + word.length() >= LINE_CHARACTERS) {
            lines.add(line.toString());
            line.setLength(0);
            line.append("   ");
          }
          line.append(' ').append(word);
        }
        lines.add(line.toString());
      });
    }
    return lines;
  }

  private int height(Panel panel) {
    return PANEL_HEAD + table.results().size() * (panel.metrics.size() * BAR + GAP) + GAP + AXIS;
  }

  private void panel(Panel panel, int x, int y) {
    text(x, y + 12, "panel", "start", panel.title);
    int left = x + NAMES;
    int top = y + PANEL_HEAD;
    int bottom = y + height(panel) - AXIS;
    double step = Svg.step(most(panel), MOST_TICKS);
    double end = Math.max(step, Math.ceil(most(panel) / step - 1e-9) * step);
    for (int tick = 0; tick * step <= end * (1 + 1e-9); tick++) {
      double at = left + PLOT * tick * step / end;
      svg.append(String.format(Locale.ROOT,
          "<line class=\"%s\" stroke=\"#8c959f\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\"/>%n",
          tick == 0 ? "axis" : "grid", at, at, top, bottom));
      text(at, bottom + 14, "small", "middle", Metric.digits(tick * step));
    }
    text(left + PLOT / 2.0, bottom + 28, "small", "middle", panel.axis);
    int at = top + GAP;
    for (int number = 0; number < table.results().size(); number++) {
      bars(panel, number, left, at, end);
      at += panel.metrics.size() * BAR + GAP;
    }
  }

  private void bars(Panel panel, int number, int left, int y, double end) {
    MechanismResult result = table.results().get(number);
    int middle = y + panel.metrics.size() * BAR / 2;
    text(left - 8.0, middle + 4, "name", "end", result.mechanism().word());
    for (int each = 0; each < panel.metrics.size(); each++) {
      Metric metric = panel.metrics.get(each);
      OptionalDouble value = metric.median(result.rounds());
      int top = y + each * BAR;
      String word = panel.words.get(each);
      if (value.isEmpty()) {
        if (each == 0) {
          text(left + 6.0, middle + 4, "value", "start", "no figure");
        }
        continue;
      }
      double length = PLOT * Math.max(0, value.getAsDouble()) / end;
      svg.append(String.format(Locale.ROOT,
          "<rect class=\"m%d\" fill=\"#0072b2\" fill-opacity=\"%.2f\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\"/>%n",
          colour(result.mechanism()), 0.4 + 0.6 * (each + 1) / panel.metrics.size(), left, top + 1, length, BAR - 2));
      text(left + length + 5, top + 12, "value", "start",
          (metric.text(value.getAsDouble()) + ' ' + word).strip());
    }
  }

  private static int colour(Mechanism mechanism) {
    return switch (mechanism) {
      case Mechanism.Balloon balloon -> 0;
      case Mechanism.VirtioMem mem -> 1;
      case Mechanism.Dimm dimm -> 2;
    };
  }

  private double most(Panel panel) {
    double most = panel.most;
    for (MechanismResult result : table.results()) {
      for (Metric metric : panel.metrics) {
        most = Math.max(most, metric.median(result.rounds()).orElse(0));
      }
    }
    return most;
  }

  private void text(double x, double y, String kind, String anchor, String words) {
    svg.append(Svg.text(x, y, kind, anchor, words));
  }
}
