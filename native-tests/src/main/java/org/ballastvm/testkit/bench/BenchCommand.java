package org.ballastvm.testkit.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.ballastvm.images.DebianDisk;
import org.ballastvm.images.DebianDiskConfig;
import org.ballastvm.images.FileTree;
import org.ballastvm.images.ImageError;
import org.ballastvm.kvm.NativeProvider;
import org.ballastvm.rig.GuestHost;
import org.ballastvm.rig.RigError;
import org.ballastvm.testkit.GuestHosts;
import org.ballastvm.testkit.run.RunWish;
import org.ballastvm.vmm.command.Arguments;
import org.ballastvm.vmm.command.SubCommand;
import org.ballastvm.vmm.config.ByteSize;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.cpu.CpuName;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code ballast bench}: measures this machine and prints tables, as docs/performance.md has them. */
public final class BenchCommand implements SubCommand {
  private static final String BALLOON = "balloon";
  private static final String BALLOON_SIZE = BALLOON + "=";
  private static final String DISKS_PARTS = DeviceBenchmark.Topic.DISKS.word() + "=";
  /** What it measures unless it is named what; the others need QEMU. */
  private static final Set<String> USUAL = Set.of("exits", BALLOON, "start");
  private static final String GUESTS = "guests";
  private static final String DEBIAN = "debian";
  private static final String QMP = "qmp";
  private static final String MACHINES = "machines";
  private static final String ENGINES = "engines";
  private static final String RUN = "run";
  private static final int RUN_RUNS = 5;
  private static final int DISK_RUNS = 5;
  private static final int SMALL_REQUESTS = 5_000;
  private static final int LARGE_REQUESTS = 200;
  private static final long DISK_BYTES = 128L << 20;
  private static final List<String> TOPICS = Stream
      .concat(Stream.of("exits", BALLOON, "start", GUESTS, DEBIAN, QMP, MACHINES, ENGINES, RUN),
          Stream.of(DeviceBenchmark.Topic.values()).map(DeviceBenchmark.Topic::word))
      .toList();
  private static final int SHARING = 100;
  private static final int SHARING_RUNS = 5;
  private static final int TURNOVER = 1000;
  private static final int AT_ONCE = 8;
  private static final int EXIT_RUNS = 21;
  private static final int EXIT_COUNT = 20_000;
  /** Each takes a few milliseconds of a machine that does other work too. */
  private static final int SMALL_BALLOON_RUNS = 11;
  private static final int BALLOON_RUNS = 3;
  private static final long SMALL_BALLOON_BYTES = 1L << 30;
  private static final long BALLOON_BYTES = 512L << 20;
  private static final long BALLOON_MOST = 8L << 30;
  private static final long BALLOON_STEP = 16L << 20;
  private static final List<Integer> GROWTH_GIB = List.of(1, 4, 16, 64);
  private static final int TRACING_RUNS = 15;
  private static final int START_RUNS = 20;
  private static final int GUEST_RUNS = 5;
  private static final int DEBIAN_RUNS = 5;
  private static final int DEVICE_RUNS = 5;
  private static final int QMP_RUNS = 7;
  private static final int QMP_COMMANDS = 10_000;

  @Override
  public String name() { return "bench"; }

  @Override
  public String summary() {
    return "measures exits, balloon and start-up on this machine, beside C (needs gcc), and guests and QMP beside QEMU";
  }

  @Override
  public void describe(CommandSpec spec) {
    spec.addPositional(Arguments.words("TOPIC", TOPICS,
        "exits, balloon and start, which it measures if none is named; balloon=SIZE[,MEMORY]...; guests, debian, run, disks,"
            + " consoles, folders, network and qmp, beside QEMU; disks=PART[,PART]..., as disks=threads/randread or"
            + " disks=io_uring; machines of one process; engines, those of a disk, beside the bare calls"));
  }

  @Override
  public int run(ParseResult given) {
    List<String> topics = given.matchedPositionalValue(0, List.of());
    for (String argument : topics) {
      if (argument.startsWith(DISKS_PARTS)) {
        jobs(argument);
      } else if (!TOPICS.contains(argument) && !argument.startsWith(BALLOON_SIZE)) {
        throw new UserError("bench " + argument + ": there is no such benchmark; there are " + String.join(", ", TOPICS)
            + ", balloon=SIZE[,MEMORY]... and disks=PART[,PART]...");
      }
    }
    try {
      Path directory = Files.createTempDirectory("ballast-bench");
      try {
        measure(topics.isEmpty() ? List.copyOf(USUAL) : topics, directory);
      } finally {
        FileTree.delete(directory);
      }
      return 0;
    } catch (IOException | RigError | ImageError e) {
      throw new UserError("bench: " + e.getMessage(), e);
    }
  }

