package org.ballastvm.testkit.command;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.ballastvm.images.DebianFlavour;
import org.ballastvm.rig.IntelConfig;
import org.ballastvm.rig.RigConfig;
import org.ballastvm.vmm.config.UserError;

/**
 * What the user of {@code ballast rig} asked for.
 *
 * @param intel           whether the rig is Bochs's with an Intel processor; else QEMU's with AMD's
 * @param cpu             the processor, in QEMU's words; in QEMU's rig
 * @param kernel          what the rig runs; in QEMU's rig
 * @param memoryMiB       its memory, if it was named
 * @param writable        directories whose files stay; in QEMU's rig
 * @param files           files and directories to have there; in Bochs's rig, as QEMU's has them all
 * @param kernelArguments for the rig's kernel
 * @param command         the program and its arguments
 */
record RigWish(boolean intel, String cpu, DebianFlavour kernel, OptionalInt memoryMiB, List<Path> writable,
    List<Path> files, List<String> kernelArguments, List<String> command) {
  private static final String OPTIONS = "-m SIZE, --cpu amd or intel, --kernel-args WORDS, --kernel-package WORD and"
      + " --writable DIRECTORY (amd), --file FILE (intel)";

  private static final Pattern AMD = Pattern.compile("amd(?:=([\\w.-]+))?((?:,[\\w.+=-]+)*)");

  static RigWish of(List<String> arguments) { return new Parser(arguments.iterator()).wish(); }

  /** {@return QEMU's rig as wished} */
  RigConfig amdConfig() {
    RigConfig config = RigConfig.ofTests().ofCpu(cpu).running(kernel).arguing(kernelArguments)
        .writing(writable);
    return memoryMiB.isPresent() ? config.ofMemory(memoryMiB.getAsInt()) : config;
  }

  /** {@return Bochs's rig as wished; it has what Ballast is, and each file that the command names} */
  IntelConfig intelConfig() {
    List<Path> taken = new ArrayList<>(files);
    command.stream().filter(word -> word.indexOf('/') >= 0).map(Path::of).filter(Files::isRegularFile)
        .forEach(taken::add);
    home().ifPresent(home -> Stream.of("ballast", ".mvn/jdk", "native-tests/target/dist").map(home::resolve)
        .forEach(taken::add));
    IntelConfig config = IntelConfig.ofTests().arguing(kernelArguments).taking(taken);
    return memoryMiB.isPresent() ? config.ofMemory(memoryMiB.getAsInt()) : config;
  }

  private static Optional<Path> home() {
    return Optional.ofNullable(System.getProperty("ballast.home")).map(Path::of)
        .filter(home -> Files.isExecutable(home.resolve("ballast")));
  }

  /** Reads the words in their order. */
  private static final class Parser {
    private final Iterator<String> words;
    private boolean intel;
    private String cpu = RigConfig.CPU;
    private DebianFlavour kernel = DebianFlavour.STOCK;
    private Optional<String> memory = Optional.empty();
    private final List<Path> writable = new ArrayList<>();
    private final List<Path> files = new ArrayList<>();
    private final List<String> kernelArguments = new ArrayList<>();
    private final List<String> command = new ArrayList<>();

    Parser(Iterator<String> words) { this.words = words; }

    RigWish wish() {
      while (words.hasNext() && command.isEmpty()) {
        read(words.next());
      }
      if (command.isEmpty()) {
        throw new UserError("rig: no command is named; for example: ballast rig -- ballast -m 1G -kernel vmlinuz");
      }
      if (intel && !writable.isEmpty()) {
        throw new UserError(
            "rig --writable " + writable.getFirst() + ": nothing stays that is written with --cpu intel");
      }
      if (intel && kernel != DebianFlavour.STOCK) {
        throw new UserError(
            "rig --kernel-package " + kernel.word() + ": is not for --cpu intel, which has Debian's own");
      }
      if (!intel && !files.isEmpty()) {
        throw new UserError("rig --file " + files.getFirst()
            + ": is for --cpu intel; the other rig has all files of this host");
      }
      // Whoever types ballast means this one, wherever PATH leads.
      if (command.getFirst().equals("ballast")) {
        home().ifPresent(home -> command.set(0, home.resolve("ballast").toString()));
      }
      return new RigWish(intel, cpu, kernel,
          memory.map(this::mebibytes).map(OptionalInt::of).orElseGet(OptionalInt::empty),
          List.copyOf(writable), List.copyOf(files), List.copyOf(kernelArguments), List.copyOf(command));
    }

    private void read(String word) {
      switch (word) {
        case "-m" -> memory = Optional.of(valueOf(word));
        case "--cpu" -> processor(valueOf(word));
        case "--kernel-package" -> kernel = flavour(valueOf(word));
        case "--writable" -> writable.add(directory(valueOf(word)));
        case "--file" -> files.add(file(valueOf(word)));
        case "--kernel-args" -> kernelArguments.addAll(kernelArguments(valueOf(word)));
        case "--" -> words.forEachRemaining(command::add);
        default -> {
          if (word.startsWith("-")) {
            throw new UserError(
                "rig " + word + ": is no option of rig, which are " + OPTIONS + "; the command stands behind --");
          }
          command.add(word);
          words.forEachRemaining(command::add);
        }
      }
    }

    private String valueOf(String option) {
      if (!words.hasNext()) {
        throw new UserError("rig " + option + ": takes a value");
      }
      return words.next();
    }

    private void processor(String wish) {
      Matcher amd = AMD.matcher(wish);
      intel = wish.equals("intel");
      if (amd.matches()) {
        cpu = Optional.ofNullable(amd.group(1)).map(model -> model + ",+svm").orElse(RigConfig.CPU) + amd.group(2);
      } else if (!intel) {
        throw new UserError("rig --cpu " + wish
            + ": must be intel, or amd[=MODEL][,PROPERTY]... in QEMU's words, such as amd,phys-bits=36");
      }
    }

    private static DebianFlavour flavour(String word) {
      return DebianFlavour.of(word)
          .orElseThrow(
              () -> new UserError("rig --kernel-package " + word + ": must be one of " + DebianFlavour.words()));
    }

    private int mebibytes(String size) {
      if (!size.matches("[0-9]{1,7}[MG]?")) {
        throw new UserError("rig -m " + size + ": must be a size such as 2048, 2048M or 2G");
      }
      long number = Long.parseLong(size.replaceAll("[MG]", ""));
      long mib = size.endsWith("G") ? number << 10 : number;
      int most = intel ? IntelConfig.MOST_MIB : RigConfig.MOST_MIB;
      int least = intel ? IntelConfig.LEAST_MIB : RigConfig.LEAST_MIB;
      if (mib < least || mib > most) {
        throw new UserError("rig -m " + size + ": must be from " + least + "M to " + (most >> 10) + "G"
            + (intel ? " with --cpu intel" : ""));
      }
      return (int) mib;
    }

    private static List<String> kernelArguments(String value) {
      List<String> found = Arrays.stream(value.split(" ")).filter(word -> !word.isEmpty()).toList();
      if (found.isEmpty() || !value.matches("[ -~]+")) {
        throw new UserError("rig --kernel-args " + value + ": must be words such as kvm_intel.ept=0, in ASCII");
      }
      return found;
    }

    private static Path directory(String name) {
      Path directory = Path.of(name).toAbsolutePath().normalize();
      if (!Files.isDirectory(directory)) {
        throw new UserError("rig --writable " + name + ": is no directory");
      }
      return directory;
    }

    private static Path file(String name) {
      Path file = Path.of(name).toAbsolutePath().normalize();
      if (!Files.exists(file) || file.getNameCount() == 0) {
        throw new UserError("rig --file " + name + ": is no file or directory that can be taken along");
      }
      return file;
    }
  }
}
