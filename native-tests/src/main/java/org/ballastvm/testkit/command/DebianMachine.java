package org.ballastvm.testkit.command;

import java.util.ArrayList;
import java.util.List;
import org.ballastvm.images.DebianDisk;

/**
 * The options of a machine that runs a Debian disk, in QEMU's words: a network card that needs no rights, a balloon that
 * gives back by itself what the guest frees, and virtio-mem by which the guest can grow.
 *
 * @param disk        what it boots
 * @param keeps       whether what the guest writes stays on the disk
 * @param memoryBytes what it starts with
 * @param mostBytes   what it can grow to; not more than it starts with, or unknown, is no virtio-mem
 * @param cpus        how many processors
 * @param port        where ssh is to be had
 * @param place       where it runs
 * @param more        further options of the user's
 */
record DebianMachine(DebianDisk disk, boolean keeps, long memoryBytes, long mostBytes, int cpus, int port,
    Place place, List<String> more) {
  private static final long MIB = 1L << 20;
  /** What Linux plugs at once, on guests of up to 64 GiB. */
  private static final long BLOCK_BYTES = 128 * MIB;

  /** Where a machine runs. */
  enum Place {
    /** This host. */
    HOST("127.0.0.1", ""),
    /** The rig: what this host forwards arrives at its network card, not at its 127.0.0.1. */
    RIG("", " " + DebianDisk.APPEND_IN_RIG);

    /** On which ssh's port is listened for; empty for all. */
    private final String address;
    /** What stands on the guest's command line for it. */
    private final String append;

    Place(String address, String append) {
      this.address = address;
      this.append = append;
    }
  }

  List<String> options() {
    long growthBytes = (mostBytes - memoryBytes) / BLOCK_BYTES * BLOCK_BYTES;
    List<String> options = new ArrayList<>(List.of("-name", "debian", "-smp", Integer.toString(cpus), "-kernel",
        disk.kernel().toString(), "-initrd", disk.initrd().toString(), "-append",
        DebianDisk.APPEND + " memhp_default_state=online_movable" + place.append, "-drive",
        "file=" + disk.disk().toString().replace(",", ",,") + ",if=virtio,format=raw,snapshot="
            + (keeps ? "off" : "on"),
        "-nic", "user,model=virtio-net-pci,hostfwd=tcp:" + place.address + ":" + port + "-:22", "-device",
        "virtio-balloon-pci,id=balloon0,free-page-reporting=on,deflate-on-oom=on", "-device", "virtio-rng-pci",
        "-nographic"));
    if (growthBytes > 0) {
      options.addAll(List.of("-m", mib(memoryBytes) + ",maxmem=" + mib(memoryBytes + growthBytes), "-object",
          "memory-backend-ram,id=mem0,reserve=off,size=" + mib(growthBytes), "-device",
          "virtio-mem-pci,id=vm0,memdev=mem0"));
    } else {
      options.addAll(List.of("-m", mib(memoryBytes)));
    }
    options.addAll(more);
    return List.copyOf(options);
  }

  private static String mib(long bytes) { return bytes / MIB + "M"; }
}
