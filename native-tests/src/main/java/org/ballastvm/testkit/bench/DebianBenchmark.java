package org.ballastvm.testkit.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.ballastvm.images.DebianDisk;
import org.ballastvm.rig.GuestHost;
import org.ballastvm.rig.HostedCommand;
import org.ballastvm.rig.HostedProcess;
import org.ballastvm.testkit.bench.Peers.Figures;
import org.ballastvm.testkit.bench.Peers.Vmm;

/**
 * Debian from a disk, with systemd and a network card, booted to its login by QEMU and by Ballast in turns: the same disk,
 * kernel and options. The card is on QEMU's own network there, and on passt's here.
 */
final class DebianBenchmark {
  private static final Duration PATIENCE = Duration.ofMinutes(15);
  private static final Duration END = Duration.ofMinutes(2);
  private static final double NANOS_PER_SECOND = 1e9;
  private static final double KIB_PER_MIB = 1024;
  private static final List<String> QEMU = List.of("qemu-system-x86_64", "-M", "q35", "-accel", "kvm", "-cpu", "host");
  /** Whichever of the two is said last: all services are up, and somebody can log in. */
  private static final Pattern UP = Pattern
      .compile("(?s)multi-user\\.target.*debian login:|debian login:.*multi-user\\.target");

  private final GuestHost host;
  private final DebianDisk disk;
  private final Path launcher;

  /**
   * A benchmark.
   *
   * @param host     where both run
   * @param disk     one that logs nobody in by itself
   * @param launcher of Ballast
   */
  DebianBenchmark(GuestHost host, DebianDisk disk, Path launcher) {
    this.host = host;
    this.disk = disk;
    this.launcher = launcher;
  }

  /** {@return what both took, by turns; a boot before them brings the disk into the host's memory, and is not counted} */
  Map<Vmm, Figures> run(int runs) throws IOException {
    boot(Vmm.QEMU, new Figures());
    Map<Vmm, Figures> figures = new EnumMap<>(Map.of(Vmm.QEMU, new Figures(), Vmm.BALLAST, new Figures()));
    for (int i = 0; i < runs; i++) {
      for (Map.Entry<Vmm, Figures> each : figures.entrySet()) {
        boot(each.getKey(), each.getValue());
      }
    }
    return figures;
  }

  private void boot(Vmm vmm, Figures figures) throws IOException {
    List<String> command = new ArrayList<>(vmm == Vmm.QEMU ? QEMU : List.of(launcher.toString()));
    command.addAll(List.of("-nodefaults", "-display", "none", "-no-reboot", "-serial", "stdio", "-m", "1024", "-kernel",
        disk.kernel().toString(), "-initrd", disk.initrd().toString(), "-append",
        DebianDisk.APPEND + " " + DebianDisk.APPEND_IN_RIG, "-drive",
        "file=" + disk.disk() + ",if=virtio,format=raw,snapshot=on", "-nic", "user,model=virtio-net-pci", "-device",
        "virtio-rng-pci"));
    long start = System.nanoTime();
    HostedProcess machine = host.start(HostedCommand.of(command));
    try {
      machine.output().await(UP, PATIENCE);
      figures.add("exec to the login, all services up, s", (System.nanoTime() - start) / NANOS_PER_SECOND);
      figures.add("resident then, MiB", host.residentKiB(machine.pid()) / KIB_PER_MIB);
    } finally {
      machine.kill();
      machine.waitFor(END);
    }
  }
}
