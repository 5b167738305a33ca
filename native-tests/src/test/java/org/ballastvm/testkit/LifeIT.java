package org.ballastvm.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.ballastvm.images.DebianFlavour;
import org.ballastvm.images.GuestImage;
import org.ballastvm.rig.HostedCommand;
import org.ballastvm.rig.HostedProcess;
import org.ballastvm.testkit.verdict.VerdictKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How guests begin, begin again and end. */
@GuestTest
class LifeIT {
  @Test
  @Expect(VerdictKind.TRIPLE_FAULT)
  void aGuestIsResetFromOutsideAndFromInsideAndKeptWhenItPowersOff(
      @Boot(value = {"-m", "256", "-no-shutdown"}, append = "reboot=t", noReboot = false) Guest guest) {
    guest.run("touch /tmp/before");
    guest.monitor("system_reset");
    guest.awaitUp();
    assertEquals(1, guest.tryToRun("ls /tmp/before").status());

    guest.type("reboot -f"); // by a triple fault, as the command line says
    guest.awaitUp();

    guest.type("poweroff -f");
    guest.await("the power to be off", () -> guest.monitor("info status").equals("VM status: paused (shutdown)"));
    guest.monitor("quit");
    assertEquals(0, guest.awaitEnd());
  }

  @Test
  @Expect(VerdictKind.PANIC)
  void aPanicIsTheEndWithNoReboot(@Boot({"-m", "256"}) Guest guest) {
    guest.type("echo c > /proc/sysrq-trigger");
    assertEquals(0, guest.awaitEnd());
    assertTrue(guest.console().text().contains("Kernel panic"), guest::lastWords);
  }

  /** Linux takes the byte behind a break on its console as SysRq's key. */
  @Test
  void theEscapeCharacterAndBReachLinuxsSysRq() throws IOException {
    GuestImage image = GuestHosts.images().debian(DebianFlavour.CLOUD);
    HostedProcess ballast = GuestHosts.find().start(HostedCommand.of(Launched.launcher().toString(), "-nodefaults",
        "-display", "none", "-serial", "mon:stdio", "-m", "256", "-kernel", image.kernel().toString(), "-initrd",
        image.initrd().toString(), "-append", "console=ttyS0 sysrq_always_enabled", "-no-reboot"));
    try {
      ballast.output().await(Pattern.compile("LAB-UP"), Guest.PATIENCE);
      write(ballast, "\u0001bh");
      ballast.output().await(Pattern.compile("sysrq: HELP"), Guest.PATIENCE);
      write(ballast, "\u0001x");
      assertEquals(OptionalInt.of(0), ballast.waitFor(Guest.PATIENCE));
    } finally {
      ballast.kill();
    }
  }

  private static void write(HostedProcess process, String keys) throws IOException {
    process.input().write(keys.getBytes(StandardCharsets.US_ASCII));
    process.input().flush();
  }

  /** The header of this one does not say where its ELF lies, so it has to unpack and enter itself. */
  @Test
  void aBzImageIsEnteredByThe64BitProtocol(@TempDir Path directory) throws IOException {
    byte[] image = Files.readAllBytes(GuestHosts.images().kernel(DebianFlavour.CLOUD).image());
    ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN).putInt(0x24c, 0); // payload_length, Linux's boot protocol 2.08
    Path opaque = Files.write(directory.resolve("vmlinuz"), image);
    try (Guest guest = Guest.boot(GuestHosts.find(),
        new GuestConfig(List.of("-m", "256"), "", DebianFlavour.CLOUD, opaque.toString(), List.of(), true))) {
      // The loader's number in the setup header; PVH's is 176 (arch/x86/platform/pvh/enlighten.c).
      assertEquals("255\n", guest.run("cat /proc/sys/kernel/bootloader_type"));
      guest.type("reboot -f");
      assertEquals(0, guest.awaitEnd());
    }
  }
}
