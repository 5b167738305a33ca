package org.ballastvm.testkit.bench;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.ballastvm.rig.GuestHost;
import org.ballastvm.rig.HostedCommand;
import org.ballastvm.rig.HostedProcess;
import org.ballastvm.rig.RigError;
import org.ballastvm.testkit.Guest;
import org.ballastvm.testkit.GuestConfig;
import org.ballastvm.testkit.bench.Peers.Figures;
import org.ballastvm.testkit.bench.Peers.Life;
import org.ballastvm.testkit.bench.Peers.Vmm;

/**
 * A guest that is busy with its disk, its console, a folder of the host or its network card, by QEMU and by Ballast in turns.
 * Its programs, fio and iperf3, are the host's, which it has by a folder.
 */
final class DeviceBenchmark {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int SECONDS = 6;
  private static final int CONSOLE_KIB = 32;
  private static final Pattern TOOK = Pattern.compile("took (\\d+) ms");
  private static final Pattern RECEIVED = Pattern.compile("([0-9.]+) Mbits/sec\\s+receiver");
  private static final String HOST_ADDRESS = "10.77.0.1";
  private static final String GUEST_ADDRESS = "10.77.0.2";
  private static final String TAP = "ballastbench";

  private final GuestHost host;
  private final String place;

  /**
   * A benchmark.
   *
   * @param host where both run
   * @param place a directory there that is not yet, for files
   */
  DeviceBenchmark(GuestHost host, String place) {
    this.host = host;
    this.place = place;
  }

  /** What can be measured. */
  enum Topic {
    /** fio on a disk in the host's memory, by each engine. */
    DISKS("disks", "fio"),
    /** What is printed on a serial port, and on a console of a virtio-serial card. */
    CONSOLES("consoles"),
    /** A tree of files by 9P. */
    FOLDERS("folders"),
    /** iperf3 by a tap device, without the kernel's vhost and with it. */
    NETWORK("network", "iperf3");

    private final String word;
    private final Optional<String> program;

    Topic(String word) {
      this.word = word;
      this.program = Optional.empty();
    }

    Topic(String word, String program) {
      this.word = word;
      this.program = Optional.of(program);
    }

    String word() { return word; }

    /** {@return the topic of a word, if there is one} */
    static Optional<Topic> of(String word) {
      return Stream.of(values()).filter(topic -> topic.word.equals(word)).findFirst();
    }
  }

  /**
   * Measures, by turns.
   *
   * @param topic what
   * @param jobs those of fio, for disks
   * @param runs how often
   * @throws RigError if the host lacks a program, or a guest does not do what it is asked to
   */
  Map<Vmm, Figures> run(Topic topic, List<FioBenchmark.Job> jobs, int runs) {
    topic.program.ifPresent(
        name -> onHost("command -v " + name + " || { echo " + name + " is not installed >&2; exit 1; }"));
    onHost("mkdir " + place);
    try {
      return switch (topic) {
        case DISKS -> new FioBenchmark(host, place).run(jobs, runs);
        case CONSOLES -> Peers.byTurns(runs, host, List.of(consoles()));
        case FOLDERS -> folders(runs);
        case NETWORK -> network(runs);
      };
    } finally {
      onHost("rm -rf " + place);
    }
  }

  private String onHost(String script) { return host.run(PATIENCE, HostedCommand.of("sh", "-c", script)); }

  /** A guest with the host's programs. */
  private static Life life(BiConsumer<Guest, Figures> steps, String... more) {
    return new Life(HostPrograms.guest(List.of(more)), (guest, figures) -> {
      HostPrograms.bringIn(guest);
      steps.accept(guest, figures);
    });
  }

  private static double millis(Guest guest, String script) {
    String said = guest.run("a=$(cut -d ' ' -f 1 /proc/uptime); " + script
        + "; awk -v a=$a '{ printf \"took %d ms\\n\", ($1 - a) * 1000 }' /proc/uptime");
    return Math.max(1, Long.parseLong(found(TOOK, said).group(1)));
  }

  private static Matcher found(Pattern pattern, String said) {
    Matcher matcher = pattern.matcher(said);
    if (!matcher.find()) {
      throw new RigError("the guest said nothing like " + pattern + ", but: " + said);
    }
    return matcher;
  }

