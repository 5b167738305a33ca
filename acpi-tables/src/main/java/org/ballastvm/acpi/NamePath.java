package org.ballastvm.acpi;

import java.util.ArrayList;
import java.util.List;

/**
 * The name of an object in the ACPI namespace (ACPI 6.5, 20.2.2 and 5.3): absolute, relative, or relative to an ancestor.
 *
 * @param absolute whether it starts at the root
 * @param parents how many levels up it starts, 0 for the current scope; always 0 when absolute
 * @param segments its parts, each padded to four characters by underscores
 */
public record NamePath(boolean absolute, int parents, List<String> segments) implements AmlTarget {
  private static final int MAX_SEGMENTS = 255;

  /**
   * Checks the parts.
   *
   * @throws IllegalArgumentException if a part is not an ACPI name segment, or there are more than 255
   */
  public NamePath {
    segments = List.copyOf(segments);
    if (segments.size() > MAX_SEGMENTS || parents < 0 || (absolute && parents > 0)) {
      throw new IllegalArgumentException("not an ACPI name: " + parents + " levels up, " + segments);
    }
    for (String segment : segments) {
      if (!isSegment(segment)) {
        throw new IllegalArgumentException("not an ACPI name segment: \"" + segment + "\"");
      }
    }
  }

  /** A machine's start checks hundreds, which a regular expression would make felt. */
  private static boolean isSegment(String segment) {
    for (int i = 0; i < segment.length(); i++) {
      char c = segment.charAt(i);
      boolean allowed = c >= 'A' && c <= 'Z' || c == '_' || c >= '0' && c <= '9' && i > 0;
      if (!allowed) {
        return false;
      }
    }
    return segment.length() == 4;
  }

  /**
   * Reads a path as ASL writes it: {@code \_SB.PCI0}, {@code ^^GED}, {@code COM1}, {@code \}.
   *
   * @throws IllegalArgumentException if it is not a path
   */
  public static NamePath of(String asl) {
    boolean absolute = asl.startsWith("\\");
    int start = absolute ? 1 : 0;
    while (!absolute && start < asl.length() && asl.charAt(start) == '^') {
      start++;
    }
    List<String> segments = new ArrayList<>();
    if (start < asl.length()) {
      for (String part : asl.substring(start).split("\\.", -1)) {
        segments.add(part + "_".repeat(Math.max(0, part.isEmpty() ? 0 : 4 - part.length())));
      }
    }
    return new NamePath(absolute, absolute ? 0 : start, segments);
  }

  @Override
  public String toString() { return (absolute ? "\\" : "^".repeat(parents)) + String.join(".", segments); }
}
