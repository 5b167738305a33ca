package org.ballastvm.testkit.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.ballastvm.rig.GuestHost;
import org.ballastvm.rig.HostedCommand;
import org.ballastvm.rig.RigError;
import org.ballastvm.testkit.Guest;
import org.ballastvm.testkit.bench.Peers.Figures;
import org.ballastvm.testkit.bench.Peers.Vmm;
import org.ballastvm.vmm.config.ImageConfig.Aio;

/**
 * fio on disks in the host's memory, in a guest of QEMU and in one of Ballast that are there at once, and run it by turns. Code
 * that is not compiled yet does not count: each guest has run all of it before.
 */
final class FioBenchmark {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int DISK_MIB = 256;
  private static final int WARM_SECONDS = 4;
  private static final int RAMP_SECONDS = 1;
  private static final int SECONDS = 2;
  private static final double KIB_PER_MIB = 1024;
  private static final int READ_KIB = 6;
  private static final int WRITTEN_KIB = 47;

  /** How a disk is read or written. */
  enum Load {
    READ("read", "read, 128 KiB, 4 at once", "--rw=read --bs=128k --iodepth=4"), WRITE("write",
        "write, 128 KiB, 4 at once", "--rw=write --bs=128k --iodepth=4"), RANDREAD("randread", "random read, 4 KiB",
            "--rw=randread --bs=4k --iodepth=1"), RANDREAD_32("randread-32", "random read, 4 KiB, 32 at once",
                "--rw=randread --bs=4k --iodepth=32"), RANDWRITE("randwrite", "random write, 4 KiB",
                    "--rw=randwrite --bs=4k --iodepth=1"), RANDWRITE_32("randwrite-32",
                        "random write, 4 KiB, 32 at once", "--rw=randwrite --bs=4k --iodepth=32");

    private final String word;
    private final String title;
    private final String options;

    Load(String word, String title, String options) {
      this.word = word;
      this.title = title;
      this.options = options;
    }
  }

  /**
   * What is measured.
   *
   * @param engine whose disk
   * @param load how it is used
   */
  record Job(Aio engine, Load load) {
    private static final List<Job> ALL = Stream.of(Aio.values())
        .flatMap(engine -> Stream.of(Load.values()).map(load -> new Job(engine, load))).toList();

    String title() { return engine.word() + ": " + load.title + ", MiB/s"; }

    String word() { return engine.word() + "/" + load.word; }

    private String device() {
      return switch (engine) {
        case THREADS -> "/dev/vda";
        case IO_URING -> "/dev/vdb";
      };
    }

    /** {@return those of an engine, of a load, or of both, with a slash between; none if there are no such ones} */
    static List<Job> of(String part) {
      return ALL.stream().filter(job -> Set.of(job.word(), job.engine.word(), job.load.word).contains(part)).toList();
    }

    static List<Job> all() { return ALL; }
  }

  private final GuestHost host;
  private final String place;

  /**
   * A benchmark.
   *
   * @param host where both run
   * @param place a directory there, for files
   */
  FioBenchmark(GuestHost host, String place) {
    this.host = host;
    this.place = place;
  }

  /**
   * Measures each job so many times, by turns.
   *
   * @throws RigError if a guest does not do what it is asked to
   */
  Map<Vmm, Figures> run(List<Job> jobs, int runs) {
    Map<Vmm, Figures> figures = Peers.nothingYet();
    try (Guest qemu = boot(Vmm.QEMU); Guest ballast = boot(Vmm.BALLAST)) {
      Map<Vmm, Guest> guests = new EnumMap<>(Map.of(Vmm.QEMU, qemu, Vmm.BALLAST, ballast));
      guests.values().forEach(guest -> {
        HostPrograms.bringIn(guest);
        fio(guest, jobs, 0, WARM_SECONDS);
      });
      for (int i = 0; i < runs; i++) {
        guests.forEach((vmm, guest) -> fio(guest, jobs, RAMP_SECONDS, SECONDS)
            .forEach((job, mib) -> figures.get(vmm).add(job.title(), mib)));
      }
    }
    return figures;
  }

  /** A guest with a disk for each engine, in files of its own. */
  private Guest boot(Vmm vmm) {
    List<String> drives = new ArrayList<>();
    for (Aio engine : List.of(Aio.THREADS, Aio.IO_URING)) {
      String name = engine.word();
      String file = place + "/" + vmm + "-" + name;
      host.run(PATIENCE, HostedCommand.of("dd", "if=/dev/zero", "of=" + file, "bs=1M", "count=" + DISK_MIB));
      drives.addAll(List.of("-drive", "file=" + file + ",format=raw,if=none,id=" + name + ",aio=" + name, "-device",
          "virtio-blk-pci,drive=" + name));
    }
    return vmm.boot(host, HostPrograms.guest(drives));
  }

  /** How many MiB each job moves in a second, one after the other. */
  private static Map<Job, Double> fio(Guest guest, List<Job> jobs, int rampSeconds, int seconds) {
    String said = guest
        .run("chroot /root fio --minimal --terse-version=3 --thread --direct=1 --ioengine=libaio --time_based"
            + " --ramp_time=" + rampSeconds + " --runtime=" + seconds + jobs.stream().map(job -> " --name=" + job.word()
                + " --stonewall --filename=" + job.device() + " " + job.load().options).collect(Collectors.joining()));
    Map<Job, Double> moved = new LinkedHashMap<>();
    for (Job job : jobs) {
      Matcher line = Pattern.compile("(?m)^3;[^;]*;" + Pattern.quote(job.word()) + ";.*$").matcher(said);
      if (!line.find()) {
        throw new RigError("fio in the guest said nothing of " + job.word() + ", but: " + said);
      }
      String[] fields = line.group().split(";");
      moved.put(job, (Long.parseLong(fields[READ_KIB]) + Long.parseLong(fields[WRITTEN_KIB])) / KIB_PER_MIB);
    }
    return moved;
  }
}
