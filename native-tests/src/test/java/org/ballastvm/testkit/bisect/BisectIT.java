package org.ballastvm.testkit.bisect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.ballastvm.images.DebianFlavour;
import org.ballastvm.testkit.GuestConfig;
import org.ballastvm.testkit.GuestHosts;
import org.ballastvm.testkit.GuestTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A kernel in a tree is booted and tried. */
@GuestTest
@Tag("more")
class BisectIT {
  @TempDir
  private Path tree;

  @BeforeEach
  void aTreeWithABuiltKernel() throws IOException {
    Path image = tree.resolve("arch/x86/boot/bzImage");
    Files.createDirectories(image.getParent());
    Files.copy(GuestHosts.images().kernel(DebianFlavour.CLOUD).image(), image);
  }

  private Trial trial(String append, String command) {
    return BisectCommand.trial(tree, GuestConfig.of("-m", "192").appending(append), command);
  }

  @Test
  void aCommandsStatusAPanicAndAKernelThatDoesNotComeUpAreToldApart() {
    assertEquals(new Trial.Ended(3), trial("", "uname -r && sh -c 'exit 3'"));
    assertInstanceOf(Trial.GuestLost.class, trial("", "echo c > /proc/sysrq-trigger"));
    assertInstanceOf(Trial.NotUp.class, trial("rdinit=/none", "true"));
  }
}
