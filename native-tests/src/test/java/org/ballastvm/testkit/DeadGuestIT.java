package org.ballastvm.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.ballastvm.images.DebianFlavour;
import org.ballastvm.testkit.verdict.MachineVerdict;
import org.ballastvm.testkit.verdict.Verdict;
import org.ballastvm.testkit.verdict.VerdictKind;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Guests that cannot say any more what happened to them. */
@GuestTest
@Tag("more")
class DeadGuestIT {
  private static final String PROVOKE = "/proc/misdeed";

  private static Guest boot(Path directory) throws IOException {
    Guest guest = Guest.start(GuestHosts.find(), MisdeedModule.guest(DebianFlavour.CLOUD, directory),
        GuestConfig.of("-m", "192").appending("nmi_watchdog=0"));
    guest.awaitUp();
    guest.run("insmod /misdeed.ko");
    return guest;
  }

  @Test
  void aTripleFaultIsAVerdict(@TempDir Path directory) throws IOException {
    try (Guest guest = boot(directory)) {
      guest.expect(VerdictKind.TRIPLE_FAULT);
      guest.type("echo triple > " + PROVOKE);
      assertEquals(VerdictKind.TRIPLE_FAULT, guest.awaitVerdict().kind());
      assertEquals(0, guest.awaitEnd());
    }
  }

  @Test
  void aGuestThatMovesNoMoreIsAVerdictWithItsStacks(@TempDir Path directory) throws IOException {
    try (Guest guest = boot(directory)) {
      long begun = System.nanoTime();
      KernelFailure failure = assertThrows(KernelFailure.class, () -> guest.run("echo irqs-off > " + PROVOKE));
      System.out.println("hang to verdict: " + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun) + " ms, "
          + guest.host().description());
      Verdict verdict = failure.verdict();
      assertEquals(VerdictKind.NO_PROGRESS, verdict.kind());
      assertInstanceOf(MachineVerdict.class, verdict);
      assertTrue(verdict.report().contains("  misdeed_irqs_off+0x"), verdict.report());
      assertTrue(verdict.report().contains(" [misdeed]\n  proc_reg_write+0x"), verdict.report());
      assertFalse(guest.monitor("info dmesg").isBlank());
    }
  }

  /** The kernel prints no stack after an oops: this is its first trouble. */
  @Test
  void aPanicIsAVerdictAndItsEndIsNoLostMachine(@TempDir Path directory) throws IOException {
    try (Guest guest = boot(directory)) {
      guest.expect(VerdictKind.PANIC);
      long begun = System.nanoTime();
      guest.type("echo panic > " + PROVOKE);
      Verdict verdict = guest.awaitVerdict();
      System.out.println("panic to verdict: " + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun)
          + " ms from the command that causes it, " + guest.host().description());
      assertEquals("kernel panic: misdeed: as it was asked to", verdict.title());
      assertEquals("misdeed_panic", String.join(" ", verdict.fingerprint().stream().limit(1).toList()),
          verdict::report);
      assertEquals(List.of(VerdictKind.PANIC), guest.verdicts().stream().map(Verdict::kind).toList());
      assertEquals(0, guest.awaitEnd());
      assertThrows(LostMachine.class, () -> guest.tryToRun("true"));
    }
  }
}
