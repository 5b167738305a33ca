package org.ballastvm.vmm.diagnosis;

import java.util.concurrent.TimeUnit;
import org.ballastvm.virtio.mem.MemTrace;
import org.ballastvm.vmm.config.ByteSize;
import org.ballastvm.vmm.event.Obstacle;

/**
 * Judges from the numbers alone why a request is open. What they point to follows from how Linux's driver
 * (drivers/virtio/virtio_mem.c, of Linux 6.1) ends each of its runs:
 *
 * <ul>
 * <li>a block that Linux cannot describe as it lacks memory is unplugged again at once, and the driver tries again after
 * 50 s, then after 100, 200 and every 300 s; so does one that was answered BUSY;
 * <li>a block that cannot be emptied is never named on the queue; the same timer runs;
 * <li>with 1 GiB that was added and not brought online it plugs no more, and no timer runs: it goes on when half of that
 * has been brought online, or the request changes; the same where it has no whole block of Linux left to plug;
 * <li>after ERROR it calls the device broken, and does nothing until it is bound again;
 * <li>in a crash kernel it never reads how much is wanted, and asks for nothing but the state of blocks.
 * </ul>
 */
public final class Judge {
  /** A guest that moves the contents of a block is silent for so long. */
  static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);
  /** The longest time between two tries of Linux, and a little. */
  static final long LONGEST_RETRY_NANOS = TimeUnit.SECONDS.toNanos(320);
  /** What Linux lets be added and not online, unless two of its blocks are more. */
  static final long OFFLINE_BYTES = 1L << 30;
  /** What it plugs at least: 2 MiB, and before Linux 5.19 the largest block of the page allocator. */
  static final long STEP_BYTES = 4L << 20;
  /** What it adds at once; machines with much memory have larger ones. */
  static final long MEMORY_BLOCK_BYTES = 128L << 20;
  /** 64 bytes describe a page of 4 KiB. */
  static final long MEMMAP_RATIO = 64;

  private static final String AGAIN = "; it tries again by itself, every 50 s at first and every 5 minutes in the end";

  private final Symptoms seen;
  private final MemTrace trace;

  private Judge(Symptoms seen) {
    this.seen = seen;
    this.trace = seen.trace();
  }

  /**
   * Judges.
   *
   * @param seen of a device with an open request
   * @return what is thought of it
   */
  public static Verdict of(Symptoms seen) {
    Judge judge = new Judge(seen);
    return seen.running() && seen.driver() == DriverState.BOUND ? judge.bound() : judge.unbound();
  }

  private Verdict unbound() {
    if (!seen.running()) {
      return new Verdict(Obstacle.MACHINE_STOPPED, false,
          "the machine's CPUs are stopped, so its guest can do nothing");
    }
    return switch (seen.driver()) {
      case FAILED -> new Verdict(Obstacle.DRIVER_FAILED, false,
          "the guest's driver has given up on the device; the guest's kernel log says why: a driver that is bound again "
              + "while its memory is in use is turned down");
      case STOPPED -> new Verdict(Obstacle.DEVICE_STOPPED, false,
          "the guest's driver broke a rule of the queue, and the device waits for it to start again");
      case NONE, BOUND -> new Verdict(Obstacle.NO_DRIVER, false,
          "no driver has taken the device: the guest has not come so far, or its kernel lacks CONFIG_VIRTIO_MEM, "
              + "or the module virtio_mem is not loaded");
    };
  }

  private Verdict bound() {
    MemTrace.Answers answers = trace.answers();
    if (trace.last().endsWith("ERROR")) {
      return new Verdict(Obstacle.REQUEST_REFUSED, false,
          "the guest's driver asked for what it may not (its last request: "
              + trace.last() + "); Linux then calls the device broken, until its driver is bound again");
    }
    if (trace.last().endsWith("BUSY")) {
      boolean trying = trace.sinceRequestNanos() < LONGEST_RETRY_NANOS;
      return new Verdict(Obstacle.HOST_REFUSES, trying, "the host refused " + answers.busy()
          + " of the guest's requests, the last one among them; the log of this machine says why, or it is still taking "
          + "back what the guest has unplugged"
          + (trying ? AGAIN : "; the guest has stopped asking"));
    }
    if (trace.sinceRequestNanos() < PATIENCE_NANOS && trace.returnedBytes() == 0) {
      return new Verdict(Obstacle.UNDER_WAY, true, "the guest is at it");
    }
    if (!trace.noticed() && (answers.total() == 0 || trace.last().startsWith("STATE"))) {
      return new Verdict(Obstacle.NO_ANSWER, false,
          "the guest has a driver, which has not looked how much is wanted for "
              + seconds(trace.ageNanos()) + " s: the guest hangs, or is too busy to run it, or a crash kernel runs, "
              + "which neither plugs nor unplugs");
    }
    return trace.isGrowing() ? growing() : shrinking();
  }

  private Verdict growing() {
    if (trace.returnedBytes() > 0) {
      return new Verdict(Obstacle.NO_ROOM_FOR_MEMMAP, trace.sinceRequestNanos() < LONGEST_RETRY_NANOS,
          "the guest plugged " + ByteSize.describe(trace.returnedBytes())
              + " and gave it back at once, as Linux does when it has no memory left to describe more: "
              + memmap() + AGAIN);
    }
    if (isBelowGranularity()) {
      return belowGranularity();
    }
    if (seen.availableBytes().isPresent() && seen.availableBytes().getAsLong() < memmapBytes(blockBytes())) {
      return new Verdict(Obstacle.NO_ROOM_FOR_MEMMAP, true, "the guest says that it has "
          + ByteSize.describe(seen.availableBytes().getAsLong()) + " available: " + memmap() + AGAIN);
    }
    if (reachableBytes() <= trace.pluggedBytes()) {
      return new Verdict(Obstacle.BELOW_GRANULARITY, false, "Linux adds whole blocks of "
          + ByteSize.describe(MEMORY_BLOCK_BYTES) + ", and of this device's region they cover "
          + ByteSize.describe(reachableBytes()) + "; memaddr and the size of memdev should be multiples of that");
    }
    if (trace.pluggedBytes() > OFFLINE_BYTES - MEMORY_BLOCK_BYTES) {
      return new Verdict(Obstacle.NOT_BROUGHT_ONLINE, false, "the guest asks for no more, as Linux does once "
          + ByteSize.describe(OFFLINE_BYTES) + " was added that nobody has brought online; "
          + "/sys/devices/system/memory/auto_online_blocks should say online_movable; "
          + "it goes on when half of that is online, and does not try by itself before");
    }
    return unknown();
  }

  private Verdict shrinking() {
    if (isBelowGranularity()) {
      return belowGranularity();
    }
    return new Verdict(Obstacle.CANNOT_BE_FREED, true, "the guest keeps " + ByteSize.describe(trace.leftBytes())
        + " that it could not empty, and has given back " + ByteSize.describe(Math.max(0, trace.doneBytes()))
        + ": blocks in ZONE_NORMAL hold kernel data that cannot be moved, those in ZONE_MOVABLE at most pinned pages, "
        + "or the guest has no other memory for what is in them" + AGAIN);
  }

  /** A guest that has plugged half a step once can do so again. */
  private boolean isBelowGranularity() {
    return trace.leftBytes() < STEP_BYTES && (trace.pluggedBytes() & STEP_BYTES - 1) == 0;
  }

  private Verdict belowGranularity() {
    return new Verdict(Obstacle.BELOW_GRANULARITY, false, "what is left, " + ByteSize.describe(trace.leftBytes())
        + ", is less than the "
        + ByteSize.describe(STEP_BYTES) + " that drivers before Linux 5.19 plug at once; later ones plug 2 MiB");
  }

  private Verdict unknown() {
    return new Verdict(Obstacle.UNKNOWN, false,
        "the guest has asked for nothing for " + seconds(trace.sinceRequestNanos())
            + " s, and nothing that is seen from here shows why; its kernel log may");
  }

  private String memmap() {
    return ByteSize.describe(trace.leftBytes()) + " more needs " + ByteSize.describe(memmapBytes(trace.leftBytes()))
        + " of memory that it has already (64 bytes for each 4 KiB)";
  }

  private long blockBytes() { return Math.max(MEMORY_BLOCK_BYTES, seen.config().blockBytes()); }

  private static long memmapBytes(long bytes) { return Math.max(1, bytes / MEMMAP_RATIO); }

  /** What whole blocks of Linux cover of the region. */
  private long reachableBytes() {
    long base = seen.config().base() + MEMORY_BLOCK_BYTES - 1 & -MEMORY_BLOCK_BYTES;
    long end = seen.config().base() + seen.config().sizeBytes() & -MEMORY_BLOCK_BYTES;
    return Math.max(0, end - base);
  }

  private static long seconds(long nanos) { return TimeUnit.NANOSECONDS.toSeconds(nanos); }
}
