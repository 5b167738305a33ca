package org.ballastvm.testkit.bench;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.ballastvm.testkit.Guest;
import org.ballastvm.testkit.GuestConfig;
import org.ballastvm.testkit.GuestHost;

/** Debian's kernel booted, squeezed and let go, by QEMU and by Ballast in turns, where Linux guests run. */
final class GuestBenchmark {
  private static final int FULL_MIB = 1024;
  private static final int SMALL_MIB = 512;
  private static final int FILL_MIB = 640;
  private static final long KIB_PER_MIB = 1024;
  private static final double NANOS_PER_SECOND = 1e9;
  private static final List<String> QEMU = List.of("qemu-system-x86_64", "-accel", "kvm", "-cpu", "host");
  private static final GuestConfig CONFIG = GuestConfig.of("-m", Integer.toString(FULL_MIB), "-device",
      "virtio-balloon-pci,id=balloon0");

  private GuestBenchmark() {}

  /** Who runs the guest. */
  enum Vmm {
    QEMU, BALLAST
  }

  /**
   * One guest's life.
   *
   * @param bootSeconds    from exec until its shell takes commands
   * @param inflateSeconds until the balloon has taken 512 MiB that were touched
   * @param deflateSeconds until it has given them back
   * @param bootedMib      resident memory of the process after boot
   * @param returnedMib    what resident memory fell by
   */
  record Life(double bootSeconds, double inflateSeconds, double deflateSeconds, double bootedMib, double returnedMib) {}

  /** Runs guests, by turns. */
  static Map<Vmm, List<Life>> run(int runs, GuestHost host) {
    Map<Vmm, List<Life>> lives = new EnumMap<>(Vmm.class);
    for (int i = 0; i < runs; i++) {
      for (Vmm vmm : Vmm.values()) {
        lives.computeIfAbsent(vmm, key -> new ArrayList<>()).add(live(vmm, host));
      }
    }
    return lives;
  }

  private static Life live(Vmm vmm, GuestHost host) {
    long start = System.nanoTime();
    try (Guest guest = vmm == Vmm.QEMU ? Guest.bootElsewhere(host, QEMU, CONFIG) : Guest.boot(host, CONFIG)) {
      double boot = secondsSince(start);
      long booted = guest.residentKiB();
      guest.run("dd if=/dev/zero of=/tmp/fill bs=1M count=" + FILL_MIB + "; rm /tmp/fill");
      guest.monitor("info balloon");
      long filled = guest.residentKiB();
      double inflate = secondsUntil(guest, SMALL_MIB);
      long squeezed = guest.residentKiB();
      double deflate = secondsUntil(guest, FULL_MIB);
      return new Life(boot, inflate, deflate, (double) booted / KIB_PER_MIB,
          (double) (filled - squeezed) / KIB_PER_MIB);
    }
  }

  private static double secondsUntil(Guest guest, int mib) {
    long start = System.nanoTime();
    guest.balloon(mib);
    return secondsSince(start);
  }

  private static double secondsSince(long start) { return (System.nanoTime() - start) / NANOS_PER_SECOND; }

  /** {@return the medians as a table in Markdown} */
  static String table(Map<Vmm, List<Life>> lives) {
    StringBuilder table = new StringBuilder("| Median | QEMU | Ballast | Ballast / QEMU |\n|---|---:|---:|---:|\n");
    row(table, "exec to the guest's shell, s", lives, Life::bootSeconds);
    row(table, "inflate by 512 MiB, s", lives, Life::inflateSeconds);
    row(table, "deflate by 512 MiB, s", lives, Life::deflateSeconds);
    row(table, "resident after boot, MiB", lives, Life::bootedMib);
    row(table, "resident memory fell by, MiB", lives, Life::returnedMib);
    return table.toString();
  }

  private static void row(StringBuilder table, String what, Map<Vmm, List<Life>> lives,
      ToDoubleFunction<Life> value) {
    double qemu = median(lives.get(Vmm.QEMU), value);
    double ballast = median(lives.get(Vmm.BALLAST), value);
    table.append(String.format("| %s | %.2f | %.2f | %.2f |%n", what, qemu, ballast, ballast / qemu));
  }

  private static double median(List<Life> lives, ToDoubleFunction<Life> value) {
    return lives.stream().mapToDouble(value).sorted().skip(lives.size() / 2).findFirst().orElseThrow();
  }
}
