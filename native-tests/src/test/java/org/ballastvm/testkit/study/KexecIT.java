package org.ballastvm.testkit.study;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.ballastvm.images.DebianFlavour;
import org.ballastvm.images.GuestImage;
import org.ballastvm.images.Initramfs;
import org.ballastvm.testkit.Guest;
import org.ballastvm.testkit.GuestConfig;
import org.ballastvm.testkit.GuestHosts;
import org.ballastvm.testkit.GuestTest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * A kernel ends and another begins, with no reset between, while memory is plugged. As long as the second has no driver,
 * nobody in the guest keeps it from any address: it may come to what the first has unplugged.
 */
@GuestTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class KexecIT {
  private static final String KEPT = "0x100000000"; // the first block of Linux, 128 MiB
  private static final long GIVEN_BACK = 0x1_0800_0000L; // the second
  private static final long STEP_BYTES = 2L << 20;
  private static final int STEPS = 64;
  private static final int KIB_OF_MIB = 10;

  @TempDir
  private static Path directory;
  private Guest guest;
  private long baseKiB;
  private String kept;

  @BeforeAll
  void boot() throws IOException {
    GuestImage plain = GuestHosts.images().debian(DebianFlavour.CLOUD);
    GuestImage image = StudyInitrd.write(directory, plain, Optional.empty(),
        new Initramfs().executable("bin/kexec", KexecProgram.program())
            .data("next/kernel", Files.readAllBytes(plain.kernel()))
            .data("next/initrd", Files.readAllBytes(plain.initrd())));
    GuestConfig config = GuestConfig.of("-m", "512M,maxmem=2G", "-object", "memory-backend-ram,id=mem0,size=512M",
        "-device", "virtio-mem-pci,id=vm0,memdev=mem0", "-device", "virtio-balloon-pci,id=balloon0");
    guest = Guest.start(GuestHosts.find(), image, config.appending("lab.movable"));
    guest.awaitUp();
  }

  @AfterAll
  void end() {
    if (guest != null) {
      guest.close();
    }
  }

  @Test
  @Order(1)
  void whatIsPluggedStaysSoUnderTheNextKernel() {
    request(256);
    guest.run("dd if=/dev/zero of=/tmp/x bs=1M count=260 2> /dev/null; rm /tmp/x"); // ZONE_MOVABLE first
    request(128);
    // Its driver gives pages back first, and the block that they were of up after that.
    guest.await("one block alone",
        () -> guest.run("ls /sys/devices/system/memory | grep 'memory3[2-5]'").equals("memory32\n"));
    assertEquals("2", property("memory-slots"), "the block that was given back still has its own");
    assertEquals("", guest.monitor("qom-set balloon0 guest-stats-polling-interval 1"));
    guest.await("statistics", () -> !statistics().contains("\"last-update\": 0"));
    guest.type("kexec /next/kernel /next/initrd 'console=ttyS0 panic=-1 quiet lab.movable lab.nomods'");
    guest.awaitUp();
    assertEquals(Integer.toString(128 << 20), property("size"));
    assertEquals("", guest.run("grep virtio_mem /proc/iomem; true"));
    baseKiB = guest.memInfoKiB("MemTotal");
    guest.run("dd if=/dev/urandom of=/tmp/keep bs=1M count=64 2> /dev/null");
    kept = guest.run("md5sum /tmp/keep");
  }

  /** Linux takes bus mastering from it on the way, and its queues lie in what is the next kernel's memory now. */
  @Test
  @Order(2)
  void aBalloonOfTheKernelBeforeKeepsItsHandsOff() {
    String before = statistics();
    guest.monitor("balloon 256");
    guest.run("sleep 3"); // three turns of its timer
    assertEquals("balloon: actual=512", guest.monitor("info balloon"));
    assertEquals(before, statistics());
    assertEquals(kept, guest.run("md5sum /tmp/keep"));
    guest.monitor("balloon 512");
  }

  private String statistics() { return guest.monitor("qom-get balloon0 guest-stats"); }

  @Test
  @Order(3)
  void whatIsUnpluggedReadsOnesAndTakesNothing() {
    assertEquals("0", property("unplugged-accesses"));
    long before = guest.residentKiB();
    for (String access : new String[]{"", " 32 0x12345678", ""}) {
      String said = guest.run("devmem 0x" + Long.toHexString(GIVEN_BACK) + access);
      assertEquals(access.isEmpty() ? "0xFFFFFFFF\n" : "", said);
    }
    assertEquals("3", property("unplugged-accesses"));
    assertEquals("1", property("memory-slots"));
    assertEquals("     64 0xFFFFFFFF\n",
        guest.run("i=0; while [ $i -lt " + STEPS + " ]; do devmem $((" + GIVEN_BACK + " + i * "
            + STEP_BYTES + ")); i=$((i + 1)); done | uniq -c"));
    assertEquals("67", property("unplugged-accesses"));
    long grew = guest.residentKiB() - before;
    assertTrue(grew < 8 << KIB_OF_MIB, "resident memory grew by " + grew + " KiB");
    guest.run("devmem " + KEPT + " 32 0x12345678");
    assertEquals("0x12345678\n", guest.run("devmem " + KEPT));
    assertEquals("67", property("unplugged-accesses"), "what is plugged can be used");
    String said = guest.lastWords().replaceAll("(?s).*\nballast says: ", "");
    assertEquals(1, said.lines().count(), said);
    assertTrue(said.contains("virtio-mem vm0: the guest read address 0x108000000, where nothing is plugged"), said);
  }

  @Test
  @Order(4)
  void itsDriverUnplugsAllAndPlugsWhatIsWanted() {
    long before = guest.residentKiB();
    guest.run("for module in /modules/*; do insmod $module; done");
    awaitSize(128);
    guest.await("it in use", () -> guest.memInfoKiB("MemTotal") - baseKiB > 100 << KIB_OF_MIB);
    long fell = before - guest.residentKiB();
    assertTrue(fell > 100 << KIB_OF_MIB, "what the first kernel had used is the host's: " + fell + " KiB");
    request(256);
    request(0);
    assertEquals(kept, guest.run("md5sum /tmp/keep"));
    String log = guest.run("dmesg | grep virtio_mem");
    assertTrue(log.contains("plugged size: 0x8000000\n"), log);
    assertEquals("", guest.run("dmesg | grep -E 'virtio_mem.*(error|fail)|BUG:|Oops'; true"));
  }

  private void request(int mib) {
    assertEquals("", guest.monitor("qom-set vm0 requested-size " + mib + "M"));
    awaitSize(mib);
  }

  private void awaitSize(int mib) {
    guest.await(mib + " MiB", () -> property("size").equals(Long.toString((long) mib << 20)));
  }

  private String property(String name) { return guest.monitor("qom-get vm0 " + name).strip(); }
}
