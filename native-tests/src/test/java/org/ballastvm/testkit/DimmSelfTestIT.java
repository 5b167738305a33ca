package org.ballastvm.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Base64;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Linux's own test of memory that comes and goes, on memory that came in a DIMM. */
@GuestTest
class DimmSelfTestIT {
  private static final int TYPED_AT_ONCE = 1024;
  private static final Pattern OF_THE_DIMM = Pattern.compile("online->offline memory3[2-9]\n-> Success\n");

  /**
   * 60 of 100 blocks are to go offline and come back: eight of the twelve that base memory and the DIMM have. The shell is
   * not the one that the script names, and does not set UID.
   */
  @Test
  void linuxsTestOfMemoryHotplugPassesOnADimm(
      @Boot(value = {"-m", "512,slots=4,maxmem=4G"}, append = "lab.movable") Guest guest) throws Exception {
    byte[] script = LinuxSelfTests.script("memory-hotplug/mem-on-off-test.sh");
    guest.monitor("object_add memory-backend-ram,id=mem1,size=1G");
    guest.monitor("device_add pc-dimm,id=dimm1,memdev=mem1");
    guest.await("a gigabyte more", () -> guest.memInfoKiB("MemTotal") > 1400 << 10);
    copy(guest, script, "/tmp/test");
    Guest.CommandResult result = guest.tryToRun("UID=0 ash /tmp/test -r 60");
    assertEquals(0, result.status(), result.output());
    assertTrue(OF_THE_DIMM.matcher(result.output()).results().count() >= 4, result.output());
    // It brings blocks back as the kernel's own memory, so whether the DIMM may still go is not asked.
    assertTrue(guest.memInfoKiB("MemTotal") > 1400 << 10, "all of it is online again");
  }

  private static void copy(Guest guest, byte[] content, String path) {
    String text = Base64.getEncoder().encodeToString(content);
    for (int at = 0; at < text.length(); at += TYPED_AT_ONCE) {
      guest.run("echo " + text.substring(at, Math.min(text.length(), at + TYPED_AT_ONCE)) + " >> " + path + ".64");
    }
    guest.run("base64 -d " + path + ".64 > " + path);
  }
}
