package org.ballastvm.testkit.command;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.ballastvm.images.DebianFlavour;
import org.ballastvm.rig.IntelConfig;
import org.ballastvm.rig.RigConfig;
import org.ballastvm.vmm.command.Arguments;
import org.ballastvm.vmm.config.UserError;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

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
  private static final Pattern AMD = Pattern.compile("amd(?:=([\\w.-]+))?((?:,[\\w.+=-]+)*)");

  static void describe(CommandSpec spec) {
    spec.parser().stopAtPositional(true);
    spec.addOption(Arguments.value("-m", "SIZE", "its memory: MiB, or with a suffix M or G"));
    spec.addOption(Arguments.word("--cpu", "amd|intel", List.of("amd", "intel"),
        "its processor: amd[=MODEL][,PROPERTY]... in QEMU's words (default), or intel, which Bochs interprets"));
    spec.addOption(Arguments.values("--kernel-args", "WORDS", "more for the command line of its kernel"));
    spec.addOption(
        Arguments.word("--kernel-package", "WORD", DebianFlavour.allWords(), "its kernel, of Debian's (amd): "
            + DebianFlavour.words()));
    spec.addOption(Arguments.paths("--writable", "DIRECTORY", "where files stay that the command writes (amd)"));
    spec.addOption(Arguments.paths("--file", "FILE", "a file or a directory that comes along (intel)"));
    spec.addPositional(Arguments.words("COMMAND", List.of(), "the command and its words, behind -- if need be"));
  }

  static RigWish of(ParseResult given) { return new Parser(given).wish(); }

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
    Launcher.home().ifPresent(home -> Stream.of("ballast", ".mvn/jdk", "native-tests/target/dist").map(home::resolve)
        .forEach(taken::add));
    IntelConfig config = IntelConfig.ofTests().arguing(kernelArguments).taking(taken);
    return memoryMiB.isPresent() ? config.ofMemory(memoryMiB.getAsInt()) : config;
  }

  /** Checks what was given. */
  private static final class Parser {
    private final ParseResult given;
    private boolean intel;
    private String cpu = RigConfig.CPU;

    Parser(ParseResult given) { this.given = given; }

    RigWish wish() {
      List<String> command = new ArrayList<>(given.matchedPositionalValue(0, List.<String>of()));
      List<Path> writable = paths("--writable", Parser::directory);
      List<Path> files = paths("--file", Parser::file);
      List<String> kernelArguments = given.matchedOptionValue("--kernel-args", List.<String>of()).stream()
          .flatMap(Parser::kernelArguments).toList();
      DebianFlavour kernel = value("--kernel-package").map(Parser::flavour).orElse(DebianFlavour.STOCK);
      value("--cpu").ifPresent(this::processor);
      OptionalInt memory = value("-m").map(this::mebibytes).map(OptionalInt::of).orElseGet(OptionalInt::empty);
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
        Launcher.home().ifPresent(home -> command.set(0, home.resolve("ballast").toString()));
      }
      return new RigWish(intel, cpu, kernel, memory, writable, files, kernelArguments, List.copyOf(command));
    }

    private Optional<String> value(String option) {
      return Optional.ofNullable(given.matchedOptionValue(option, null));
    }

    private List<Path> paths(String option, Function<Path, Path> check) {
      return given.matchedOptionValue(option, List.<Path>of()).stream().map(check).toList();
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

    private static Stream<String> kernelArguments(String value) {
      List<String> found = Arrays.stream(value.split(" ")).filter(word -> !word.isEmpty()).toList();
      if (found.isEmpty() || !value.matches("[ -~]+")) {
        throw new UserError("rig --kernel-args " + value + ": must be words such as kvm_intel.ept=0, in ASCII");
      }
      return found.stream();
    }

    private static Path directory(Path name) {
      Path directory = name.toAbsolutePath().normalize();
      if (!Files.isDirectory(directory)) {
        throw new UserError("rig --writable " + name + ": is no directory");
      }
      return directory;
    }

    private static Path file(Path name) {
      Path file = name.toAbsolutePath().normalize();
      if (!Files.exists(file) || file.getNameCount() == 0) {
        throw new UserError("rig --file " + name + ": is no file or directory that can be taken along");
      }
      return file;
    }
  }
}
