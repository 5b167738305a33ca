package org.ballastvm.acpi;

import java.util.List;

/**
 * How far proximity domains are from each other (ACPI 6.5, 5.2.17).
 *
 * @param distances a square matrix, row by row: 10 on the diagonal, 11 to 254 elsewhere, 255 for "unreachable"
 */
public record Slit(List<List<Integer>> distances) implements AcpiTable {
  /** The distance of a domain to itself. */
  public static final int LOCAL = 10;
  private static final int UNREACHABLE = 255;

  /** Checks shape and values. */
  public Slit {
    distances = distances.stream().map(List::copyOf).toList();
    for (int from = 0; from < distances.size(); from++) {
      if (distances.get(from).size() != distances.size()) {
        throw new IllegalArgumentException("the distances are not a square matrix: " + distances);
      }
      for (int to = 0; to < distances.size(); to++) {
        int distance = distances.get(from).get(to);
        if (from == to ? distance != LOCAL : distance <= LOCAL || distance > UNREACHABLE) {
          throw new IllegalArgumentException(
              "the distance from domain " + from + " to " + to + " cannot be " + distance);
        }
      }
    }
  }

  @Override
  public String signature() { return "SLIT"; }

  @Override
  public int revision() { return 1; }

  @Override
  public byte[] body() {
    ByteSink out = new ByteSink().u64(distances.size());
    distances.forEach(row -> row.forEach(out::u8));
    return out.toArray();
  }
}
