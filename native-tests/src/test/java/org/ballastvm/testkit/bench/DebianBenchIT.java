package org.ballastvm.testkit.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import org.ballastvm.images.DebianDisk;
import org.ballastvm.images.DebianDiskConfig;
import org.ballastvm.testkit.DebianTools;
import org.ballastvm.testkit.GuestHosts;
import org.ballastvm.testkit.GuestTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Debian comes up from one disk under both, in the same rig or on this host, and the table says how soon. */
@GuestTest
@Tag("more")
@Timeout(3600)
class DebianBenchIT {
  @Test
  void bothBootTheSameDisk() throws Exception {
    DebianTools.assume();
    Path launcher = Path.of(System.getProperty("ballast.home", ".."), "ballast").toAbsolutePath().normalize();
    DebianDisk disk = GuestHosts.images().debianDisk(DebianDiskConfig.usual(), false);

    String table = Peers.table(new DebianBenchmark(GuestHosts.find(), disk, launcher)
        .run(Integer.getInteger("ballast.debian.runs", 1)));

    System.out.println(table);
    assertEquals(4, table.lines().count(), table);
  }
}
