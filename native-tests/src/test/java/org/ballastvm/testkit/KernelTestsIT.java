package org.ballastvm.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.ballastvm.images.DebianFlavour;
import org.ballastvm.testkit.ktap.Ktap;
import org.ballastvm.testkit.ktap.KtapOutcome;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Tests of the kernel in a guest are tests here. */
@GuestTest
@Tag("more")
class KernelTestsIT {
  /** In the words of the kernel's runner; what it runs is the guest's own memory. */
  private static final String RUNNER = """
      #!/bin/sh
      [ "$1 $2" = "-c memory-hotplug" ] || exit 2
      echo "TAP version 13"
      echo "1..2"
      echo "# selftests: memory-hotplug: on-off.sh"
      echo "# TAP version 13"
      echo "# 1..3"
      block=/sys/devices/system/memory/memory0
      [ -e $block/state ] && echo "# ok 1 block" || echo "# not ok 1 block"
      grep -q ballast.of.guest /proc/cmdline && echo "# ok 2 own proc" || echo "# not ok 2 own proc"
      touch /tmp/probe && ! touch /probe 2> /dev/null && echo "# ok 3 read-only" || echo "# not ok 3 read-only"
      echo "ok 1 selftests: memory-hotplug: on-off.sh"
      echo "not ok 2 selftests: memory-hotplug: broken.sh # exit=1"
      """;

  @TempDir
  private Path directory;

  private Path installed() throws IOException {
    Path runner = Files.writeString(directory.resolve("run_kselftest.sh"), RUNNER);
    Files.setPosixFilePermissions(runner, PosixFilePermissions.fromString("rwxr-xr-x"));
    return directory;
  }

  @TestFactory
  Stream<DynamicNode> ofItsLogAndOfTheHost(@Boot(value = {"-m", "256", "-virtfs",
      Guest.HOST}, append = "ballast.of.guest", debian = DebianFlavour.STOCK) Guest guest) throws IOException {
    Ktap ktap = guest.selftests(Kselftest.at(installed()), "memory-hotplug");
    assertEquals(List.of("block", "own proc", "read-only", "selftests: memory-hotplug: broken.sh"),
        ktap.cases().map(test -> test.name()).toList());
    assertTrue(ktap.tests().get(0).outcome() instanceof KtapOutcome.Passed, ktap.toString());
    assertEquals(new KtapOutcome.Failed("exit=1"), ktap.tests().get(1).outcome());
    // What a module with tests would say: the kernel puts time stamps before it, and its own lines between.
    for (String line : List.of("KTAP version 1", "1..1", "    KTAP version 1", "    # Subtest: suite", "    1..2",
        "    ok 1 first", "    ok 2 second", "ok 1 suite")) {
      guest.run("echo '" + line + "' > /dev/kmsg");
    }
    return guest.kunit();
  }
}
