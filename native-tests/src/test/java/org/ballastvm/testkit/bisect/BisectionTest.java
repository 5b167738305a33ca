package org.ballastvm.testkit.bisect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.ballastvm.images.MissingTools;
import org.ballastvm.rig.RigError;
import org.ballastvm.vmm.config.UserError;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each way that a commit can go is a status that git understands. */
class BisectionTest {
  private static final Trial NOT_UP = new Trial.NotUp("the guest did not come up");

  @TempDir
  private Path directory;

  private static int status(boolean bootCounts, int build, Trial trial) {
    return new Bisection(bootCounts).judge(() -> build, () -> trial).exitStatus();
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "1, 1", "2, 1", "124, 1", "125, 125", "126, 1", "127, 1", "128, 1", "137, 1", "255, 1"})
  void theCommandsStatusIsJudgedAndNeverStopsGit(int command, int git) {
    assertEquals(git, status(false, 0, new Trial.Ended(command)));
  }

  @Test
  void aKernelThatIsNotThereIsSkippedAndOneThatCrashesIsBad() {
    assertEquals(125, status(false, 2, new Trial.Ended(0)));
    assertEquals(125, status(false, 0, NOT_UP));
    assertEquals(1, status(true, 0, NOT_UP));
    assertEquals(1, status(false, 0, new Trial.GuestLost("panic")));
  }

  @Test
  void whatKnowsNothingOfTheCommitStopsGit() {
    assertEquals(128, status(false, 130, new Trial.Ended(0)));
    assertEquals(128, new Bisection(false).judge(() -> 0, () -> {
      throw new RigError("no rig here");
    }).exitStatus());
    assertEquals(128, new Bisection(false).judge(() -> {
      throw new UserError("bisect -k /none: is no directory");
    }, () -> NOT_UP).exitStatus());
  }

  @Test
  void whatDoesNotBuildIsNotBooted() {
    AtomicBoolean booted = new AtomicBoolean();
    new Bisection(false).judge(() -> 2, () -> {
      booted.set(true);
      return new Trial.Ended(0);
    });
    assertFalse(booted.get());
  }

  private String git(String script) throws IOException, InterruptedException {
    Process git = new ProcessBuilder("sh", "-ec",
        "export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null\n" + script)
        .directory(directory.toFile()).redirectErrorStream(true).start();
    String said = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, git.waitFor(), said);
    return said;
  }

  @Test
  void gitFindsTheCommitBetweenSomeThatDoNotBuild() throws IOException, InterruptedException {
    Assumptions.assumeTrue(System.getenv("CI") != null || MissingTools.isOnPath("git"), "no git here");
    // Twelve commits, the eighth is the culprit, the fifth does not build. A status is what Bisection gives for such a commit.
    Files.writeString(directory.resolve("judge"), "case $(cat n) in 5) exit " + status(false, 2, NOT_UP)
        + ";; [1-7]) exit " + status(false, 0, new Trial.Ended(0)) + ";; *) exit "
        + status(false, 0, new Trial.Ended(139)) + ";; esac\n");
    String said = git("""
        git init -q . && git config user.email a@b && git config user.name a
        for n in 1 2 3 4 5 6 7 8 9 10 11 12; do echo $n > n; git add n; git commit -qm "commit $n"; done
        git bisect start HEAD HEAD~11 > /dev/null
        git bisect run sh ./judge
        echo
        git log -1 --format='culprit: %s' refs/bisect/bad
        """);
    assertEquals("culprit: commit 8", said.strip().substring(said.strip().lastIndexOf('\n') + 1));
  }
}
