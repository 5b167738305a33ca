package org.ballastvm.testkit.study;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.ballastvm.vmm.command.SubCommands;
import org.ballastvm.vmm.config.UserError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class StudyOptionsTest {
  private static final long GIB = 1L << 30;

  @TempDir
  private Path directory;

  /** What is wrong, and what is said of it. */
  private record Mistake(String sentence, List<String> arguments) {}

  private static Mistake mistake(String sentence, String... arguments) {
    return new Mistake(sentence, List.of(arguments));
  }

  static Stream<Mistake> mistakes() {
    return Stream.of(
        mistake("study --colour: there is no such option; study --help lists what it takes", "--colour", "red"),
        mistake("study balloon: there is no such word; study --help lists what it takes", "balloon"),
        mistake("study --memory: a value must follow: --memory SIZE", "--memory"),
        mistake("study --memory 100M: must be whole MiB, from 256 MiB to 1 TiB", "--memory", "100M"),
        mistake("study --memory much: must be a size such as 512M or 4G", "--memory=much"),
        mistake("study --resize 100M: must be a multiple of 128 MiB, by which Linux takes a DIMM, up to 1 TiB",
            "--resize", "100M"),
        mistake("study --load 900: the guest, small, has 1 GiB (--memory), and needs 160 MiB of it for itself",
            "--load", "900"),
        mistake("study --load -1: must be a number from 0 to 1048576", "--load", "-1"),
        mistake("study --smp 0: must be a number from 1 to 64", "--smp", "0"),
        mistake("study --rounds many: must be a number from 1 to 99", "--rounds", "many"),
        mistake("study --patience 0: must be a number from 1 to 3600", "--patience", "0"),
        mistake("study --seed x: must be a number from 0 to 9223372036854775807", "--seed", "x"),
        mistake("study --means balloon,tape: 'tape' is none; there are balloon, virtio-mem, dimm", "--means",
            "balloon,tape"),
        mistake("study --means dimm,dimm: 'dimm' is there twice", "--means", "dimm,dimm"),
        mistake("study --kernel absent: no such file", "--kernel", "absent"),
        mistake("study --modules absent: no such directory", "--modules", "absent"),
        mistake("study --modules /proc: needs --kernel, the kernel that they belong to", "--modules", "/proc"),
        mistake("study --csv /: is a directory; it must be a file", "--csv", "/"),
        mistake("study --svg /absent/chart: there is no directory /absent", "--svg", "/absent/chart"));
  }

  private static StudyOptions parse(List<String> arguments) {
    return StudyOptions.of(SubCommands.parse(new StudyCommand(), arguments));
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void whatMakesNoSenseIsRefusedInASentence(Mistake mistake) {
    UserError error = assertThrows(UserError.class, () -> parse(mistake.arguments));
    assertEquals(mistake.sentence, error.getMessage());
  }

  @Test
  void nothingAskedForIsAGibibyteByAllMeansInThreeRounds() {
    StudyOptions options = parse(List.of());
    StudyPlan plan = options.plan();
    assertEquals(
        new StudyPlan(new GuestSizes(GIB, GIB), 256, 2, 3, Mechanism.all(), Duration.ofMinutes(2), plan.seed()), plan);
    assertEquals(Optional.empty(), options.csv());
  }

  @Test
  void oneDashOrTwoAndAnEqualsSignMakeNoDifference() throws IOException {
    Path kernel = Files.createFile(directory.resolve("vmlinuz"));
    StudyOptions options = parse(List.of("-kernel", kernel.toString(), "--append=quiet x=1", "--resize",
        "2G", "-means=dimm,balloon", "--csv", directory.resolve("a.csv").toString()));
    assertEquals(Optional.of(kernel), options.kernel());
    assertEquals("quiet x=1", options.append());
    assertEquals(2 * GIB, options.plan().sizes().resizeBytes());
    assertEquals(List.of("dimm", "balloon"), options.plan().mechanisms().stream().map(Mechanism::word).toList());
    assertTrue(Files.notExists(options.csv().orElseThrow().path()));
  }
}