  private static void measure(List<String> topics, Path directory) throws IOException {
    System.out.println(LocalDate.now(ZoneOffset.UTC) + ", " + machine());
    if (topics.contains("exits")) {
      System.out.println("\nMedian of " + EXIT_RUNS + " runs of " + EXIT_COUNT + " rounds, Java and C by turns\n");
      System.out.print(
          ExitBenchmark.table(ExitBenchmark.run(List.of(GuestLoop.values()), EXIT_RUNS, EXIT_COUNT, directory)));
    }
    for (String topic : topics) {
      if (topic.equals(BALLOON)) {
        measureBalloon(BALLOON_BYTES, directory);
      } else if (topic.startsWith(BALLOON_SIZE)) {
        List<String> words = List.of(topic.substring(BALLOON_SIZE.length()).split(",", -1));
        List<BalloonMemory> memories = memories(topic, words.subList(1, words.size()));
        long bytes = balloonBytes(topic, words.getFirst());
        if (memories.isEmpty()) {
          measureBalloon(bytes, directory);
        } else {
          measureCalls(bytes, memories, directory);
        }
      }
    }
    if (topics.contains("start")) {
      System.out.println("\nMedian of " + START_RUNS + " starts, by turns\n");
      System.out.print(StartBenchmark.table(StartBenchmark.run(START_RUNS, launcher())));
    }
    if (topics.contains(QMP)) {
      System.out.println("\n" + QMP_COMMANDS + " times query-status over one socket, median of " + QMP_RUNS
          + " processes, by turns\n");
      System.out.print(QmpBenchmark.table(QmpBenchmark.run(QMP_RUNS, QMP_COMMANDS, launcher(), directory)));
    }
    if (topics.contains(MACHINES)) {
      System.out.println("\nMachines of one process, there at once\n");
      System.out.print(MachinesBenchmark.table(MachinesBenchmark.crowd()));
      System.out.println(
          "\nMachines that share a loop, beside machines that do not, by turns, median of " + SHARING_RUNS + "\n");
      System.out.print(MachinesBenchmark.sharing(SHARING, SHARING_RUNS));
      System.out.println("\nMachines that come and go\n");
      System.out.print(MachinesBenchmark.turnover(TURNOVER, AT_ONCE));
    }
    if (topics.contains(ENGINES)) {
      measureDisk(directory);
    }
    if (topics.contains(GUESTS)) {
      measureGuests();
    }
    if (topics.contains(DEBIAN)) {
      measureDebian();
    }
    if (topics.contains(RUN)) {
      measureRun();
    }
    for (DeviceBenchmark.Topic topic : DeviceBenchmark.Topic.values()) {
      if (topics.contains(topic.word())) {
        measureDevices(topic, FioBenchmark.Job.all());
      }
    }
    for (String topic : topics) {
      if (topic.startsWith(DISKS_PARTS)) {
        measureDevices(DeviceBenchmark.Topic.DISKS, jobs(topic));
      }
    }
  }

  private static List<FioBenchmark.Job> jobs(String topic) {
    return Stream.of(topic.substring(DISKS_PARTS.length()).split(",", -1)).flatMap(part -> {
      List<FioBenchmark.Job> jobs = FioBenchmark.Job.of(part);
      if (jobs.isEmpty()) {
        throw new UserError(
            "bench " + topic + ": there is no part " + part + "; there are an engine, a load, or both of "
                + FioBenchmark.Job.all().stream().map(FioBenchmark.Job::word).collect(Collectors.joining(", ")));
      }
      return jobs.stream();
    }).distinct().toList();
  }

  /** In whole turns of each order of pages. */
  private static long balloonBytes(String topic, String size) {
    long bytes = ByteSize.parse("bench " + topic, size, 1 << 20);
    if (bytes <= 0 || bytes > BALLOON_MOST || bytes % BALLOON_STEP != 0) {
      throw new UserError("bench " + topic + ": the size must be a multiple of " + ByteSize.describe(BALLOON_STEP)
          + ", up to " + ByteSize.describe(BALLOON_MOST));
    }
    return bytes;
  }

  private static List<BalloonMemory> memories(String topic, List<String> words) {
    return words.stream().map(word -> BalloonMemory.called(word)
        .orElseThrow(() -> new UserError("bench " + topic + ": there is no memory " + word + "; there are "
            + Stream.of(BalloonMemory.values()).map(BalloonMemory::word).collect(Collectors.joining(", ")))))
        .toList();
  }

