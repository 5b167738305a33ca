package org.ballastvm.testkit.scenario;

import org.ballastvm.testkit.Guest;

/** What several scenarios look at. */
final class Look {
  /** For {@code grep}, what no kernel should say. */
  private static final String TROUBLE = "BUG:|Oops|WARNING:|Bad page|blocked for more than";

  /** On a processor that QEMU's TCG plays, XSAVE's area has a size that Linux wonders at. */
  private static final String OF_THE_RIG = "fpu/xstate.c";

  private Look() {}

  /** {@return whether a kernel thread or a process of the guest is in a function} */
  static boolean isIn(Guest guest, String function) {
    return !guest.run("cat /proc/[0-9]*/stack 2> /dev/null | grep -F '" + function + "+' || true").isEmpty();
  }

  /** {@return whether a fault of a kind that is there has struck} */
  static boolean hasStruck(Guest guest, String kind) {
    return guest.monitor("info faults").lines().anyMatch(line -> line.matches(" *what=" + kind + "[,:].*")
        && !line.contains("struck 0 times"));
  }

  static void awaitStrike(Guest guest, String kind) { guest.await("a fault", () -> hasStruck(guest, kind)); }

  /** {@return lines of the kernel's log that tell of a bug; a console that is quiet has not all of them} */
  static String trouble(Guest guest) {
    return guest.run("dmesg | grep -E '" + TROUBLE + "' | grep -v '" + OF_THE_RIG + "' || true");
  }

  /** {@return what is free when caches are empty} */
  static long freeKiB(Guest guest) {
    guest.run("echo 3 > /proc/sys/vm/drop_caches");
    return guest.memInfoKiB("MemFree");
  }

  /** Has a loop run in the guest until {@link #endLoop}. */
  static void beginLoop(Guest guest, String line) {
    guest.run("{ while :; do " + line + "; done & } 2> /dev/null; echo $! > /tmp/loop");
  }

  static void endLoop(Guest guest) { guest.run("kill $(cat /tmp/loop); killall dd 2> /dev/null; wait; true"); }
}
