package org.ballastvm.testkit.verdict;

import java.util.List;
import java.util.stream.Collectors;

/** Lines as text. */
final class Lines {
  private Lines() {}

  static String joined(List<String> lines) {
    return lines.stream().map(line -> line + "\n").collect(Collectors.joining());
  }
}
