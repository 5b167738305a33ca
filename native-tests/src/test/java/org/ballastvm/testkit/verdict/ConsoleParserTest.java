package org.ballastvm.testkit.verdict;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Consoles of Debian's 6.1 that a module made go wrong, and samples of kernels that are built to check themselves. */
class ConsoleParserTest {
  private static final String CALLERS = "provoke,param_attr_store,module_attr_store,kernfs_fop_write_iter";

  private static String console(String name) throws IOException {
    return Files.readString(Path.of("src/test/resources/consoles", name + ".txt"), StandardCharsets.ISO_8859_1);
  }

  private static KernelReport first(String name) throws IOException {
    return ConsoleParser.read(console(name)).getFirst();
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "bug | BUG | kernel BUG at misdeed.c:32 | misdeed_bug," + CALLERS,
      "panic | PANIC | kernel panic: misdeed: as it was asked to | misdeed_panic," + CALLERS,
      "protection | OOPS | general protection fault in misdeed_protection | misdeed_protection," + CALLERS,
      "warning-then-oops | WARNING | WARNING in misdeed_warn | misdeed_warn," + CALLERS,
      "soft | SOFT_LOCKUP | soft lockup in misdeed_spin"
          + " | misdeed_spin,misdeed_softlockup,provoke,param_attr_store,module_attr_store",
      "rcu | RCU_STALL | RCU stall (rcu_preempt) in misdeed_spin"
          + " | misdeed_spin,misdeed_rcu,provoke,param_attr_store,module_attr_store",
      "made-up-rcu-starved | RCU_STALL | RCU stall (rcu_preempt) in sample_spin"
          + " | sample_spin,sample_rcu,proc_reg_write,vfs_write",
      "hung | HUNG_TASK | hung task misdeed-hung | misdeed_sleep",
      "oom | OOM_KILL | out of memory: killed tail | ''",
      "made-up-kasan | KASAN | KASAN: slab-use-after-free in sample_read | sample_read,vfs_read,ksys_read",
      "made-up-lockdep | LOCKDEP | possible circular locking dependency detected"
          + " | __mutex_lock,second_way,do_one_initcall"})
  void aKernelThatGoesWrongIsAVerdict(String name, VerdictKind kind, String title, String functions)
      throws IOException {
    KernelReport report = first(name);
    assertEquals(kind, report.kind());
    assertEquals(title, report.title());
    assertEquals(functions, String.join(",", report.fingerprint()));
    assertFalse(report.before().isEmpty() && !name.startsWith("made-up"));
  }

  @Test
  void whatFollowsIsAnotherVerdictAndTheFirstOneCounts() throws IOException {
    List<KernelReport> reports = ConsoleParser.read(console("warning-then-oops"));
    assertEquals(List.of(VerdictKind.WARNING, VerdictKind.OOPS, VerdictKind.PANIC),
        reports.stream().map(KernelReport::kind).toList());
    assertEquals("kernel NULL pointer dereference in misdeed_null", reports.get(1).title());
    assertTrue(reports.getFirst().report().contains("misdeed: a warning"), reports.getFirst().report());
  }

  @Test
  void eachKindIsKnown() throws IOException {
    assertEquals(
        List.of("UBSAN UBSAN: array-index-out-of-bounds in sample_index", "KCSAN KCSAN: data-race",
            "KMEMLEAK memory leak", "HARD_LOCKUP hard lockup in sample_wait",
            "BUG BUG: sleeping function called from invalid context at mm/page_alloc.c:5500",
            "OOPS general protection fault in sample_list"),
        ConsoleParser.read(console("made-up-others")).stream().map(each -> each.kind() + " " + each.title()).toList());
  }

  @Test
  void twoThatSpeakAtOnceAreKeptApart() throws IOException {
    List<KernelReport> reports = ConsoleParser.read(console("two-cpus"));
    assertEquals(List.of("kernel NULL pointer dereference in second_way", "WARNING in first_way"),
        reports.stream().map(KernelReport::title).toList());
    assertEquals(List.of("second_way", "second_caller"), reports.getFirst().fingerprint());
    assertEquals(List.of("first_way", "first_caller"), reports.get(1).fingerprint());
    assertTrue(reports.get(1).lines().stream().allMatch(line -> line.contains("T101")));
    assertEquals("T101", reports.get(1).caller());
  }

  @ParameterizedTest
  @ValueSource(strings = {"panic", "warning-then-oops", "soft", "two-cpus"})
  void itDoesNotMatterInWhichPiecesAConsoleComes(String name) throws IOException {
    String text = console(name);
    long seed = System.nanoTime();
    Random random = new Random(seed);
    ConsoleParser parser = new ConsoleParser();
    List<KernelReport> reports = new ArrayList<>();
    for (int at = 0; at < text.length();) {
      int end = Math.min(text.length(), at + 1 + random.nextInt(200));
      reports.addAll(parser.feed(text.substring(at, end)));
      at = end;
    }
    reports.addAll(parser.end());
    assertEquals(ConsoleParser.read(text), reports, "seed " + seed);
  }

  @Test
  void whatAProgramPrintsIsNoVerdictAndWhatItRepeatsIsNone() throws IOException {
    String text = console("panic");
    assertEquals(List.of(), ConsoleParser.read(text.replaceAll("(?m)^\\[ *[0-9.]+] ", "")));
    assertEquals(1, ConsoleParser.read(text + "\n" + text).size());
  }

  /** Lines of ordinary boots, in any order, torn anywhere: none is a verdict. */
  @ParameterizedTest
  @ValueSource(strings = {"boot-6.1", "boot-6.12"})
  void anOrdinaryBootHasNone(String name) throws IOException {
    String text = console(name);
    assertTrue(text.lines().count() > 200);
    assertEquals(List.of(), ConsoleParser.read(text));
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int round = 0; round < 200; round++) {
      List<String> lines = new ArrayList<>(text.lines().toList());
      Collections.shuffle(lines, random);
      lines.replaceAll(line -> line.substring(0, line.length() - random.nextInt(line.length() / 4 + 1)));
      assertEquals(List.of(), ConsoleParser.read(String.join("\n", lines)), "seed " + seed);
    }
  }

  @Test
  void aGuestThatNeverEndsItsReportsIsBounded() {
    ConsoleParser parser = new ConsoleParser();
    int reports = 0;
    for (int i = 0; i < 5000; i++) {
      reports += parser
          .feed("[%5d.000000][ T%d] BUG: kernel NULL pointer dereference %s\n".formatted(i, i % 100, "x".repeat(5000)))
          .size();
    }
    List<KernelReport> rest = parser.end();
    assertTrue(rest.size() <= 16, () -> rest.size() + " open");
    assertTrue(rest.stream().allMatch(report -> report.lines().size() <= ConsoleParser.MOST_LINES
        && report.after().size() <= ConsoleParser.MOST_LINES));
    assertTrue(reports + rest.size() <= 5000);
  }
}
