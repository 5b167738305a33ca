package org.ballastvm.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.ballastvm.rig.DirectHost;
import org.ballastvm.rig.GuestHost;
import org.ballastvm.rig.Rig;
import org.ballastvm.rig.RigConfig;

/** Processors and memory for the guests of tests that run side by side. Whoever wants more than there is comes alone. */
final class GuestRoom {
  /** Room that was taken; closing gives it back. */
  @FunctionalInterface
  interface Place extends AutoCloseable {
    @Override
    void close();
  }

  private static GuestRoom ofHost;

  private final int processors;
  private final long memoryMiB;
  private int freeProcessors;
  private long freeMiB;

  GuestRoom(int processors, long memoryMiB) {
    this.processors = processors;
    this.memoryMiB = memoryMiB;
    this.freeProcessors = processors;
    this.freeMiB = memoryMiB;
  }

  /** {@return what properties say, or else what is where guests run} */
  static synchronized GuestRoom ofHost() {
    if (ofHost == null) {
      GuestHost host = GuestHosts.find();
      ofHost = new GuestRoom(Integer.getInteger("ballast.guests.processors", processorsOf(host)),
          Long.getLong("ballast.guests.memoryMiB", memoryMiBOf(host)));
    }
    return ofHost;
  }

  private static int processorsOf(GuestHost host) {
    return switch (host) {
      case DirectHost _ -> Runtime.getRuntime().availableProcessors();
      case Rig _ -> RigConfig.ofTests().cpuCount();
    };
  }

  /** Three quarters: page tables, page caches and what else runs take their part. */
  private static long memoryMiBOf(GuestHost host) {
    return switch (host) {
      case DirectHost _ -> availableMiB() / 4 * 3;
      case Rig _ -> RigConfig.ofTests().memoryMiB() / 4 * 3L;
    };
  }

  private static long availableMiB() {
    try {
      return Files.readAllLines(Path.of("/proc/meminfo")).stream().filter(line -> line.startsWith("MemAvailable:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) >> 10).findFirst().orElse(0);
    } catch (IOException e) {
      // One at a time, then.
      return 0;
    }
  }

  /**
   * Waits until there is room.
   *
   * @return gives it back
   */
  synchronized Place enter(GuestNeeds needs) throws InterruptedException {
    int takenProcessors = Math.min(processors, needs.processors());
    long takenMiB = Math.min(memoryMiB, needs.memoryMiB());
    while (freeProcessors < takenProcessors || freeMiB < takenMiB) {
      wait();
    }
    freeProcessors -= takenProcessors;
    freeMiB -= takenMiB;
    return () -> leave(takenProcessors, takenMiB);
  }

  private synchronized void leave(int takenProcessors, long takenMiB) {
    freeProcessors += takenProcessors;
    freeMiB += takenMiB;
    notifyAll();
  }
}