  private static BalloonBenchmark measureCalls(long bytes, List<BalloonMemory> memories, Path directory)
      throws IOException {
    int runs = bytes <= SMALL_BALLOON_BYTES ? SMALL_BALLOON_RUNS : BALLOON_RUNS;
    System.out.println("\nA balloon of " + ByteSize.describe(bytes) + ", median (and best) of " + runs
        + " runs, Java and C by turns; all code compiled\n");
    System.out.print(BalloonBenchmark.HEADING);
    BalloonBenchmark benchmark = new BalloonBenchmark(runs, directory);
    for (BalloonMemory memory : memories) {
      benchmark.print(memory, (int) (bytes >> BalloonPages.SHIFT));
    }
    return benchmark;
  }

  private static void measureBalloon(long bytes, Path directory) throws IOException {
    System.out.println("\nThe first lists of a process, pages ascending, private memory that was never touched\n");
    System.out.print(BalloonBenchmark.FIRST_LISTS_HEADING);
    BalloonBenchmark.printFirstLists();
    BalloonBenchmark benchmark = measureCalls(bytes, List.of(BalloonMemory.values()), directory);
    if (PayloadProbe.obstacle().isEmpty()) {
      System.out.println("\nFrom a driver in a guest: KVM_RUN, ioeventfd, epoll, device, irqfd, interrupt\n");
      System.out.print(BalloonBenchmark.PAYLOAD_HEADING);
      for (PageOrder order : PageOrder.values()) {
        System.out.print(benchmark.payloadRow(order, (int) (bytes >> BalloonPages.SHIFT)));
      }
    }
    System.out.println("\nA balloon in memory that is mostly untouched, reserve=off\n");
    System.out.print(BalloonGrowth.table(BalloonGrowth.run(BALLOON_RUNS, GROWTH_GIB)));
    System.out.println("\nA balloon of " + ByteSize.describe((long) BalloonTracing.PAGES << BalloonPages.SHIFT)
        + " that is watched, by turns\n");
    System.out.print(BalloonTracing.table(BalloonTracing.run(TRACING_RUNS)));
  }

  private static void measureDisk(Path directory) throws IOException {
    System.out.println("\nA driver on a file of " + ByteSize.describe(DISK_BYTES) + ", median of " + DISK_RUNS
        + " runs, by turns\n");
    System.out.print(DiskBenchmark.HEADING);
    for (DiskBenchmark.Load load : DiskBenchmark.LOADS) {
      int count = load.random() ? SMALL_REQUESTS : LARGE_REQUESTS;
      System.out.print(DiskBenchmark.row(DiskBenchmark.run(load, DISK_RUNS, count, DISK_BYTES, directory)));
    }
  }

  private static Path launcher() { return Path.of(System.getProperty("ballast.home", "."), "ballast"); }

  private static void measureGuests() {
    GuestHost host = GuestHosts.find();
    System.out.println("\nMedian of " + GUEST_RUNS + " guests, by turns, in " + host.description() + "\n");
    System.out.print(Peers.table(GuestBenchmark.run(GUEST_RUNS, host)));
  }

  private static void measureDebian() throws IOException {
    DebianDisk disk = GuestHosts.images().debianDisk(DebianDiskConfig.usual(), false);
    GuestHost host = GuestHosts.find();
    System.out
        .println("\nDebian from a disk, median of " + DEBIAN_RUNS + ", by turns, in " + host.description() + "\n");
    System.out.print(Peers.table(new DebianBenchmark(host, disk, launcher()).run(DEBIAN_RUNS)));
  }

  private static void measureRun() throws IOException {
    RunBenchmark benchmark = new RunBenchmark(GuestHosts.find(), launcher(), GuestHosts.images(),
        RunWish.of(List.of("uname", "-r")));
    System.out.println("\n`ballast run -- uname -r`, median of " + RUN_RUNS + ", by turns, in "
        + GuestHosts.find().description() + "\n");
    System.out.print(Peers.table(benchmark.run(RUN_RUNS)));
    System.out.printf("%nFour guests in a pipe: %.1f s%n", benchmark.inAPipe());
  }

  private static void measureDevices(DeviceBenchmark.Topic topic, List<FioBenchmark.Job> jobs) {
    GuestHost host = GuestHosts.find();
    System.out
        .println("\nA guest's " + topic.word() + ", median of " + DEVICE_RUNS + ", by turns, in " + host.description()
            + "\n");
    String place = "/dev/shm/ballast-bench-" + ProcessHandle.current().pid();
    System.out.print(Peers.table(new DeviceBenchmark(host, place).run(topic, jobs, DEVICE_RUNS)));
  }

  private static String machine() {
    String name = CpuName.ofHost().text();
    String processor = name.isEmpty() ? "an unknown processor" : name;
    return Runtime.getRuntime().availableProcessors() + " cores of " + processor + ", Linux "
        + System.getProperty("os.version") + ", Java " + Runtime.version() + ", " + NativeProvider.name();
  }
}
