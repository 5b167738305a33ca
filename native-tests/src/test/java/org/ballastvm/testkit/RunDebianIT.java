package org.ballastvm.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.function.LongPredicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code ballast run debian}, as a user has it: one process, whose console is here, and ssh from this host. Where the host
 * has no {@code /dev/kvm} that boots Linux, the guest is in a rig of its own, and ssh goes through both.
 */
@GuestTest
@Tag("more")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(3600)
class RunDebianIT {
  private static final long BOOT_SECONDS = 1200;
  /** To read and unpack the lists of packages takes three minutes of the rig's processor. */
  private static final int COMMAND_SECONDS = 900;
  private static final String LOGIN = "to log in, when it is up: ";
  private static final String TO_THE_MONITOR = "\1c";
  private static final long KIB_PER_MIB = 1024;
  private static final int LOOKS = 60;

  @TempDir
  static Path directory;

  private StartedBallast ballast;
  private List<String> ssh;

  @BeforeAll
  void bootToMultiUser() throws Exception {
    DebianTools.assume();
    ballast = new StartedBallast(directory, Map.of(),
        List.of(Launched.launcher().toString(), "run", "debian", "-m", "1G"));
    ballast.expect(LOGIN, BOOT_SECONDS);
    ssh = new ArrayList<>(List.of(ballast.expect("\n").strip().split(" ")));
    ssh.addAll(ssh.size() - 1, List.of("-o", "BatchMode=yes", "-o", "ConnectTimeout=60", "-o",
        "StrictHostKeyChecking=yes"));
    ballast.expect("multi-user.target", BOOT_SECONDS);
  }

  @AfterAll
  void powerOff() throws Exception {
    if (ballast != null) {
      try (StartedBallast machine = ballast) {
        Launched.run(directory, "", with("poweroff"));
        machine.awaitEnd();
        assertEquals(0, machine.process().exitValue());
      }
    }
  }

  private List<String> with(String command) {
    List<String> words = new ArrayList<>(ssh);
    words.add(command);
    return words;
  }

  /** Runs a line in the guest, by ssh from this host, with the guest's own key known. */
  private String run(String command) throws IOException, InterruptedException {
    Launched launched = Launched.run(directory, "", with(command), COMMAND_SECONDS);
    assertEquals(0, launched.status(), command + ": " + launched.output() + launched.errors());
    return launched.output().strip();
  }

  private String monitor(String line) throws IOException, InterruptedException, TimeoutException {
    ballast.type(line + "\n");
    return ballast.expect(StartedBallast.PROMPT);
  }

  private void awaitTotal(LongPredicate reached) throws Exception {
    String total = "";
    for (int i = 0; i < LOOKS; i++) {
      total = run("awk '/^MemTotal/ {print $2}' /proc/meminfo");
      if (reached.test(Long.parseLong(total))) {
        return;
      }
    }
    throw new AssertionError("MemTotal stays at " + total + " KiB; " + monitor("memory show"));
  }

  private void assertServicesAreUp() throws Exception {
    assertEquals("running", run("systemctl is-system-running --wait || systemctl --failed --no-legend"));
  }

  @Test
  @Order(1)
  void servicesAreUpAndModulesWereFound() throws Exception {
    assertServicesAreUp();
    String modules = run("lsmod");
    for (String module : List.of("virtio_net", "virtio_balloon", "virtio_mem", "virtio_rng")) {
      assertTrue(modules.contains(module), module + " is not loaded: " + modules);
    }
  }

  @Test
  @Order(2)
  void aptReachesItsMirror() throws Exception {
    assumeHostReaches("deb.debian.org");
    String said = run("apt-get -q -o Acquire::Languages=none update 2>&1");
    assertTrue(said.contains("Reading package lists") && !said.contains("\nErr:"), said);
    assertEquals("Hello, world!",
        run("apt-get -q -y install --no-install-recommends hello > /tmp/apt 2>&1 || cat /tmp/apt; hello"));
  }

  private static void assumeHostReaches(String mirror) {
    try {
      InetAddress.getByName(mirror);
    } catch (UnknownHostException e) {
      Assumptions.abort("this host has no network: it does not know " + mirror);
    }
  }

  @Test
  @Order(3)
  void memoryComesAndGoesWhileServicesRun() throws Exception {
    ballast.type(TO_THE_MONITOR);
    ballast.expect(StartedBallast.PROMPT);
    monitor("memory set 1536M");
    awaitTotal(kib -> kib > 1350 * KIB_PER_MIB);
    monitor("memory set 1G");
    awaitTotal(kib -> kib < 1050 * KIB_PER_MIB);
    monitor("balloon 512");
    for (int i = 0; i < LOOKS && !monitor("info balloon").contains("actual=512"); i++) {
      run("true");
    }
    assertTrue(monitor("info balloon").contains("actual=512"), monitor("info balloon -v"));
    monitor("balloon 1024");
    assertServicesAreUp();
  }
}
