package org.ballastvm.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.ballastvm.images.DebianFlavour;
import org.ballastvm.rig.GuestHost;
import org.ballastvm.rig.HostedCommand;
import org.ballastvm.rig.HostedProcess;
import org.junit.jupiter.api.Test;

/** Guest memory lies in a file of a tmpfs that has no room for all of it. */
@GuestTest
class SmallFileSystemIT {
  private static final GuestConfig ON_FILE = GuestConfig.of("-m", "512", "-object",
      "memory-backend-file,id=ram,size=512M,mem-path=/mnt/ram,share=on", "-machine", "memory-backend=ram");

  private final GuestHost host = GuestHosts.find();

  /** A mount that nobody else sees, and that goes when its process does; only who is not root needs to become it. */
  private static List<String> ballastOnTmpfs(String size) {
    return List.of("sh", "-c", "[ $(id -u) = 0 ] || root=-Ur; exec unshare -m $root --propagation unchanged sh -c '"
        + "mount -t tmpfs -o size=" + size + " none /mnt && exec \"$@\"' sh \"$@\"", "sh",
        Launched.launcher().toString());
  }

  @Test
  void aKernelThatDoesNotFitIsRefusedInASentence() {
    List<String> command = new ArrayList<>(ballastOnTmpfs("16m"));
    command.addAll(List.of("-nodefaults", "-display", "none", "-kernel",
        GuestHosts.images().debian(DebianFlavour.CLOUD).kernel().toString()));
    command.addAll(ON_FILE.options());
    HostedProcess process = host.start(HostedCommand.of(command));
    try {
      assertEquals(OptionalInt.of(2), process.waitFor(Guest.PATIENCE), () -> process.errors().text());
      String errors = process.errors().text();
      String last = errors.lines().reduce("", (before, line) -> line);
      assertTrue(last.startsWith("ballast: -kernel ") && last.contains("there is no room for it"), errors);
    } finally {
      process.kill();
    }
  }

  @Test
  void aGuestThatFindsRoomForWhatItUsesRunsAndIsWarnedOf() {
    try (Guest guest = Guest.bootElsewhere(host, ballastOnTmpfs("300m"), ON_FILE)) {
      guest.run("dd if=/dev/zero of=/tmp/some bs=1M count=64");
      guest.type("poweroff -f");
      assertEquals(0, guest.awaitEnd(), guest::lastWords);
      assertTrue(
          guest.lastWords().contains("memory backend ram: the file system of mem-path=/mnt/ram has no room for all "
              + "of size=512 MiB"),
          guest::lastWords);
    }
  }
}
