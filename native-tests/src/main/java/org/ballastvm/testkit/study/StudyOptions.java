package org.ballastvm.testkit.study;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import org.ballastvm.testkit.chart.OutputFile;
import org.ballastvm.vmm.command.Arguments;
import org.ballastvm.vmm.config.ByteSize;
import org.ballastvm.vmm.config.UserError;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/**
 * What a user wants of {@code ballast study}.
 *
 * @param plan    what to measure
 * @param kernel  a kernel of the user's own
 * @param modules its modules
 * @param initrd  an initrd to unpack first
 * @param append  what to add to the kernel's command line
 * @param csv     where to write the table
 * @param svg     where to write the chart
 */
record StudyOptions(StudyPlan plan, Optional<Path> kernel, Optional<Path> modules, Optional<Path> initrd,
    String append, Optional<OutputFile> csv, Optional<OutputFile> svg) {
  private static final long LEAST_MEMORY = 256L << 20;
  private static final long MOST_MEMORY = 1L << 40;
  /** Kernel, programs and what is kept free. */
  private static final long BESIDE_LOAD = 160L << 20;
  private static final int MOST_CPUS = 64;
  private static final int MOST_ROUNDS = 99;
  private static final int MOST_PATIENCE = 3600;

  static void describe(CommandSpec spec) {
    spec.addOption(Arguments.path("--kernel", "FILE",
        "a kernel of your own, a bzImage or an ELF vmlinux, instead of Debian's"));
    spec.addOption(Arguments.path("--modules", "DIR",
        "its modules, as /lib/modules/RELEASE, which is taken if it is there"));
    spec.addOption(Arguments.path("--initrd", "FILE",
        "an initrd to unpack first, for the modules in it; its init does not run"));
    spec.addOption(Arguments.value("--append", "TEXT", "more for the kernel's command line"));
    spec.addOption(Arguments.value("--memory", "SIZE",
        "what the guest has when it is small: MiB, or with a suffix; 1G"));
    spec.addOption(Arguments.value("--resize", "SIZE", "what comes and goes, in steps of 128M; 1G"));
    spec.addOption(Arguments.value("--load", "MIB",
        "what a program in the guest holds and writes to all the while; 256, or 0 for none"));
    spec.addOption(Arguments.value("--smp", "N", "processors of the guest, 1 to 64; 2"));
    spec.addOption(Arguments.value("--rounds", "N",
        "guests for each means, of which the medians are shown, 1 to 99; 3"));
    spec.addOption(Arguments.word("--means", "LIST", Mechanism.all().stream().map(Mechanism::word).toList(),
        "which to compare, of balloon,virtio-mem,dimm"));
    spec.addOption(Arguments.value("--patience", "N", "seconds that a guest may take for one step; 120"));
    spec.addOption(Arguments.value("--seed", "N", "of the order in which the load writes; another each time"));
    spec.addOption(Arguments.path("--csv", "FILE", "write every round and the medians there"));
    spec.addOption(Arguments.path("--svg", "FILE", "draw the medians there"));
    spec.usageMessage().footer("docs/study.md says what is measured.");
  }

  /**
   * Checks what was given.
   *
   * @throws UserError if a value makes no sense
   */
  static StudyOptions of(ParseResult given) {
    Values values = new Values(given);
    Optional<Path> kernel = values.of("--kernel", StudyOptions::file);
    Optional<Path> modules = values.of("--modules", StudyOptions::directory);
    Optional<Path> initrd = values.of("--initrd", StudyOptions::file);
    if (kernel.isEmpty()) {
      modules.ifPresent(path -> {
        throw new UserError("study --modules " + path + ": needs --kernel, the kernel that they belong to");
      });
      initrd.ifPresent(path -> {
        throw new UserError("study --initrd " + path + ": needs --kernel, the kernel that it belongs to");
      });
    }
    long memory = values.of("--memory", StudyOptions::memory).orElse(1L << 30);
    int load = (int) values.number("--load", 0, MOST_MEMORY / Mechanism.MIB, 256);
    if (load * Mechanism.MIB > memory - BESIDE_LOAD) {
      throw new UserError("study --load " + load + ": the guest, small, has " + ByteSize.describe(memory)
          + " (--memory), and needs " + ByteSize.describe(BESIDE_LOAD) + " of it for itself");
    }
    GuestSizes sizes = new GuestSizes(memory, values.of("--resize", StudyOptions::resize).orElse(1L << 30));
    StudyPlan plan = new StudyPlan(sizes, load,
        (int) values.number("--smp", 1, MOST_CPUS, 2), (int) values.number("--rounds", 1, MOST_ROUNDS, 3),
        values.of("--means", StudyOptions::means).orElse(Mechanism.all()),
        Duration.ofSeconds(values.number("--patience", 1, MOST_PATIENCE, 120)),
        values.number("--seed", 0, Long.MAX_VALUE, System.nanoTime() & Integer.MAX_VALUE));
    return new StudyOptions(plan, kernel, modules, initrd, values.of("--append", (option, text) -> text).orElse(""),
        values.of("--csv", StudyOptions::output), values.of("--svg", StudyOptions::output));
  }

  /** What was given, read option by option. */
  private record Values(ParseResult given) {
    <T> Optional<T> of(String option, BiFunction<String, String, T> reader) {
      Object value = given.matchedOptionValue(option, null);
      return value == null ? Optional.empty() : Optional.of(reader.apply(option, value.toString()));
    }

    long number(String option, long least, long most, long otherwise) {
      return of(option, (name, text) -> StudyOptions.number(name, text, least, most)).orElse(otherwise);
    }
  }

  private static long memory(String option, String value) {
    long bytes = ByteSize.parse("study " + option + ' ' + value, value, Mechanism.MIB);
    if (bytes < LEAST_MEMORY || bytes > MOST_MEMORY || bytes % Mechanism.MIB != 0) {
      throw new UserError(
          "study " + option + ' ' + value + ": must be whole MiB, from " + ByteSize.describe(LEAST_MEMORY)
              + " to " + ByteSize.describe(MOST_MEMORY));
    }
    return bytes;
  }

  private static long resize(String option, String value) {
    long bytes = ByteSize.parse("study " + option + ' ' + value, value, Mechanism.MIB);
    if (bytes <= 0 || bytes > MOST_MEMORY || bytes % GuestSizes.BLOCK_BYTES != 0) {
      throw new UserError("study " + option + ' ' + value + ": must be a multiple of "
          + ByteSize.describe(GuestSizes.BLOCK_BYTES) + ", by which Linux takes a DIMM, up to "
          + ByteSize.describe(MOST_MEMORY));
    }
    return bytes;
  }

  private static long number(String option, String value, long least, long most) {
    try {
      long number = Long.parseLong(value);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Reported below.
    }
    throw new UserError("study " + option + ' ' + value + ": must be a number from " + least + " to " + most);
  }

  private static List<Mechanism> means(String option, String value) {
    List<Mechanism> chosen = new ArrayList<>();
    for (String word : value.split(",", -1)) {
      Mechanism mechanism = Mechanism.all().stream().filter(each -> each.word().equals(word)).findAny()
          .orElseThrow(() -> new UserError("study " + option + ' ' + value + ": '" + word + "' is none; there are "
              + Mechanism.all().stream().map(Mechanism::word).collect(Collectors.joining(", "))));
      if (chosen.contains(mechanism)) {
        throw new UserError("study " + option + ' ' + value + ": '" + word + "' is there twice");
      }
      chosen.add(mechanism);
    }
    return chosen;
  }

  private static Path file(String option, String value) {
    Path path = Path.of(value).toAbsolutePath();
    if (!Files.isRegularFile(path) || !Files.isReadable(path)) {
      throw new UserError("study " + option + ' ' + value + ": "
          + (Files.exists(path) ? "is not a file that can be read" : "no such file"));
    }
    return path;
  }

  private static Path directory(String option, String value) {
    Path path = Path.of(value).toAbsolutePath();
    if (!Files.isDirectory(path)) {
      throw new UserError("study " + option + ' ' + value + ": "
          + (Files.exists(path) ? "must be a directory" : "no such directory"));
    }
    return path;
  }

  private static OutputFile output(String option, String value) { return OutputFile.of("study " + option, value); }
}
