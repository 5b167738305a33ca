package org.ballastvm.testkit.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.ballastvm.testkit.verdict.ConsoleParser;
import org.junit.jupiter.api.Test;

/** What is said of a kernel's end, by consoles of Linux 6.1. */
class CrashTest {
  private static Optional<String> crashOf(String console) throws IOException {
    try (InputStream in = CrashTest.class.getResourceAsStream("/consoles/" + console)) {
      return Crash.read(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  @Test
  void whatLedToThePanicIsTheTitleAndThePanicStandsAtTheEnd() throws IOException {
    String crash = crashOf("protection.txt").orElseThrow();

    assertTrue(crash.startsWith("""
        general protection fault in misdeed_protection
        in misdeed_protection < provoke < param_attr_store < module_attr_store < kernfs_fop_write_iter
        """), crash);
    assertTrue(crash.contains("Kernel panic - not syncing: Attempted to kill init!"), crash);
  }

  @Test
  void aPanicOfItsOwnIsTheTitle() throws IOException {
    String crash = crashOf("panic.txt").orElseThrow();

    assertTrue(crash.startsWith("kernel panic: misdeed: as it was asked to\nin misdeed_panic < provoke"), crash);
  }

  @Test
  void aWarningLongBeforeIsNotWhatLedToIt() {
    StringBuilder log = new StringBuilder("""
        [    0.100000] WARNING: CPU: 0 PID: 1 at kernel/a.c:3 strange+0x1/0x2
        [    0.100001] ---[ end trace 0000000000000000 ]---
        """);
    for (int i = 0; i < ConsoleParser.CONTEXT_LINES; i++) {
      log.append("[    0.2000").append(10 + i).append("] all is well\n");
    }
    log.append("[    1.234569] Kernel panic - not syncing: sysrq triggered crash\n");

    assertTrue(Crash.read(log.toString()).orElseThrow().startsWith("kernel panic: sysrq triggered crash\n"));
  }

  @Test
  void anEndWithoutAPanicIsNoCrash() {
    assertEquals(Optional.empty(),
        Crash.read("[    1.000000] BUG: scheduling while atomic: a/1/0x2\n[    2.000000] reboot\n"));
  }
}
