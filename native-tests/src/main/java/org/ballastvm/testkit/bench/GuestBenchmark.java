package org.ballastvm.testkit.bench;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.ballastvm.rig.GuestHost;
import org.ballastvm.testkit.Guest;
import org.ballastvm.testkit.bench.Peers.Figures;
import org.ballastvm.testkit.bench.Peers.Life;
import org.ballastvm.testkit.bench.Peers.Vmm;

/** Debian's kernel booted and resized in each way that there is, by QEMU and by Ballast in turns, where Linux guests run. */
final class GuestBenchmark {
  private static final String BOOT_MIB = "1024";
  private static final int SMALL_MIB = 512;
  private static final int FILL_MIB = 640;
  private static final long KIB_PER_MIB = 1024;
  private static final int PLUGGED_MIB = 960;
  private static final int LEFT_MIB = 64;
  private static final Duration PAUSE = Duration.ofMillis(20);
  private static final Pattern PLUGGED = Pattern.compile("\\n *size: (\\d+)");

  private static final List<Life> LIVES = List.of(
      Life.of(GuestBenchmark::inflates, "", "-m", BOOT_MIB, "-device", "virtio-balloon-pci,id=balloon0"),
      Life.of(GuestBenchmark::reports, "", "-m", BOOT_MIB, "-device",
          "virtio-balloon-pci,id=balloon0,free-page-reporting=on"),
      Life.of(GuestBenchmark::plugsBlocks, "", "-m", BOOT_MIB + ",maxmem=4G", "-object",
          "memory-backend-ram,id=mem0,size=2G", "-device", "virtio-mem-pci,id=vm0,memdev=mem0"),
      Life.of(GuestBenchmark::plugsADimm, "lab.movable", "-m", BOOT_MIB + ",slots=4,maxmem=8G"));

  private GuestBenchmark() {}

  /** Runs guests, by turns. */
  static Map<Vmm, Figures> run(int runs, GuestHost host) {
    return Peers.byTurns(runs, host, LIVES);
  }

  private static void inflates(Guest guest, Figures figures) {
    figures.add("resident after boot, MiB", (double) guest.residentKiB() / KIB_PER_MIB);
    fill(guest, FILL_MIB);
    guest.monitor("info balloon");
    long filled = guest.residentKiB();
    figures.add("inflate by 512 MiB, s", balloon(guest, SMALL_MIB));
    figures.add("resident memory fell by, MiB", (double) (filled - guest.residentKiB()) / KIB_PER_MIB);
    figures.add("deflate by 512 MiB, s", balloon(guest, Integer.parseInt(BOOT_MIB)));
  }

  private static void reports(Guest guest, Figures figures) {
    guest.run("dd if=/dev/zero of=/tmp/fill bs=1M count=" + FILL_MIB);
    long filled = guest.residentKiB();
    guest.run("rm /tmp/fill");
    long start = System.nanoTime();
    guest.await("reports", PAUSE, () -> guest.residentKiB() < filled - 500 * KIB_PER_MIB);
    figures.add("500 MiB reported after they are freed, s", Peers.secondsSince(start));
  }

  private static void plugsBlocks(Guest guest, Figures figures) {
    figures.add("virtio-mem: plug 960 MiB, s", blocks(guest, PLUGGED_MIB));
    fill(guest, PLUGGED_MIB + FILL_MIB);
    figures.add("virtio-mem: unplug 896 MiB, s", blocks(guest, LEFT_MIB));
  }

  private static void plugsADimm(Guest guest, Figures figures) {
    long base = guest.memInfoKiB("MemTotal");
    guest.monitor("object_add memory-backend-ram,id=mem1,size=1G");
    figures.add("DIMM: plug 1 GiB, s", seconds(guest, "device_add pc-dimm,id=dimm1,memdev=mem1",
        () -> guest.memInfoKiB("MemTotal") > base + 900 * KIB_PER_MIB));
    figures.add("DIMM: unplug 1 GiB, s", seconds(guest, "device_del dimm1",
        () -> !guest.monitor("info memory-devices").contains("dimm1")));
  }

  /** Touches memory and frees it. */
  private static void fill(Guest guest, int mib) {
    guest.run("dd if=/dev/zero of=/tmp/fill bs=1M count=" + mib + "; rm /tmp/fill");
  }

  private static double balloon(Guest guest, int mib) {
    return seconds(guest, "balloon " + mib, () -> guest.monitor("info balloon").equals("balloon: actual=" + mib));
  }

  private static double blocks(Guest guest, long mib) {
    return seconds(guest, "qom-set vm0 requested-size " + mib + "M", () -> {
      Matcher size = PLUGGED.matcher(guest.monitor("info memory-devices"));
      return size.find() && Long.parseLong(size.group(1)) == mib << 20;
    });
  }

  /** From an order to the monitor until it is carried out. */
  private static double seconds(Guest guest, String order, BooleanSupplier done) {
    long start = System.nanoTime();
    guest.monitor(order);
    guest.await(order, PAUSE, done);
    return Peers.secondsSince(start);
  }

}
