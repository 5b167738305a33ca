package org.ballastvm.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import org.ballastvm.record.Likeness;
import org.ballastvm.record.Recording;
import org.ballastvm.rig.HostedCommand;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** A small device that misbehaves by seed comes to one kernel, is used and goes, again and again. */
@GuestTest
@Tag("more")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostileRunsIT {
  private static final int RUNS = Integer.getInteger("ballast.hostile.runs", 1000);
  private static final Duration MOST = Duration.ofMinutes(10);
  private static final int WARM_UP = 20;
  private static final int SEEDS_TWICE = 8;
  private static final long SLACK_KIB = 2 << 10;
  private static final Duration PAUSE = Duration.ofMillis(5);
  private static final String BACKEND = "/machine/peripheral/new/virtio-backend";
  /** Reads until the device goes. */
  private static final String USE = "until read -r name < /sys/class/misc/hw_random/rng_current && [ $name != none ];"
      + " do usleep 5000; done; dd if=/dev/hwrng of=/dev/null bs=16 count=1000 2> /dev/null &";

  private Guest guest;
  private Path jar;

  @BeforeAll
  void boot() {
    jar = Path.of("target", "hostile-entropy.jar").toAbsolutePath();
    String device = HostileEntropy.class.getName().replace('.', '/') + ".class";
    assertEquals(0, ToolProvider.findFirst("jar").orElseThrow().run(System.out, System.err, "--create", "--file",
        jar.toString(), "-C", Path.of("target", "test-classes").toString(), device));
    guest = Guest.boot(GuestHosts.find(), GuestConfig.of("-m", "256"));
  }

  @AfterAll
  void end() throws IOException {
    if (guest != null) {
      guest.close();
    }
    Files.deleteIfExists(jar);
  }

  private String onHost(String script) {
    return guest.host().run(Guest.PATIENCE, HostedCommand.of("sh", "-c", script)).strip();
  }

  private void nextSeed(long seed) { onHost("echo " + seed + " > " + HostileEntropy.SEEDS); }

  private void plug() {
    assertEquals("", guest.monitor("device_add java,class=" + HostileEntropy.class.getName() + ",class-path=" + jar
        + ",id=new"));
  }

  /** Its last chain is the one that it keeps. */
  private void use(long seed) {
    guest.run(USE);
    Pattern taken = Pattern.compile("last_avail_idx: +" + (HostileEntropy.answers(seed) + 1) + "\\D");
    guest.await("the last chain of seed " + seed, PAUSE,
        () -> taken.matcher(guest.monitor("info virtio-queue-status " + BACKEND + " 0")).find());
  }

  private void unplug() {
    assertEquals("", guest.monitor("device_del new"));
    guest.await("its end", PAUSE, () -> !guest.monitor("info pci").contains("id \"new\""));
  }

  private Recording recorded(long seed) {
    nextSeed(seed);
    guest.monitor("stop");
    plug();
    Dialogue dialogue = Dialogue.start(guest, "new");
    guest.monitor("cont");
    use(seed);
    dialogue.stop();
    Recording recording = dialogue.recording();
    unplug();
    return recording;
  }

  @Test
  void theSameSeedTwiceIsTheSameDialogue() {
    String before = "";
    for (long seed = 0; seed < SEEDS_TWICE; seed++) {
      Dialogue dialogue = Dialogue.of(recorded(seed));
      Dialogue.of(recorded(seed)).assertSame(dialogue, Likeness.WHAT_IS_SAID);
      assertTrue(!dialogue.toString().equals(before), before);
      before = dialogue.toString();
    }
  }

  @Test
  void manyRunsLeaveNothingBehind() {
    nextSeed(0);
    long seed = 0;
    for (; seed < WARM_UP; seed++) {
      run(seed);
    }
    Left before = left();
    long begun = System.nanoTime();
    while (seed < WARM_UP + RUNS && System.nanoTime() - begun < MOST.toNanos()) {
      run(seed++);
    }
    long runs = seed - WARM_UP;
    System.out.printf("%d hostile runs, %.0f a minute%n", runs, runs * 60e9 / (System.nanoTime() - begun));
    Left after = left();
    System.out.println(before + "\n" + after);
    assertEquals(before.files(), after.files());
    assertEquals(before.threads(), after.threads());
    assertTrue(after.heapKiB() - before.heapKiB() < SLACK_KIB, () -> before + " became " + after);
    assertTrue(after.classesKiB() - before.classesKiB() < SLACK_KIB, () -> before + " became " + after);
    assertEquals("", guest.run("dmesg | grep -E 'BUG:|Oops|WARNING:|Bad page' | grep -v fpu/xstate.c || true"));
  }

  private void run(long seed) {
    plug();
    use(seed);
    unplug();
  }

  /**
   * What the machine's process holds.
   *
   * @param files what is open
   * @param threads their names
   * @param heapKiB of the JVM's heap, after a collection
   * @param classesKiB of its metaspace
   */
  private record Left(List<String> files, List<String> threads, long heapKiB, long classesKiB) {}

  private Left left() {
    String process = "/proc/" + guest.pid();
    String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd") + " " + guest.pid();
    String heap = onHost(jcmd + " GC.run > /dev/null; " + jcmd + " GC.heap_info");
    Matcher spaces = Pattern.compile("(?:generation|tenured|DefNew|Tenured) .*used (\\d+)K").matcher(heap);
    long used = spaces.results().mapToLong(each -> Long.parseLong(each.group(1))).sum();
    Matcher classes = Pattern.compile("Metaspace +used (\\d+)K").matcher(heap);
    assertTrue(used > 0 && classes.find(), heap);
    return new Left(onHost("readlink " + process + "/fd/* | tr -d '0-9' | sort").lines().toList(),
        onHost("cat " + process + "/task/*/comm | sort").lines().toList(), used, Long.parseLong(classes.group(1)));
  }
}
