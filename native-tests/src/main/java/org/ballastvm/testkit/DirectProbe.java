package org.ballastvm.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.ballastvm.images.DebianFlavour;
import org.ballastvm.images.GuestImage;
import org.ballastvm.images.GuestImages;
import org.ballastvm.rig.DirectHost;
import org.ballastvm.rig.HostedProcess;
import org.ballastvm.rig.RigError;

/** Finds out whether this host's own {@code /dev/kvm} boots Linux, by booting one. */
final class DirectProbe {
  private static final Path DEVICE = Path.of("/dev/kvm");
  /** Hardware needs less than a second to the kernel's first words, and few to the shell, also on a busy host. */
  private static final Duration FIRST_WORDS = Duration.ofSeconds(6);
  private static final Duration SHELL = Duration.ofMinutes(1);

  private static final int LAST_LINES = 8;

  private DirectProbe() {}

  /** {@return what is wrong with the device file} */
  static Optional<String> deviceObstacle() {
    if (!Files.exists(DEVICE)) {
      return Optional.of("there is no /dev/kvm: load kvm_intel or kvm_amd, and enable virtualization in the firmware");
    }
    if (!Files.isReadable(DEVICE) || !Files.isWritable(DEVICE)) {
      return Optional.of("/dev/kvm may not be opened: add yourself to group kvm (sudo usermod -aG kvm $USER) and log in"
          + " again");
    }
    return Optional.empty();
  }

  /** {@return the feature by which this host's processor virtualizes, vmx or svm; nothing if it has neither} */
  static Optional<String> hardware() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      return lines.filter(line -> line.startsWith("flags")).limit(1)
          .flatMap(line -> Stream.of(line.split("\\s+"))).filter(Set.of("vmx", "svm")::contains).findFirst();
    } catch (IOException | UncheckedIOException e) {
      return Optional.empty();
    }
  }

  /** On hardware Linux boots, so where it does not, somebody has to look at it: the end of what its console said. */
  static String report(Optional<String> hardware, String console) {
    List<String> lines = console.lines().filter(line -> !line.isBlank()).toList();
    return hardware
        .map(feature -> "; this processor has " + feature + ", so this looks like a fault of Ballast: please report it"
            + (lines.isEmpty()
                ? ""
                : ", with the console's last lines:\n  "
                    + String.join("\n  ", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()))))
        .orElse("");
  }

  /** {@return why Linux does not boot here, in one sentence; nothing if it does} */
  static Optional<String> linuxObstacle(GuestImages images) {
    GuestImage image = images.debian(DebianFlavour.CLOUD);
    HostedProcess machine = new DirectHost(images).start(Ballast.command(List.of("-nodefaults", "-display", "none",
        "-no-reboot", "-m", "128", "-serial", "stdio", "-kernel", image.kernel().toString(), "-initrd",
        image.initrd().toString(), "-append", "console=ttyS0 earlyprintk=ttyS0 panic=-1 lab.nomods"), List.of()));
    try {
      machine.output().await(Pattern.compile("Linux version"), FIRST_WORDS);
      machine.output().await(Pattern.compile("LAB-UP"), SHELL);
      return Optional.empty();
    } catch (RigError e) {
      OptionalInt ended = machine.waitFor(Duration.ZERO);
      String sentence = "/dev/kvm does not boot Linux: " + (ended.isPresent()
          ? "ballast ended with status " + ended.getAsInt() + " (" + machine.errors().text().strip() + ")"
          : machine.output().text().isEmpty() ? "the kernel says nothing" : "the kernel stops early");
      return Optional.of(sentence + report(hardware(), machine.output().text()));
    } finally {
      machine.kill();
    }
  }
}