  private Life consoles() {
    GuestConfig config = GuestConfig.of("-m", "256", "-serial", "file:" + place + "/ttyS1", "-device",
        "virtio-serial-pci", "-chardev", "file,id=card,path=" + place + "/hvc0", "-device", "virtconsole,chardev=card");
    return new Life(config, (guest, figures) -> {
      guest.run("until [ -c /dev/hvc0 ]; do usleep 1000; done; for c in ttyS1 hvc0; do stty raw < /dev/$c; done;"
          + " yes 'a line of text that is printed.' | head -c " + (CONSOLE_KIB << 10) + " > /tmp/text");
      for (String console : List.of("ttyS1", "hvc0")) {
        millis(guest, "head -c 8192 /tmp/text > /dev/" + console);
        figures.add(CONSOLE_KIB + " KiB on " + console + ", ms", millis(guest, "cat /tmp/text > /dev/" + console));
        onHost("[ $(tail -c " + (CONSOLE_KIB << 10) + " " + place + "/" + console + " | uniq | wc -l) = 1 ]");
      }
    });
  }

  private Map<Vmm, Figures> folders(int runs) {
    onHost("mkdir " + place + "/tree && cd " + place + "/tree && awk 'BEGIN { for (d = 0; d < 60; d++) {"
        + " system(\"mkdir d\" d); for (f = 0; f < 30; f++) { name = \"d\" d \"/f\" f;"
        + " for (i = 0; i < 20 * f; i++) printf \"%d %d %d the same old line again and again\\n\", d, f, i > name;"
        + " close(name) } } }'");
    return Peers.byTurns(runs, host, List.of(life(this::measureFolder, "-fsdev",
        "local,id=tree,path=" + place + "/tree,security_model=none", "-device",
        "virtio-9p-pci,fsdev=tree,mount_tag=tree")));
  }

  private void measureFolder(Guest guest, Figures figures) {
    guest.run("mkdir /tree");
    for (String cache : List.of("none", "loose")) {
      String mount = "mount -t 9p -o trans=virtio,version=9p2000.L,msize=262144,cache=" + cache + " tree /tree";
      guest.run(mount);
      millis(guest, "find /tree -type f | wc -l");
      figures.add("cache=" + cache + ": find of 1,800 files, ms", millis(guest, "find /tree -type f | wc -l"));
      guest.run("umount /tree; " + mount);
      figures.add("cache=" + cache + ": tar of 1,800 files, ms", millis(guest, "tar cf /dev/null /tree 2> /dev/null"));
      figures.add("cache=" + cache + ": write of 16 MiB, ms",
          millis(guest, "dd if=/dev/zero of=/tree/big bs=256k count=64 2> /dev/null; rm /tree/big"));
      guest.run("umount /tree");
    }
  }

  private Map<Vmm, Figures> network(int runs) {
    onHost("ip tuntap add dev " + TAP + " mode tap vnet_hdr && ip addr add " + HOST_ADDRESS + "/24 dev " + TAP
        + " && ip link set " + TAP + " up");
    HostedProcess server = host.start(HostedCommand.of("iperf3", "-s", "-B", HOST_ADDRESS));
    try {
      return Peers.byTurns(runs, host, Stream.of("off", "on").map(vhost -> life(
          (guest, figures) -> measureNetwork(guest, figures, "vhost=" + vhost), "-netdev",
          "tap,id=n,ifname=" + TAP + ",script=no,downscript=no,vhost=" + vhost, "-device",
          "virtio-net-pci,netdev=n")).toList());
    } finally {
      server.kill();
      onHost("ip link del " + TAP);
    }
  }

  private static void measureNetwork(Guest guest, Figures figures, String how) {
    guest.run("ip addr add " + GUEST_ADDRESS + "/24 dev eth0 && ip link set eth0 up"
        + " && until ping -c 1 -W 1 " + HOST_ADDRESS + "; do :; done");
    figures.add(how + ": from the guest, Mbit/s", iperf(guest, ""));
    figures.add(how + ": to the guest, Mbit/s", iperf(guest, " -R"));
  }

  private static double iperf(Guest guest, String direction) {
    return Double.parseDouble(found(RECEIVED, guest.run("chroot /root iperf3 -f m -c " + HOST_ADDRESS + " -O " + SECONDS
        + " -t " + SECONDS + direction)).group(1));
  }
}
