package org.ballastvm.testkit.bench;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.ballastvm.rig.GuestHost;
import org.ballastvm.testkit.Guest;
import org.ballastvm.testkit.GuestConfig;
import org.ballastvm.testkit.numbers.Median;

/** Guests of QEMU and of Ballast by turns, put through the same steps. */
final class Peers {
  private static final double NANOS_PER_SECOND = 1e9;
  private static final List<String> COMMAND_OF_QEMU = List.of("qemu-system-x86_64", "-accel", "kvm", "-cpu", "host");

  private Peers() {}

  /** Who runs the guest. */
  enum Vmm {
    QEMU, BALLAST;

    /** Boots a guest of it. */
    Guest boot(GuestHost host, GuestConfig config) {
      return switch (this) {
        case QEMU -> Guest.bootElsewhere(host, COMMAND_OF_QEMU, config);
        case BALLAST -> Guest.boot(host, config);
      };
    }
  }

  /** {@return room for what both do} */
  static Map<Vmm, Figures> nothingYet() {
    return new EnumMap<>(Map.of(Vmm.QEMU, new Figures(), Vmm.BALLAST, new Figures()));
  }

  /** What was measured, by what it is called, in the order in which it was. */
  static final class Figures {
    private final Map<String, List<Double>> values = new LinkedHashMap<>();

    void add(String name, double value) { values.computeIfAbsent(name, key -> new ArrayList<>()).add(value); }

    private double median(String name) {
      return Median.of(values.get(name).stream().mapToDouble(Double::doubleValue)).orElseThrow();
    }
  }

  /** A guest, and what it is put through. */
  record Life(GuestConfig config, BiConsumer<Guest, Figures> steps) {
    static Life of(BiConsumer<Guest, Figures> steps, String append, String... options) {
      return new Life(GuestConfig.of(options).appending(append), steps);
    }
  }

  /** Runs each life so many times, by turns. */
  static Map<Vmm, Figures> byTurns(int runs, GuestHost host, List<Life> lives) {
    Map<Vmm, Figures> figures = nothingYet();
    for (int i = 0; i < runs; i++) {
      for (Life life : lives) {
        figures.forEach((vmm, those) -> {
          long start = System.nanoTime();
          try (Guest guest = vmm.boot(host, life.config)) {
            those.add("exec to the guest's shell, s", secondsSince(start));
            life.steps.accept(guest, those);
          }
        });
      }
    }
    return figures;
  }

  static double secondsSince(long start) { return (System.nanoTime() - start) / NANOS_PER_SECOND; }

  /** {@return the medians as a table in Markdown} */
  static String table(Map<Vmm, Figures> figures) {
    StringBuilder table = new StringBuilder("| Median | QEMU | Ballast | Ballast / QEMU |\n|---|---:|---:|---:|\n");
    for (String name : figures.get(Vmm.QEMU).values.keySet()) {
      double qemu = figures.get(Vmm.QEMU).median(name);
      double ballast = figures.get(Vmm.BALLAST).median(name);
      table.append(String.format("| %s | %.2f | %.2f | %.2f |%n", name, qemu, ballast, ballast / qemu));
    }
    return table.toString();
  }
}
