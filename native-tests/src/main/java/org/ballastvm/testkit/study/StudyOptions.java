package org.ballastvm.testkit.study;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.ballastvm.vmm.config.ByteSize;
import org.ballastvm.vmm.config.UserError;

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
    String append, Optional<Path> csv, Optional<Path> svg) {
  static final String USAGE = """
      usage: ballast study [OPTION]...
      Resizes a guest by balloon, virtio-mem and DIMM, and tells what each takes; docs/study.md says what is measured.
        --kernel FILE     a kernel of your own, a bzImage or an ELF vmlinux, instead of Debian's
        --modules DIR     its modules, as /lib/modules/RELEASE, which is taken if it is there
        --initrd FILE     an initrd to unpack first, for the modules in it; its init does not run
        --append TEXT     more for the kernel's command line
        --memory SIZE     what the guest has when it is small: MiB, or with a suffix; 1G
        --resize SIZE     what comes and goes, in steps of 128M; 1G
        --load MIB        what a program in the guest holds and writes to all the while; 256, or 0 for none
        --smp N           processors of the guest, 1 to 64; 2
        --rounds N        guests for each means, of which the medians are told, 1 to 99; 3
        --means LIST      which to compare, of balloon,virtio-mem,dimm
        --patience N      seconds that a guest may take for one step; 120
        --seed N          of the order in which the load writes; another each time
        --csv FILE        write every round and the medians there
        --svg FILE        draw the medians there
      """;
  private static final long LEAST_MEMORY = 256L << 20;
  private static final long MOST_MEMORY = 1L << 40;
  /** Kernel, programs and what is kept free. */
  private static final long BESIDE_LOAD = 160L << 20;
  private static final int MOST_CPUS = 64;
  private static final int MOST_ROUNDS = 99;
  private static final int MOST_PATIENCE = 3600;

  /** What was given so far. */
  private static final class Given {
    private long memory = 1L << 30;
    private long resize = 1L << 30;
    private int load = 256;
    private int cpus = 2;
    private int rounds = 3;
    private int patience = 120;
    private long seed = System.nanoTime() & Integer.MAX_VALUE;
    private List<Mechanism> means = Mechanism.all();
    private Optional<Path> kernel = Optional.empty();
    private Optional<Path> modules = Optional.empty();
    private Optional<Path> initrd = Optional.empty();
    private String append = "";
    private Optional<Path> csv = Optional.empty();
    private Optional<Path> svg = Optional.empty();
  }

  /**
   * Reads arguments.
   *
   * @throws UserError if one makes no sense
   */
  static StudyOptions parse(List<String> arguments) {
    Given given = new Given();
    for (Iterator<String> words = arguments.iterator(); words.hasNext();) {
      String word = words.next();
      int equals = word.startsWith("-") ? word.indexOf('=') : -1;
      String option = "--" + (equals < 0 ? word : word.substring(0, equals)).replaceFirst("^--?", "");
      if (!word.startsWith("-") || !USAGE.contains("\n  " + option + ' ')) {
        throw new UserError("study " + word + ": there is no such option; study --help lists those it has");
      }
      if (equals < 0 && !words.hasNext()) {
        throw new UserError("study " + option + ": a value must follow");
      }
      take(given, option, equals < 0 ? words.next() : word.substring(equals + 1));
    }
    return checked(given);
  }

  private static void take(Given given, String option, String value) {
    switch (option) {
      case "--kernel" -> given.kernel = Optional.of(file(option, value));
      case "--modules" -> given.modules = Optional.of(directory(option, value));
      case "--initrd" -> given.initrd = Optional.of(file(option, value));
      case "--append" -> given.append = value;
      case "--memory" -> given.memory = memory(option, value);
      case "--resize" -> given.resize = resize(option, value);
      case "--load" -> given.load = (int) number(option, value, 0, MOST_MEMORY / Mechanism.MIB);
      case "--smp" -> given.cpus = (int) number(option, value, 1, MOST_CPUS);
      case "--rounds" -> given.rounds = (int) number(option, value, 1, MOST_ROUNDS);
      case "--patience" -> given.patience = (int) number(option, value, 1, MOST_PATIENCE);
      case "--seed" -> given.seed = number(option, value, 0, Long.MAX_VALUE);
      case "--means" -> given.means = means(option, value);
      case "--csv" -> given.csv = Optional.of(output(option, value));
      case "--svg" -> given.svg = Optional.of(output(option, value));
      default -> throw new IllegalStateException(option);
    }
  }

  private static StudyOptions checked(Given given) {
    if (given.kernel.isEmpty()) {
      given.modules.ifPresent(path -> {
        throw new UserError("study --modules " + path + ": needs --kernel, the kernel that they belong to");
      });
      given.initrd.ifPresent(path -> {
        throw new UserError("study --initrd " + path + ": needs --kernel, the kernel that it belongs to");
      });
    }
    if (given.load * Mechanism.MIB > given.memory - BESIDE_LOAD) {
      throw new UserError("study --load " + given.load + ": the guest, small, has " + ByteSize.describe(given.memory)
          + " (--memory), and needs " + ByteSize.describe(BESIDE_LOAD) + " of it for itself");
    }
    return new StudyOptions(
        new StudyPlan(new GuestSizes(given.memory, given.resize), given.load, given.cpus, given.rounds, given.means,
            Duration.ofSeconds(given.patience), given.seed),
        given.kernel, given.modules, given.initrd, given.append,
        given.csv, given.svg);
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
      // Told below.
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

  /** A study takes minutes, and whoever waited for it should not hear then that its file has no place. */
  private static Path output(String option, String value) {
    Path path = Path.of(value).toAbsolutePath();
    if (Files.isDirectory(path)) {
      throw new UserError("study " + option + ' ' + value + ": is a directory; it must be a file");
    }
    if (!Files.isDirectory(path.getParent())) {
      throw new UserError("study " + option + ' ' + value + ": there is no directory " + path.getParent());
    }
    if (!Files.isWritable(Files.exists(path) ? path : path.getParent())) {
      throw new UserError("study " + option + ' ' + value + ": may not be written");
    }
    return path;
  }
}
