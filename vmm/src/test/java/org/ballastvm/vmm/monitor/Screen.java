package org.ballastvm.vmm.monitor;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A terminal of endless width, as somebody sees it who types into a monitor. */
final class Screen {
  private final List<StringBuilder> rows = new ArrayList<>(List.of(new StringBuilder()));
  private int column;

  void show(byte[] bytes) {
    for (char c : new String(bytes, StandardCharsets.UTF_8).toCharArray()) {
      show(c);
    }
  }

  private void show(char c) {
    switch (c) {
      case '\r' -> column = 0;
      case '\n' -> rows.add(new StringBuilder(" ".repeat(column)));
      case '\b' -> {
        if (column == 0) {
          throw new AssertionError("the cursor was sent beyond the left edge");
        }
        column--;
      }
      default -> {
        StringBuilder row = rows.getLast();
        row.replace(column, Math.min(column + 1, row.length()), String.valueOf(c));
        column++;
      }
    }
  }

  /** {@return the row that the cursor is in, with a bar where the cursor is} */
  String row() {
    return new StringBuilder(rows.getLast()).insert(column, '|').toString().stripTrailing();
  }

  /** {@return all rows, without blanks at their ends} */
  List<String> rows() {
    return rows.stream().map(row -> row.toString().stripTrailing()).toList();
  }
}
