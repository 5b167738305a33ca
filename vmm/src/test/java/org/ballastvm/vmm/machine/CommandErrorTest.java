package org.ballastvm.vmm.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.ballastvm.kvm.Errno;
import org.ballastvm.kvm.HostError;
import org.ballastvm.virtio.queue.GuestError;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.memory.MemoryObjects;
import org.junit.jupiter.api.Test;

/** A command that throws is answered, whatever it throws. */
class CommandErrorTest {
  private static String sentence(String command, Throwable thrown) {
    return CommandError.sentence(command, thrown, MemoryObjects::new);
  }

  @Test
  void whatWasForeseenIsItsOwnSentence() {
    assertEquals("no such slot", sentence("device_add", new UserError("no such slot")));
    assertEquals("mmap: ENOMEM (out of memory)", sentence("x", new HostError("mmap", Errno.ENOMEM)));
    assertEquals("a ring is nowhere", sentence("info virtio", new GuestError("a ring is nowhere")));
  }

  @Test
  void theRestNamesTheCommandAndTheCure() {
    assertEquals("xp: the host has no page for memory of the guest that Ballast used",
        sentence("xp", new InternalError("a fault occurred in an unsafe memory access operation")));
    assertTrue(
        sentence("free_page_hint", new OutOfMemoryError("Java heap space")).contains("BALLAST_HEAP"));
    assertEquals("stop: a bug in Ballast ended this command (java.lang.IllegalStateException: oh); its log has more",
        sentence("stop", new IllegalStateException("oh")));
  }
}
