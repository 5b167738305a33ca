package org.ballastvm.testkit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** How tests ended on which kernels: a table, as HTML and as Markdown. */
final class KernelMatrix {
  /** How one test ended on one kernel. */
  sealed interface Cell {}

  record Passed(long millis) implements Cell {}

  record Failed(long millis, String sentence) implements Cell {}

  record Skipped(String sentence) implements Cell {}

  /** It began, and the run ended before it. */
  record Unfinished() implements Cell {}

  private final Map<String, Map<String, Cell>> rows = new TreeMap<>();
  private final Set<String> kernels = new LinkedHashSet<>();

  /** A test begins. */
  synchronized void announce(String test, String kernel) { note(test, kernel, new Unfinished()); }

  /** A test has ended. */
  synchronized void note(String test, String kernel, Cell cell) {
    kernels.add(kernel);
    rows.computeIfAbsent(test, name -> new LinkedHashMap<>()).put(kernel, cell);
  }

  synchronized boolean isEmpty() { return rows.isEmpty(); }

  /** {@return a table of Markdown, and behind it a line for each test that did not pass} */
  synchronized String markdown() {
    StringBuilder page = new StringBuilder("# Tests by kernel\n\n| test |");
    kernels.forEach(kernel -> page.append(" `").append(kernel).append("` |"));
    page.append("\n|---|").append("---|".repeat(kernels.size())).append('\n');
    rows.forEach((test, cells) -> {
      page.append("| ").append(plain(test)).append(" |");
      kernels.forEach(kernel -> page.append(' ').append(word(cells.get(kernel))).append(" |"));
      page.append('\n');
    });
    List<String> reasons = reasons();
    if (!reasons.isEmpty()) {
      page.append('\n');
      reasons.forEach(reason -> page.append("- ").append(plain(reason)).append('\n'));
    }
    return page.toString();
  }

  private static String plain(String text) { return text.replaceAll("([\\\\`*_\\[\\]<>|#])", "\\\\$1"); }

  /** {@return a page by itself} */
  synchronized String html() {
    String head = kernels.stream().map(kernel -> "<th scope=\"col\">" + escaped(kernel) + "</th>")
        .collect(Collectors.joining());
    String body = rows.entrySet().stream()
        .map(row -> "<tr><th scope=\"row\">" + escaped(row.getKey()) + "</th>"
            + kernels.stream().map(kernel -> cell(row.getValue().get(kernel))).collect(Collectors.joining())
            + "</tr>\n")
        .collect(Collectors.joining());
    String reasons = reasons().stream().map(reason -> "<li>" + escaped(reason) + "</li>\n")
        .collect(Collectors.joining());
    return """
        <!DOCTYPE html>
        <html lang="en"><head><meta charset="utf-8"><title>Tests by kernel</title>
        <style>
        body { font-family: sans-serif; margin: 2em } table { border-collapse: collapse }
        th, td { border: 1px solid #999; padding: .3em .8em; text-align: left }
        .passed { background: #d9f2d9 } .failed { background: #f6c9c9 } .skipped { background: #eee }
        </style></head><body>
        <h1>Tests by kernel</h1>
        <table><thead><tr><th scope="col">test</th>%s</tr></thead><tbody>
        %s</tbody></table>
        <ul>
        %s</ul>
        </body></html>
        """.formatted(head, body, reasons);
  }

  private static String cell(Cell cell) {
    String kind = switch (cell) {
      case null -> "";
      case Passed _ -> "passed";
      case Failed _,Unfinished _ -> "failed";
      case Skipped _ -> "skipped";
    };
    return "<td class=\"" + kind + "\">" + word(cell) + "</td>";
  }

  private static String word(Cell cell) {
    return switch (cell) {
      case null -> "";
      case Passed passed -> "passed " + seconds(passed.millis);
      case Failed failed -> "FAILED " + seconds(failed.millis);
      case Skipped _ -> "skipped";
      case Unfinished _ -> "UNFINISHED";
    };
  }

  private List<String> reasons() {
    List<String> reasons = new ArrayList<>();
    rows.forEach((test, cells) -> cells.forEach((kernel, cell) -> {
      switch (cell) {
        case Failed failed -> reasons.add(test + " on " + kernel + ": " + failed.sentence);
        case Skipped skipped -> reasons.add(test + " on " + kernel + " was skipped: " + skipped.sentence);
        case Passed _,Unfinished _ -> {
        }
      }
    }));
    return reasons;
  }

  private static String seconds(long millis) { return String.format(Locale.ROOT, "%.1f s", millis / 1000.0); }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
  }
}
