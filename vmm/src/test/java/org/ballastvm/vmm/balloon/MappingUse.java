package org.ballastvm.vmm.balloon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.ballastvm.kvm.HostMapping;

/**
 * What the kernel says of a mapping in {@code /proc/self/smaps}.
 *
 * @param bytes by the kernel's names, such as {@code Rss}
 */
record MappingUse(Map<String, Long> bytes) {
  static MappingUse of(HostMapping mapping) throws IOException {
    Map<String, Long> sums = new TreeMap<>();
    boolean isOurs = false;
    List<String> lines = Files.readAllLines(Path.of("/proc/self/smaps"));
    for (String line : lines) {
      String[] words = line.split("\\s+");
      if (words[0].matches("\\p{XDigit}+-\\p{XDigit}+")) {
        String[] ends = words[0].split("-");
        isOurs = within(mapping, Long.parseUnsignedLong(ends[0], 16), Long.parseUnsignedLong(ends[1], 16));
      } else if (isOurs && words.length == 3 && words[2].equals("kB")) {
        sums.merge(words[0].substring(0, words[0].length() - 1), Long.parseLong(words[1]) << 10, Long::sum);
      }
    }
    return new MappingUse(sums);
  }

  private static boolean within(HostMapping mapping, long start, long end) {
    long first = mapping.address();
    boolean touches = start < first + mapping.sizeBytes() && end > first;
    if (touches && (start < first || end > first + mapping.sizeBytes())) {
      throw new IllegalStateException("the kernel has joined the mapping with another, so its numbers are not its own");
    }
    return touches;
  }

  long get(String name) { return bytes.getOrDefault(name, 0L); }
}
