package org.ballastvm.testkit.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What performance.md says of the machine protocol holds: it answers as many questions as QEMU. */
@Timeout(300)
class QmpBenchIT {
  private static final int QUESTIONS = 10_000;

  @TempDir
  private Path directory;

  @Test
  void tenThousandQuestionsAreAnsweredAsSoonAsByQemu() throws Exception {
    boolean there = Files.isExecutable(Path.of("/usr/bin/qemu-system-x86_64"));
    assertTrue(there || System.getenv("CI") == null, "CI: no QEMU");
    Assumptions.assumeTrue(there, "skipped: no QEMU");
    Path launcher = Path.of(System.getProperty("ballast.home", ".."), "ballast").toAbsolutePath().normalize();

    QmpBenchmark.Result result = QmpBenchmark.run(3, QUESTIONS, launcher, directory);

    String table = QmpBenchmark.table(result);
    System.out.println(table);
    assertEquals(10, table.lines().count(), table);
    assertTrue(QmpBenchmark.median(result.ballast(), QmpBenchmark.Round::goFirst) <= QmpBenchmark
        .median(result.qemu(), QmpBenchmark.Round::goFirst), table);
    assertTrue(QmpBenchmark.median(result.ballast(), round -> round.singlyAgain().half()) <= QmpBenchmark
        .median(result.qemu(), round -> round.singlyAgain().half()), table);
  }
}
