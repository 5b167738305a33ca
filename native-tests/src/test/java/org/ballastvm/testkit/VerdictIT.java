package org.ballastvm.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.ballastvm.images.DebianFlavour;
import org.ballastvm.testkit.verdict.Verdict;
import org.ballastvm.testkit.verdict.VerdictKind;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** A real kernel that a module makes go wrong, in one way after the other, and goes on. */
@GuestTest
@Tag("more")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class VerdictIT {
  private static final String PROVOKE = "/proc/misdeed";

  private Guest guest;

  @BeforeAll
  void boot(@TempDir Path directory) throws IOException {
    guest = Guest.start(GuestHosts.find(), MisdeedModule.guest(DebianFlavour.CLOUD, directory),
        GuestConfig.of("-m", "192").appending("loglevel=7"));
    guest.awaitUp();
    guest.run("insmod /misdeed.ko seconds=8");
  }

  @AfterAll
  void end() { guest.close(); }

  /** A child does it, as an oops ends whoever causes it. */
  private Verdict provoke(VerdictKind kind, String deed) {
    guest.expect(kind);
    guest.tryToRun("sh -c 'echo " + deed + " > " + PROVOKE + "' 2> /dev/null");
    Verdict verdict = guest.awaitVerdict();
    assertEquals(kind, verdict.kind(), verdict::report);
    return verdict;
  }

  private static void assertTop(String function, Verdict verdict) {
    assertEquals(List.of(function), verdict.fingerprint().stream().limit(1).toList(), verdict::report);
  }

  @Test
  @Order(1)
  void theHostSeesTheGuestsLogTasksAndStacks() {
    String log = guest.monitor("info dmesg").replaceAll("(?m)\\[ *[TC]\\d+] ", " ");
    String own = guest.run("dmesg").strip();
    String first = own.lines().filter(line -> line.contains("Linux version")).findFirst().orElseThrow();
    assertTrue(log.contains(first), () -> "no '" + first + "' in\n" + log);
    assertTrue(log.contains("misdeed: loading out-of-tree module"), log);
    String tasks = guest.monitor("info tasks -s");
    assertTrue(tasks.matches("(?s).*\n +1 +1 S init\r?\n  __schedule\\+0x.*"), tasks);
    assertTrue(tasks.contains("kthreadd"), tasks);
    Set<String> lasting = pids();
    List<String> seen = guest.monitor("info tasks").lines().map(line -> line.strip().replaceAll(" .*", "")).toList();
    lasting.retainAll(pids());
    assertTrue(lasting.size() > 20 && seen.containsAll(lasting), () -> lasting + " are not all in " + seen);
    guest.await("an idle CPU", () -> {
      String stacks = guest.monitor("info stacks");
      return stacks.contains("CPU#0 swapper/0/0 (halted)") && stacks.contains("do_idle+0x");
    });
  }

  private Set<String> pids() {
    return guest.run("ls -1 /proc").lines().map(String::strip).filter(name -> name.matches("\\d+"))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  @Order(2)
  void aWarningIsAVerdict() { assertTop("misdeed_warn", provoke(VerdictKind.WARNING, "warn")); }

  @Test
  @Order(7)
  void anOopsABugAndABadAddressAreVerdicts() {
    assertTop("misdeed_null", provoke(VerdictKind.OOPS, "null"));
    assertTop("misdeed_protection", provoke(VerdictKind.OOPS, "protection"));
    assertTop("misdeed_bug", provoke(VerdictKind.BUG, "bug"));
  }

  @Test
  @Order(8)
  void aVerdictThatNobodyExpectsEndsAWaitAtOnce() {
    guest.expect();
    long begun = System.nanoTime();
    KernelFailure failure = assertThrows(KernelFailure.class,
        () -> guest.run("sh -c 'echo null > " + PROVOKE + "'; sleep 20"));
    assertEquals(VerdictKind.OOPS, failure.verdict().kind());
    assertTrue(System.nanoTime() - begun < TimeUnit.SECONDS.toNanos(15));
    guest.expect(VerdictKind.OOPS);
    guest.console().await(Pattern.compile("LAB-RC \\d+\\r?\n"), Guest.PATIENCE);
    guest.run("true");
  }

  /** Before any oops: the kernel looks for hung tasks no more after one. */
  @Test
  @Order(3)
  void aHungTaskIsAVerdict() {
    guest.run("echo 1 > /proc/sys/kernel/hung_task_timeout_secs");
    assertTop("misdeed_sleep", provoke(VerdictKind.HUNG_TASK, "hung"));
    guest.run("echo 0 > /proc/sys/kernel/hung_task_timeout_secs");
    assertTrue(guest.monitor("info tasks -s").contains("D misdeed-hung"), () -> guest.monitor("info tasks -s"));
  }

  @Test
  @Order(4)
  void aCpuThatSchedulesNoMoreIsAVerdictAndIsSeenFromOutside() {
    guest.run("echo 1 > /proc/sys/kernel/watchdog_thresh");
    guest.expect(VerdictKind.SOFT_LOCKUP);
    guest.type("echo softlockup > " + PROVOKE);
    String stacks = guest.monitor("info stacks");
    Verdict verdict = guest.awaitVerdict();
    assertEquals(VerdictKind.SOFT_LOCKUP, verdict.kind(), verdict::report);
    assertTop("misdeed_spin", verdict);
    assertTrue(guest.monitor("info stacks").contains("misdeed_softlockup+0x"), stacks);
    guest.console().await(Pattern.compile("LAB-RC 0\\r?\n"), Guest.PATIENCE);
    guest.run("echo 0 > /proc/sys/kernel/watchdog_thresh");
  }

  @Test
  @Order(5)
  void aStallOfRcuIsAVerdict() {
    guest.run("echo 3 > /sys/module/rcupdate/parameters/rcu_cpu_stall_timeout");
    assertTop("misdeed_spin", provoke(VerdictKind.RCU_STALL, "rcu"));
  }

  @Test
  @Order(6)
  void aProcessThatIsKilledForMemoryIsAVerdict() {
    guest.expect(VerdictKind.OOM_KILL);
    guest.tryToRun("tail /dev/zero");
    assertEquals("out of memory: killed tail", guest.awaitVerdict().title());
  }
}
