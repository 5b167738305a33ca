package org.ballastvm.testkit.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.ballastvm.images.ImageError;
import org.ballastvm.images.KernelSource;
import org.ballastvm.vmm.command.Arguments;
import org.ballastvm.vmm.config.UserError;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/**
 * What the user of {@code ballast run} asked for.
 *
 * @param kernel      what the guest runs; nothing for Debian's
 * @param root        its root file system
 * @param options     further options of the machine
 * @param append      further words for the kernel's command line
 * @param environment of the command: variables that were named
 * @param directory   where the command starts
 * @param user        who runs it; empty for root
 * @param timeout     after which time it is given up
 * @param console     whether the kernel's log goes to standard error
 * @param command     the program and its arguments
 */
public record RunWish(Optional<KernelSource> kernel, RunRoot root, List<String> options, String append,
    Map<String, String> environment, String directory, String user, Optional<Duration> timeout, boolean console,
    List<String> command) {
  /** Options of the machine that are passed on; each may be given more than once, where the machine takes that. */
  private static final List<String> OF_MACHINE = List.of("-m", "-smp", "-cpu", "-numa", "-device", "-object", "-drive",
      "-blockdev", "-netdev", "-nic", "-chardev", "-fsdev", "-virtfs", "-monitor", "-qmp", "-trace", "-fault", "-gdb");
  private static final String BUSYBOX = "busybox";
  private static final String HOST = "host";
  private static final Pattern TIME = Pattern.compile("([0-9]{1,6})([smh]?)");
  private static final Pattern VARIABLE = Pattern.compile("([^=]+)(?:=(.*))?", Pattern.DOTALL);
  private static final Map<String, Integer> SECONDS = Map.of("", 1, "s", 1, "m", 60, "h", 3600);

  /** Describes the options. */
  public static void describe(CommandSpec spec) {
    spec.parser().stopAtPositional(true);
    spec.addOption(
        Arguments.value("-k", "KERNEL", "a bzImage, a vmlinux, a tree in which a kernel was built, a .deb, or"
            + " debian:6.1, debian:6.12, debian:6.12-rt; without it, Debian's own"));
    spec.addOption(
        Arguments.value("--root", "host|DIRECTORY|IMAGE|busybox", "the guest's root: all of this host's files"
            + " (default), a directory, a raw image of a file system, or busybox alone"));
    spec.addOption(Arguments.flag("--rw", "what the guest writes to its root stays; without it, that is forgotten"));
    spec.addOption(
        Arguments.value("--cwd", "DIRECTORY", "of the guest, where the command starts; without it, this one"));
    spec.addOption(Arguments.value("--user", "USER", "of the guest, or UID or UID:GID; without it, root"));
    spec.addOption(Arguments.values("--env", "NAME[=VALUE]",
        "a variable of the command's environment; with a root of the host's it has all of them anyway"));
    spec.addOption(Arguments.value("--timeout", "TIME", "give it up after so many seconds, or 5m, or 2h"));
    spec.addOption(Arguments.flag("--console", "show the kernel's log on standard error"));
    spec.addOption(Arguments.value("--append", "WORDS", "more for the kernel's command line"));
    for (String option : OF_MACHINE) {
      spec.addOption(Arguments.machineOption(option));
    }
    spec.addPositional(Arguments.words("COMMAND", List.of(), "the command and its words, behind -- if need be"));
    spec.usageMessage().footer("Its exit status is the command's; 120 if the guest's kernel crashed, 121 if the machine"
        + " was lost, 124 if time ran out,",
        "125 if there is no machine, 126 and 127 if there is no such command."
            + " Without /dev/kvm it runs in the rig.");
  }

  /**
   * Checks what was given.
   *
   * @throws UserError if it makes no sense
   */
  public static RunWish of(ParseResult given) {
    List<String> command = given.matchedPositionalValue(0, List.of());
    if (command.isEmpty()) {
      throw new UserError("run: no command is named; for example: ballast run -- uname -r");
    }
    RunRoot root = root(value(given, "--root").orElse(HOST), given.hasMatchedOption("--rw"));
    List<String> options = new ArrayList<>();
    for (String option : OF_MACHINE) {
      given.matchedOptionValue(option, List.<String>of()).forEach(text -> options.addAll(List.of(option, text)));
    }
    return new RunWish(value(given, "-k").map(RunWish::kernel), root, List.copyOf(options),
        value(given, "--append").orElse(""), environment(given), directory(given, root),
        value(given, "--user").orElse(""), value(given, "--timeout").map(RunWish::time),
        given.hasMatchedOption("--console"), List.copyOf(command));
  }

  private static Optional<String> value(ParseResult given, String option) {
    return Optional.ofNullable(given.matchedOptionValue(option, null));
  }

  private static KernelSource kernel(String word) {
    try {
      return KernelSource.parse(word);
    } catch (ImageError e) {
      throw new UserError("run -k " + word + ": " + e.getMessage(), e);
    }
  }

  private static RunRoot root(String word, boolean writable) {
    if (word.equals(BUSYBOX)) {
      return new RunRoot.Memory();
    }
    Path path = word.equals(HOST) ? Path.of("/") : Path.of(word).toAbsolutePath().normalize();
    if (Files.isDirectory(path)) {
      return new RunRoot.Folder(path, writable);
    }
    if (!Files.isReadable(path)) {
      throw new UserError(
          "run --root " + word + ": is no directory and no image that can be read; it can be host, busybox,"
              + " a directory or an image");
    }
    try {
      return new RunRoot.Disk(path, FileSystemType.of(path).orElseThrow(() -> new UserError("run --root " + word
          + ": holds no ext4, xfs, btrfs, squashfs or erofs; an image with partitions is not taken")), writable);
    } catch (IOException e) {
      throw new UserError("run --root " + word + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private static String directory(ParseResult given, RunRoot root) {
    return value(given, "--cwd").orElseGet(() -> root.directoryIn(Path.of("").toAbsolutePath()));
  }

  private static Map<String, String> environment(ParseResult given) {
    Map<String, String> named = new LinkedHashMap<>();
    for (String word : given.matchedOptionValue("--env", List.<String>of())) {
      Matcher variable = VARIABLE.matcher(word);
      if (!variable.matches()) {
        throw new UserError("run --env " + word + ": must be NAME or NAME=VALUE");
      }
      String value = variable.group(2) == null ? System.getenv(variable.group(1)) : variable.group(2);
      if (value != null) {
        named.put(variable.group(1), value);
      }
    }
    return named;
  }

  private static Duration time(String text) {
    Matcher time = TIME.matcher(text);
    if (!time.matches() || Integer.parseInt(time.group(1)) == 0) {
      throw new UserError("run --timeout " + text + ": must be a number of seconds above 0, or such as 5m or 2h");
    }
    return Duration.ofSeconds((long) Integer.parseInt(time.group(1)) * SECONDS.get(time.group(2)));
  }

  /** {@return a command on the host's root, and nothing else} */
  public static RunWish of(List<String> command) {
    return new RunWish(Optional.empty(), new RunRoot.Folder(Path.of("/"), false), List.of(), "", Map.of(), "/", "",
        Optional.empty(), false, command);
  }

  /** {@return directories whose files the guest changes, to be shared with whatever the machine runs in} */
  public List<Path> writable() {
    return root.place().map(place -> place.getNameCount() == 0 ? Path.of("").toAbsolutePath() : place).stream()
        .toList();
  }
}
