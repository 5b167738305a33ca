package org.ballastvm.vmm.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.ballastvm.kvm.Errno;
import org.ballastvm.kvm.HostError;
import org.ballastvm.virtio.GuestError;
import org.ballastvm.vmm.config.UserError;
import org.junit.jupiter.api.Test;

/** A command that throws is answered, whatever it throws. */
class CommandErrorTest {
  @Test
  void whatWasForeseenIsItsOwnSentence() {
    assertEquals("no such slot", CommandError.sentence("device_add", new UserError("no such slot")));
    assertEquals("mmap: ENOMEM (out of memory)", CommandError.sentence("x", new HostError("mmap", Errno.ENOMEM)));
    assertEquals("a ring is nowhere", CommandError.sentence("info virtio", new GuestError("a ring is nowhere")));
  }

  @Test
  void theRestNamesTheCommandAndTheCure() {
    assertEquals("xp: the host has no page for memory that it needs: a file that was cut short or is full, or too few"
        + " huge pages", CommandError.sentence("xp", new InternalError("a fault occurred")));
    assertTrue(
        CommandError.sentence("free_page_hint", new OutOfMemoryError("Java heap space")).contains("BALLAST_HEAP"));
    assertEquals("stop: a bug in Ballast ended this command (java.lang.IllegalStateException: oh); its log has more",
        CommandError.sentence("stop", new IllegalStateException("oh")));
  }
}
