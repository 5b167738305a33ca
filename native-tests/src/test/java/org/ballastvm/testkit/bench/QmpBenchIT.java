package org.ballastvm.testkit.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The benchmark of the machine protocol asks both, and draws its table. */
@Tag("kvm")
@Timeout(600)
class QmpBenchIT {
  private static final int QUESTIONS = 100;

  @TempDir
  private Path directory;

  @Test
  void bothAnswerEachQuestion() throws Exception {
    boolean there = Files.isExecutable(Path.of("/usr/bin/qemu-system-x86_64"));
    assertTrue(there || System.getenv("CI") == null, "CI: no QEMU");
    Assumptions.assumeTrue(there, "skipped: no QEMU");
    Path launcher = Path.of(System.getProperty("ballast.home", ".."), "ballast").toAbsolutePath().normalize();

    QmpBenchmark.Result result = QmpBenchmark.run(1, QUESTIONS, launcher, directory);

    String table = QmpBenchmark.table(result);
    System.out.println(table);
    assertEquals(10, table.lines().count(), table);
  }
}
