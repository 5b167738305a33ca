package org.ballastvm.testkit.coverage;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.ballastvm.rig.RigError;

/** Which lines the instructions of a {@code vmlinux}, or another program built with {@code -g}, are of: binutils knows. */
public final class Addresses {
  private static final Pattern SYMBOL = Pattern.compile("(?m)^([0-9a-f]+) \\w (\\S+)$");
  private static final Pattern ADDRESS = Pattern.compile("0x[0-9a-f]+");
  private static final Pattern LINE = Pattern.compile("(/.*):(\\d+)(?: \\(discriminator \\d+\\))?");

  private final Path program;

  private Addresses(Path program) { this.program = program; }

  /** {@return those of an ELF file} */
  public static Addresses of(Path program) {
    return new Addresses(program.toAbsolutePath());
  }

  /**
   * Finds where a symbol was linked to.
   *
   * @param name as {@code _text}
   * @return its address
   * @throws RigError if it has none
   */
  public long symbol(String name) {
    Matcher symbols = SYMBOL.matcher(String.join("\n", run(List.of("nm", program.toString()), List.of())));
    while (symbols.find()) {
      if (symbols.group(2).equals(name)) {
        return Long.parseUnsignedLong(symbols.group(1), 16);
      }
    }
    throw new RigError("coverage: " + program + " has no symbol " + name);
  }

  /**
   * Finds lines; a function that was inlined counts with the one that it is in.
   *
   * @param counts how often each address was passed
   * @return the lines that were; no others, and no functions
   * @throws RigError if there is no addr2line, or none of the addresses is in the program, or it has no debug information
   */
  public Tracefile lines(Map<Long, Long> counts) {
    List<String> addresses = counts.keySet().stream().map(address -> "0x" + Long.toHexString(address)).toList();
    Map<String, TreeMap<Integer, Long>> sources = new HashMap<>();
    long count = 0;
    for (String line : run(List.of("addr2line", "-a", "-i", "-e", program.toString()), addresses)) {
      Matcher place = LINE.matcher(line);
      if (ADDRESS.matcher(line).matches()) {
        count = counts.get(Long.parseUnsignedLong(line.substring(2), 16));
      } else if (place.matches() && !place.group(2).equals("0")) {
        sources.computeIfAbsent(Path.of(place.group(1)).normalize().toString(), path -> new TreeMap<>())
            .merge(Integer.valueOf(place.group(2)), count, Long::sum);
      }
    }
    if (sources.isEmpty() && !counts.isEmpty()) {
      throw new RigError(
          "coverage: " + program + " knows no line of what was passed; it must be that of the guest, built with"
              + " CONFIG_DEBUG_INFO");
    }
    TreeMap<String, CoveredSource> all = new TreeMap<>();
    sources.forEach((path, lines) -> all.put(path, new CoveredSource(lines, new TreeMap<>())));
    return new Tracefile(all);
  }

  private List<String> run(List<String> command, List<String> input) {
    Path words = null;
    try {
      words = Files.write(Files.createTempFile("ballast-addresses", ""), input);
      Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD)
          .redirectInput(words.toFile()).start();
      List<String> lines = new ArrayList<>();
      try (BufferedReader output = process.inputReader()) {
        output.lines().forEach(lines::add);
      }
      if (process.waitFor() != 0) {
        throw new RigError("coverage: " + command.getFirst() + " does not read " + program);
      }
      return lines;
    } catch (IOException e) {
      throw new RigError("coverage: " + command.getFirst() + " cannot be run on " + program
          + ": apt-get install binutils; " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RigError("interrupted while " + command.getFirst() + " runs", e);
    } finally {
      delete(words);
    }
  }

  private static void delete(Path words) {
    try {
      if (words != null) {
        Files.deleteIfExists(words);
      }
    } catch (IOException e) {
      throw new RigError("coverage: " + words + " cannot be removed: " + e.getMessage(), e);
    }
  }
}
