package org.ballastvm.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.ballastvm.images.KernelSource;
import org.ballastvm.testkit.coverage.CoveredSource;
import org.ballastvm.testkit.coverage.Tracefile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * A kernel that counts what runs of {@code drivers/virtio}, by gcov and by KCOV; {@code ballast.coverage.kernel} names the tree
 * that it was built in. docs/driver-testing.md says how.
 */
@GuestTest
@Tag("more")
@Coverage
@EnabledIfSystemProperty(named = CoverageIT.KERNEL, matches = ".+", disabledReason = "no kernel with CONFIG_GCOV_KERNEL")
class CoverageIT {
  static final String KERNEL = "ballast.coverage.kernel";
  private static final String BALLOON = "drivers/virtio/virtio_balloon.c";

  @TempDir
  private Path directory;

  @RegisterExtension
  private final BeforeEachCallback kernel = context -> InvocationKernel.set(context,
      KernelSource.parse(System.getProperty(KERNEL)).resolve(GuestHosts.images()));

  private static CoveredSource counted(Guest guest, String source) {
    return KernelCoverage.of(guest).read().source(source);
  }

  private static long calls(CoveredSource source, String function) { return source.functions().get(function).calls(); }

  @Test
  void whatInflatesRunsTheDriver(@Boot({"-m", "256", "-device", "virtio-balloon-pci"}) Guest guest) {
    guest.balloon(192);
    CoveredSource driver = counted(guest, BALLOON);
    assertTrue(calls(driver, "fill_balloon") > 0, driver.toString());
    assertEquals(0, calls(driver, "leak_balloon"));
    guest.balloon(256);
    assertTrue(calls(counted(guest, BALLOON), "leak_balloon") > 0);
  }

  @Test
  void whatDoesNothingRunsNothingOfIt(@Boot({"-m", "256", "-device", "virtio-balloon-pci"}) Guest guest) {
    CoveredSource driver = counted(guest, BALLOON);
    assertEquals(0, driver.linesHit(), "its probe was before the test");
    assertTrue(driver.lines().size() > 100, driver.toString());
  }

  @Test
  void aModuleOfOnesOwnIsCounted(@Boot({"-m", "256"}) Guest guest) throws IOException, InterruptedException {
    guest.agent().write("/counted.ko", 0600, new ByteArrayInputStream(Files.readAllBytes(built())));
    guest.run("insmod /counted.ko && echo 21 > /sys/module/counted/parameters/number");
    assertEquals("42", guest.run("cat /sys/module/counted/parameters/number").strip());
    CoveredSource module = counted(guest, "counted.c");
    assertEquals(1, calls(module, "counted_set"));
    assertEquals(0, module.lines().get(lineOf("pr_notice(\"counted: a number must not be negative\\n\");")));
    assertEquals(1, module.lines().get(lineOf("doubled = 2 * number;")));
  }

  @Test
  void aProgramIsFollowedIntoTheKernel(@Boot({"-m", "256", "-device", "virtio-balloon-pci"}) Guest guest)
      throws IOException {
    ProgramCoverage coverage = ProgramCoverage.of(guest, Path.of(System.getProperty(KERNEL), "vmlinux"));
    assertEquals(Tracefile.EMPTY, coverage.run("true").lines());
    ProgramCoverage.Covered covered = coverage.run("cat", "/sys/bus/virtio/devices/virtio0/features");
    assertTrue(covered.result().output().matches("[01]{64}\n"), covered.toString());
    String path = covered.lines().sources().keySet().stream().filter(each -> each.endsWith("/drivers/virtio/virtio.c"))
        .findFirst().orElseThrow(() -> new AssertionError(covered.toString()));
    int function = Files.readAllLines(Path.of(path)).indexOf("static ssize_t features_show(struct device *_d,") + 1;
    covered.lines().sources().get(path).lines().keySet()
        .forEach(line -> assertTrue(line >= function && line < function + 20, covered.toString()));
  }

  private Path built() throws IOException, InterruptedException {
    for (String name : List.of("counted.c", "Makefile")) {
      Files.copy(Path.of("src/test/resources/counted").resolve(name), directory.resolve(name));
    }
    Path log = directory.resolve("log");
    Process make = new ProcessBuilder("make", "-C", System.getProperty(KERNEL), "M=" + directory, "modules")
        .redirectErrorStream(true).redirectOutput(log.toFile()).start();
    int status = make.waitFor();
    assertEquals(0, status, Files.readString(log));
    return directory.resolve("counted.ko");
  }

  private int lineOf(String statement) throws IOException {
    return Files.readAllLines(directory.resolve("counted.c")).stream().map(String::strip).toList().indexOf(statement)
        + 1;
  }

  /** JUnit has said by now that the method has ended. */
  @AfterEach
  void eachMethodHasItsFile(TestInfo test) throws IOException {
    Path file = Path.of("target/coverage", "CoverageIT." + test.getTestMethod().orElseThrow().getName() + ".info");
    Matcher driver = Pattern.compile("(?s)SF:\\S+/" + BALLOON + "\n.*?LF:(\\d+)\nLH:(\\d+)\nend_of_record\n")
        .matcher(Files.readString(file));
    assertTrue(driver.find(), file.toString());
    System.out.println(file + ": " + driver.group(2) + " of " + driver.group(1) + " lines of " + BALLOON);
  }
}
