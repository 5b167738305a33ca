package org.ballastvm.testkit.scenario;

import org.ballastvm.rig.HostedCommand;
import org.ballastvm.testkit.Guest;
import org.ballastvm.testkit.GuestHosts;

/** An empty disk where guests run, and what is written there by a port. */
final class HostDisk {
  static final String PLACE = "/dev/shm/ballast-scenario";
  /** {@code -drive} of the disk, for a device with {@code drive=d0}. */
  static final String DRIVE = "if=none,id=d0,format=raw,file=" + PLACE + "/disk";

  private HostDisk() {}

  static void make() { onHost("mkdir -p " + PLACE + " && truncate -s 16M " + PLACE + "/disk"); }

  static void remove() { onHost("rm -rf " + PLACE); }

  static String onHost(String line) {
    return GuestHosts.find().run(Guest.PATIENCE, HostedCommand.of("sh", "-c", line));
  }
}
