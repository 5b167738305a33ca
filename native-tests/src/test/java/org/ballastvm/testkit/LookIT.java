package org.ballastvm.testkit;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.ballastvm.images.DebianFlavour;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A look at other kernels, with KASLR, from outside. */
@GuestTest
@Tag("more")
class LookIT {
  @Test
  void linux612WithKaslrShowsItsLogTasksAndStacks(
      @Boot(value = {"-m", "512", "-smp", "2", "-machine", "kaslr=on"}, debian = DebianFlavour.LATER) Guest guest) {
    see(guest);
  }

  @Test
  void linux61WithKaslrShowsItsLogTasksAndStacks(
      @Boot(value = {"-m", "512", "-smp", "2", "-machine", "kaslr=on"}, debian = DebianFlavour.STOCK) Guest guest) {
    see(guest);
  }

  private static void see(Guest guest) {
    String log = guest.monitor("info dmesg");
    assertTrue(log.contains("Linux version " + guest.kernelRelease()), log);
    String stacks = guest.monitor("info stacks");
    assertTrue(stacks.contains("CPU#0 swapper/0/0 (halted)") && stacks.contains("CPU#1 swapper/1/0 (halted)"), stacks);
    assertTrue(stacks.contains("do_idle+0x") && stacks.contains("start_secondary+0x"), stacks);
    String tasks = guest.monitor("info tasks -s");
    assertTrue(tasks.contains("1       1 S init") && tasks.contains("ret_from_fork"), tasks);
  }
}
