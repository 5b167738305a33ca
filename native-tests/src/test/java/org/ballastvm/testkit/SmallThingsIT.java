package org.ballastvm.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.ballastvm.images.DebianFlavour;
import org.ballastvm.images.GuestImage;
import org.ballastvm.images.Initramfs;
import org.ballastvm.images.Kernel;
import org.ballastvm.images.ModuleTree;
import org.ballastvm.rig.GuestHost;
import org.ballastvm.testkit.verdict.VerdictKind;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** What images look for besides disks and a network, by Linux's own drivers: one guest has all of it. */
@GuestTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SmallThingsIT {
  private static final String ID = "5f6c8a3e-0123-4567-89ab-cdef01234567";
  private static final String GENERATION = "11111111-2222-3333-4444-555555555555";
  private static final List<String> DRIVERS = List.of("qemu_fw_cfg", "pvpanic-pci", "i6300esb");
  private static final int CARD_RESET = 0x20;

  private final GuestHost host = GuestHosts.find();
  private Guest guest;

  @BeforeAll
  void boot(@TempDir Path directory) throws IOException {
    GuestConfig config = new GuestConfig(
        List.of("-m", "256", "-uuid", ID, "-smbios", "type=1,serial=ds=nocloud;h=web1", "-smbios",
            "type=2,asset=rack 7", "-rtc", "base=2001-02-03T04:05:06", "-fw_cfg",
            "opt/org.example/word,string=from the host", "-device", "vmcoreinfo,id=core0", "-device",
            "vmgenid,id=gen0,guid=" + GENERATION, "-device", "pvpanic-pci,id=panic0", "-device", "i6300esb,id=dog0",
            "-action", "panic=pause,watchdog=pause"),
        "", DebianFlavour.STOCK, "", List.of(), false);
    guest = Guest.start(host, image(directory), config);
    guest.awaitUp();
  }

  /** The usual guest, and an archive with more drivers behind it. */
  private static GuestImage image(Path directory) throws IOException {
    Kernel kernel = GuestHosts.images().kernel(DebianFlavour.STOCK); // the small one has no watchdogs
    GuestImage lab = GuestHosts.images().lab(kernel);
    ModuleTree modules = ModuleTree.of(kernel.modules().orElseThrow());
    Path more = directory.resolve("more");
    new Initramfs().modules(modules.inLoadOrder(DRIVERS)).writeTo(more);
    Path initrd = Files.copy(lab.initrd(), directory.resolve("initrd"));
    Files.write(initrd, new byte[(int) (-Files.size(initrd) & 3)], StandardOpenOption.APPEND);
    Files.write(initrd, Files.readAllBytes(more), StandardOpenOption.APPEND);
    return new GuestImage(lab.release(), lab.kernel(), initrd);
  }

  @AfterAll
  void end() { guest.close(); }

  private String read(String file) { return guest.run("cat " + file).strip(); }

  private String dmi(String name) { return read("/sys/class/dmi/id/" + name); }

  @Test
  @Order(1)
  void theGuestReadsWhoItsMachineIs() {
    assertEquals(ID, dmi("product_uuid"));
    assertEquals(ID, guest.monitor("info uuid").strip());
    assertEquals("Ballast", dmi("sys_vendor"));
    assertEquals("Ballast virtual machine", dmi("product_name"));
    assertEquals("ds=nocloud;h=web1", dmi("product_serial"));
    assertEquals("rack 7", dmi("board_asset_tag"));
    assertEquals("Ballast", dmi("bios_vendor"));
    assertEquals("1", dmi("chassis_type"));
    assertTrue(guest.run("dmesg").contains("SMBIOS 3.0.0 present"));
  }

  @Test
  @Order(1)
  void theClockShowsTheDateThatItWasGiven() { assertEquals("2001-02-03", read("/sys/class/rtc/rtc0/date")); }

  @Test
  @Order(1)
  void filesOfFirmwareAreThereAndTheKernelWritesToItsOwn() {
    assertEquals("from the host", read("/sys/firmware/qemu_fw_cfg/by_name/opt/org.example/word/raw"));
    assertEquals("1", guest.monitor("qom-get /machine/peripheral/core0 guest-format").strip());
    long note = Long.parseLong(guest.monitor("qom-get /machine/peripheral/core0 paddr").strip());
    assertTrue(guest.monitor("xp /12bc " + (note + 12)).contains("'V'"), "no VMCOREINFO at " + note);
  }

  @Test
  @Order(1)
  void anotherGenerationHasTheGuestDrawNewRandomNumbers() {
    assertEquals(GENERATION, guest.monitor("info vm-generation-id").strip());
    guest.await("random numbers", () -> guest.run("dmesg").contains("crng init done"));
    assertEquals("", guest.monitor("qom-set /machine/peripheral/gen0 guid " + ID).strip());
    guest.await("the guest to notice", () -> guest.run("dmesg").contains("virtual machine fork"));
    assertEquals(ID, guest.monitor("info vm-generation-id").strip());
  }

  @Test
  @Order(2)
  void aWatchdogThatIsNotFedStopsTheGuestOrResetsIt() {
    assertEquals("i6300ESB timer", read("/sys/class/watchdog/watchdog0/identity"));
    guest.run("watchdog -T 10 -t 1 /dev/watchdog; sleep 2; killall watchdog");
    assertEquals("VM status: running", guest.monitor("info status").strip());
    guest.run("watchdog -T 2 -t 600 /dev/watchdog");
    guest.await("the watchdog", () -> guest.monitor("info status").contains("paused (watchdog)"));
    guest.monitor("watchdog_action reset");
    guest.monitor("cont");
    guest.run("killall watchdog; sleep 1; watchdog -T 2 -t 600 /dev/watchdog");
    guest.awaitUp();
    assertEquals(CARD_RESET, Integer.parseInt(read("/sys/class/watchdog/watchdog0/bootstatus")));
    assertEquals(ID, dmi("product_uuid"));
  }

  @Test
  @Order(3)
  @Expect(VerdictKind.PANIC)
  void aPanicIsReported() {
    assertEquals("3", read("/sys/bus/pci/drivers/pvpanic-pci/*/capability"));
    guest.type("echo c > /proc/sysrq-trigger");
    guest.await("the report", () -> guest.monitor("info status").contains("paused (guest-panicked)"));
  }
}
