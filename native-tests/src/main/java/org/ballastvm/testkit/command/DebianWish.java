package org.ballastvm.testkit.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.ballastvm.images.DebianDiskConfig;
import org.ballastvm.images.DebianFlavour;
import org.ballastvm.vmm.command.Arguments;
import org.ballastvm.vmm.config.ByteSize;
import org.ballastvm.vmm.config.UserError;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** Which Debian disk a user asked for: the same options make one and run one. */
final class DebianWish {
  private DebianWish() {}

  static void describe(CommandSpec spec) {
    spec.addOption(Arguments.value("--suite", "SUITE",
        "which Debian, of those that this host's apt knows; default " + DebianDiskConfig.SUITE));
    spec.addOption(Arguments.values("--include", "PACKAGES", "more packages, with commas between them"));
    spec.addOption(Arguments.value("--size", "SIZE", "how large the disk is, default 4G; its file is sparse"));
    spec.addOption(Arguments.value("--hostname", "NAME", "the guest's name, default debian"));
    spec.addOption(Arguments.path("--ssh-key", "FILE",
        "who may log in as root: a public key; without it, one that is made for you"));
    spec.addOption(Arguments.word("--kernel-package", "WORD", DebianFlavour.allWords(),
        "Debian's kernel: cloud, for virtual machines (default); stock, for all machines; 6.12, of a later series"));
    spec.addOption(Arguments.flag("--newest", "make it anew, with the packages of today"));
  }

  /** {@return the disk as wished} */
  static DebianDiskConfig of(ParseResult given) {
    String command = given.commandSpec().qualifiedName();
    DebianDiskConfig usual = DebianDiskConfig.usual();
    long sizeBytes = value(given, "--size").map(size -> ByteSize.parse(command + " --size " + size, size, 1 << 20))
        .orElse(usual.sizeBytes());
    List<String> include = given.matchedOptionValue("--include", List.<String>of()).stream()
        .flatMap(packages -> Stream.of(packages.split(",", -1))).toList();
    Optional<String> key = Optional.ofNullable(given.<Path>matchedOptionValue("--ssh-key", null))
        .map(file -> publicKey(command, file));
    try {
      return new DebianDiskConfig(value(given, "--suite").orElse(usual.suite()), include, sizeBytes,
          value(given, "--hostname").orElse(usual.hostname()), key, false, flavour(given));
    } catch (IllegalArgumentException e) {
      throw new UserError(command + " --" + e.getMessage(), e);
    }
  }

  /** {@return the kernel of Debian's that was named, or the usual one} */
  static DebianFlavour flavour(ParseResult given) {
    String word = value(given, "--kernel-package").orElse(DebianFlavour.CLOUD.word());
    return DebianFlavour.of(word).orElseThrow(() -> new UserError(given.commandSpec().qualifiedName()
        + " --kernel-package " + word + ": must be one of " + DebianFlavour.words()));
  }

  private static Optional<String> value(ParseResult given, String option) {
    return Optional.ofNullable(given.matchedOptionValue(option, null));
  }

  private static String publicKey(String command, Path file) {
    String option = command + " --ssh-key " + file;
    try {
      String text = Files.readString(file).strip();
      if (text.startsWith("-----BEGIN")) {
        throw new UserError(option + ": is a private key; name the public one, which ends in .pub");
      }
      return text;
    } catch (IOException e) {
      throw new UserError(option + ": cannot be read: " + e.getMessage(), e);
    }
  }
}
