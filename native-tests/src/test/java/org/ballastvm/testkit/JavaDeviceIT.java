package org.ballastvm.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.spi.ToolProvider;
import org.ballastvm.device.Device;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The devices of the documentation, compiled, and driven by Linux. */
@GuestTest
class JavaDeviceIT {
  private static final Path EXAMPLES = Path.of("..", "docs", "examples");

  @TempDir
  private static Path classes;

  private static void compile(String name) throws Exception {
    String api = Path.of(Device.class.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
    assertEquals(0, ToolProvider.findFirst("javac").orElseThrow().run(System.out, System.err, "-proc:none", "-d",
        classes.toString(), "-cp", api, EXAMPLES.resolve(name + ".java").toString()));
  }

  private static String device(String name) { return "java,class=" + name + ",class-path=" + classes + ",id=" + name; }

  @Test
  void linuxReadsFromAnEntropySourceAndRegistersOfACard(@Boot({"-m", "256"}) Guest guest) throws Exception {
    compile("StallingRng");
    compile("Edu");
    assertEquals("", guest.monitor("device_add " + device("StallingRng")));
    guest.await("a source", () -> guest.run("cat /sys/class/misc/hw_random/rng_available").contains("virtio_rng"));
    guest.run("dd if=/dev/hwrng of=/tmp/r bs=64 count=8 2> /dev/null");
    assertEquals("512\n", guest.run("stat -c %s /tmp/r"));
    assertEquals("", guest.monitor("device_add " + device("Edu") + ",addr=9"));
    String card = "/sys/bus/pci/devices/0000:00:09.0";
    guest.await("a card", () -> guest.run("ls /sys/bus/pci/devices").contains("0000:00:09.0"));
    guest.run("echo 1 > " + card + "/enable");
    String base = guest.run("head -n1 " + card + "/resource | cut -d' ' -f1").strip();
    assertEquals("0x010000ED", guest.run("devmem " + base + " 32").strip());
    guest.run("devmem $((" + base + " + 8)) 32 5");
    assertEquals("0x00000078", guest.run("devmem $((" + base + " + 8)) 32").strip());
    assertTrue(guest.run("dmesg | grep -E 'BUG:|Oops' || true").isEmpty());
  }
}
