package org.ballastvm.testkit.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.ballastvm.vmm.Vm;
import org.ballastvm.vmm.VmBuilder;
import org.ballastvm.vmm.VmLoop;
import org.ballastvm.vmm.config.BootConfig;

/** What each further machine of a process costs: payload machines of 64 MiB, which say that they run by their first instruction. */
final class MachinesBenchmark {
  private static final String GUEST_KIB = "Size:              65536 kB";
  private static final long GUEST_BYTES = 64L << 20;
  private static final long AT = 0x10_0000;
  /** mov dx, 0xf4; mov al, 0; out dx, al; then hlt for ever. */
  private static final byte[] PROGRAM = {0x66, (byte) 0xba, (byte) 0xf4, 0x00, (byte) 0xb0, 0x00, (byte) 0xee,
      (byte) 0xf4, (byte) 0xeb, (byte) 0xfd};
  private static final int WARM_UP = 100;

  /**
   * What a process holds.
   *
   * @param ownBytes its proportional set size without what guests have
   * @param threads of it
   * @param files descriptors
   */
  record Footprint(long ownBytes, long threads, long files) {
    /** After a collection: garbage is no machine's. */
    static Footprint now() throws IOException {
      System.gc();
      long kib = 0;
      boolean guest = false;
      for (String line : Files.readAllLines(Path.of("/proc/self/smaps"))) {
        if (line.startsWith("Size:")) {
          guest = line.equals(GUEST_KIB);
        } else if (line.startsWith("Pss:") && !guest) {
          kib += Long.parseLong(line.replaceAll("\\D", ""));
        }
      }
      return new Footprint(kib << 10, count("task"), count("fd"));
    }

    private static long count(String what) throws IOException {
      try (Stream<Path> all = Files.list(Path.of("/proc/self", what))) {
        return all.count();
      }
    }
  }

  /**
   * Machines of one process that are there at once.
   *
   * @param nanos from start() to the first instruction, for each machine in turn
   * @param footprints before the first, and behind each that is a row of the table
   */
  record Crowd(List<Long> nanos, List<Footprint> footprints) {}

  private static final int[] ROWS = {1, 2, 10, 50, 100};

  private MachinesBenchmark() {}

  static Crowd crowd() throws IOException {
    List<Vm> machines = new ArrayList<>();
    List<Long> nanos = new ArrayList<>();
    List<Footprint> footprints = new ArrayList<>(List.of(Footprint.now()));
    try {
      for (int row : ROWS) {
        while (machines.size() < row) {
          long begin = System.nanoTime();
          machines.add(started(description()));
          nanos.add(System.nanoTime() - begin);
        }
        footprints.add(Footprint.now());
      }
    } finally {
      machines.forEach(Vm::close);
    }
    return new Crowd(nanos, footprints);
  }

  private static VmBuilder description() {
    return Vm.builder().memory(GUEST_BYTES).device("isa-debug-exit,iobase=0xf4,iosize=4")
        .device("virtio-balloon-pci").payload(new BootConfig.Payload(PROGRAM, AT));
  }

  /** Starts one, and waits for its first instruction. */
  private static Vm started(VmBuilder description) {
    Vm vm = description.start();
    vm.whenEnded().toCompletableFuture().join();
    return vm;
  }

  /** What each of many machines takes: times in nanoseconds, the rest for one machine. */
  private static final class Share {
    final Samples nanos = new Samples();
    final Samples bytes = new Samples();
    double threads;
    double files;

    /** Has machines there at once, on a loop or, without one, each with its own. */
    void add(int count, Optional<VmLoop> loop) throws IOException {
      List<Vm> machines = new ArrayList<>();
      Footprint before = Footprint.now();
      try {
        for (int i = 0; i < count; i++) {
          VmBuilder description = description();
          loop.ifPresent(description::loop);
          long begin = System.nanoTime();
          machines.add(started(description));
          nanos.add(System.nanoTime() - begin);
        }
        Footprint after = Footprint.now();
        bytes.add((after.ownBytes - before.ownBytes) / count);
        threads = (after.threads - before.threads) / (double) count;
        files = (after.files - before.files) / (double) count;
      } finally {
        machines.forEach(Vm::close);
      }
    }

    String row(String what) {
      return String.format("| %s | %.1f | %.2f | %.1f | %.1f |%n", what, nanos.median() / 1e6,
          bytes.median() / (double) (1 << 20), threads, files);
    }
  }

  /** Machines with loops of their own beside machines on one loop, by turns, in a process that has had such machines. */
  static String sharing(int count, int runs) throws IOException {
    Share own = new Share();
    Share shared = new Share();
    new Share().add(count, Optional.empty());
    for (int run = 0; run < runs; run++) {
      own.add(count, Optional.empty());
      try (VmLoop loop = VmLoop.start("bench")) {
        shared.add(count, Optional.of(loop));
      }
    }
    return String.format("""
        | Each of %d machines | Start to first instruction, ms: median | PSS, MiB | Threads | Descriptors |
        |---|---:|---:|---:|---:|
        """, count) + own.row("a loop of its own") + shared.row("one loop for all");
  }

  static String table(Crowd crowd) {
    StringBuilder table = new StringBuilder("""
        | Machines | Start to first instruction, ms: median (worst) | PSS each, MiB | Threads | Descriptors |
        |---|---:|---:|---:|---:|
        """);
    int before = 0;
    for (int i = 0; i < ROWS.length; i++) {
      Samples times = new Samples();
      crowd.nanos.subList(before, ROWS[i]).forEach(times::add);
      Footprint now = crowd.footprints.get(i + 1);
      double each = (now.ownBytes - crowd.footprints.get(i).ownBytes) / (double) (ROWS[i] - before);
      String which = ROWS[i] - before == 1 ? "number " + ROWS[i] : "number " + (before + 1) + " to " + ROWS[i];
      long worst = crowd.nanos.subList(before, ROWS[i]).stream().mapToLong(Long::longValue).max().orElseThrow();
      table.append(String.format("| %s | %.1f (%.1f) | %.2f | %d | %d |%n", which, times.median() / 1e6, worst / 1e6,
          each / (1 << 20), now.threads, now.files));
      before = ROWS[i];
    }
    return table.toString();
  }

  /** Starts and ends machines, so many at a time, and says what the process holds before and after. */
  static String turnover(int count, int atOnce) throws IOException {
    Samples times = new Samples();
    run(WARM_UP, atOnce, times);
    Footprint before = Footprint.now();
    times = new Samples();
    run(count, atOnce, times);
    Footprint after = Footprint.now();
    return String.format("""
        | %d machines, %d at a time | Before | After |
        |---|---:|---:|
        | PSS without guests, MiB | %.1f | %.1f |
        | Threads | %d | %d |
        | Descriptors | %d | %d |
        | Start, end and close of one, ms: median | | %.1f |
        """, count, atOnce, before.ownBytes / (double) (1 << 20), after.ownBytes / (double) (1 << 20), before.threads,
        after.threads, before.files, after.files, times.median() / 1e6);
  }

  private static void run(int count, int atOnce, Samples times) throws IOException {
    try (ExecutorService users = Executors.newFixedThreadPool(atOnce)) {
      List<Future<Long>> all = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        all.add(users.submit(() -> {
          long begin = System.nanoTime();
          started(description()).close();
          return System.nanoTime() - begin;
        }));
      }
      for (Future<Long> one : all) {
        times.add(one.get());
      }
    } catch (ExecutionException e) {
      throw new IOException("a machine did not come up: " + e.getCause().getMessage(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
