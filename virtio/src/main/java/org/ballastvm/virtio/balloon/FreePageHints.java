package org.ballastvm.virtio.balloon;

import java.util.Optional;
import java.util.function.Consumer;
import org.ballastvm.fault.DeviceFaults;
import org.ballastvm.fault.Fault;
import org.ballastvm.fault.FaultKind;
import org.ballastvm.fault.FaultPoint;
import org.ballastvm.virtio.HintRun;
import org.ballastvm.virtio.HintRun.Ending;
import org.ballastvm.virtio.MemoryReclaim.ReclaimFailed;
import org.ballastvm.virtio.UnwrittenMemory;
import org.ballastvm.virtio.UnwrittenMemory.GivenBack;
import org.ballastvm.virtio.VirtioDevice.Context;
import org.ballastvm.virtio.queue.DescriptorChain;
import org.ballastvm.virtio.queue.GuestError;
import org.ballastvm.virtio.queue.GuestMemory;
import org.ballastvm.virtio.queue.Virtqueue;

/**
 * The free page queue: asked by a command, the driver names pages that it took from the guest, until it has no more or
 * the command changes. Virtio 1.3, 5.5.6.6.
 *
 * <p>
 * The driver does not wait for its buffers, and gives named pages to the guest again when that runs short of memory. So a
 * page that was named may be in use before the device sees its name. Writes are noted from before the command is given:
 * a page that was named under it was free later than that, and if it has not been written to since, nothing is lost.
 */
final class FreePageHints {
  /** From here on commands are numbers of runs; QEMU begins here, too. */
  static final int FIRST_ID = 0x8000_0000;
  /** 256 GiB, as Linux names them; what is named beyond that stays with the guest. */
  private static final int MOST_RANGES = 1 << 16;
  private static final int PAGE_BYTES = 1 << PageLists.PAGE_SHIFT;
  private static final HintRun IDLE = BalloonState.Hints.IDLE;

  private final UnwrittenMemory memory;
  private final RingPages rings;
  private final Consumer<ReclaimFailed> refused;
  private final Runnable ended;
  /** There while the driver may name pages. */
  private PageRanges named;
  private int nextId = FIRST_ID;
  private volatile HintRun run = IDLE;
  /** Null where nothing goes wrong. */
  private DeviceFaults faults;

  /**
   * Nothing is asked yet.
   *
   * @param rings what of named memory is not free
   * @param refused is given what the host refused
   * @param ended is called when a run is over that all was named of, so that the driver is to be notified
   */
  FreePageHints(UnwrittenMemory memory, RingPages rings, Consumer<ReclaimFailed> refused, Runnable ended) {
    this.memory = memory;
    this.rings = rings;
    this.refused = refused;
    this.ended = ended;
  }

  /** How far it is. */
  HintRun run() { return run; }

  /** Asks for all free pages; what was asked before is void. The driver is to be notified of the command, thrown or not. */
  synchronized void start() {
    abandon();
    memory.watch();
    named = new PageRanges(MOST_RANGES);
    run = new HintRun.Requested(nextId);
    nextId = nextId == -1 ? FIRST_ID : nextId + 1;
  }

  /** Asks for no more; true if anything was asked, so that the driver is to be notified. */
  synchronized boolean stop() {
    return abandon();
  }

  /** There is no driver any more; the run that this cuts short, if one was on. */
  synchronized Optional<HintRun.Complete> reset() {
    Optional<HintRun.Complete> cut = abandon() && run instanceof HintRun.Complete over
        ? Optional.of(over)
        : Optional.empty();
    restore(state().powerOn());
    return cut;
  }

  /** The device leaves its machine. */
  synchronized void close() {
    abandon();
    memory.close();
  }

  /** {@return how far it is} */
  synchronized BalloonState.Hints state() { return new BalloonState.Hints(run, nextId); }

  /** Makes it what it was; true if that was a run under way, which is cancelled, so that the driver is to be notified. */
  synchronized boolean restore(BalloonState.Hints state) {
    abandon();
    boolean cut = isUnderWay(state.run());
    run = cut ? new HintRun.Complete(Ending.CANCELLED, namedBytes(state.run()), GivenBack.NOTHING) : state.run();
    nextId = state.nextId();
    return cut;
  }

  private static boolean isUnderWay(HintRun run) {
    return !(run instanceof HintRun.Idle || run instanceof HintRun.Complete);
  }

  private static long namedBytes(HintRun run) {
    return run instanceof HintRun.GivingBack giving ? giving.namedBytes() : 0;
  }

  private boolean abandon() {
    if (!isUnderWay(run)) {
      return false;
    }
    named = null;
    run = new HintRun.Complete(Ending.CANCELLED, namedBytes(run), memory.endWatch());
    return true;
  }

  /**
   * Takes what the driver has said.
   *
   * @throws GuestError if a chain is neither a command nor pages
   */
  synchronized void ready(Context driver, int queue) {
    Virtqueue ring = driver.queue(queue);
    for (int taken = 0; taken < ring.size(); taken++) {
      DescriptorChain chain = ring.next();
      if (chain == null) {
        break;
      }
      if (chain.readableCount() != 0) {
        heed(commandIn(chain, driver.memory()));
      }
      if (run instanceof HintRun.Reporting) {
        add(chain);
      }
      ring.pushUsed(chain.head(), 0);
    }
    if (driver.finish(queue)) {
      driver.resumeLater(queue);
    }
  }

  private static int commandIn(DescriptorChain chain, GuestMemory memory) {
    if (chain.readableBytes() != Integer.BYTES) {
      throw new GuestError("free page queue: a command of " + chain.readableBytes() + " bytes; it must have 4");
    }
    int command = 0;
    for (int i = chain.readableCount() - 1; i >= 0; i--) {
      for (long at = chain.address(i) + chain.lengthBytes(i) - 1; at >= chain.address(i); at--) {
        command = command << 8 | memory.getByte(at);
      }
    }
    return command;
  }

  /** A command that does not fit belongs to a run that is over. */
  private void heed(int command) {
    if (run instanceof HintRun.Requested(int id) && command == id) {
      begin(id);
    } else if (run instanceof HintRun.Reporting(int id) && command == HintRun.COMMAND_STOP) {
      discard(id, named);
    }
  }

  private void begin(int id) {
    Fault fault = faults == null ? null : faults.strike(FaultPoint.HINT_COMMAND, 0, 0);
    if (fault == null || fault.kind() == FaultKind.DONE_EARLY) {
      run = new HintRun.Reporting(id);
    }
    if (fault != null && fault.kind() == FaultKind.DONE_EARLY) {
      abandon();
      ended.run(); // The transport's lock is held, as it is where a chain is taken.
    }
  }

  /** Has things go wrong from now on. */
  synchronized void goWrong(DeviceFaults planned) { faults = planned; }

  private void discard(int id, PageRanges pages) {
    long[] pageCount = new long[1];
    pages.forEach((first, count) -> pageCount[0] += count);
    run = new HintRun.GivingBack(id, pageCount[0] << PageLists.PAGE_SHIFT);
    named = null;
    memory.discardUnwritten(visitor -> pages.forEach(
        (first, count) -> rings.handOn(first << PageLists.PAGE_SHIFT, count << PageLists.PAGE_SHIFT, visitor::range)),
        (given, failure) -> done(id, given, failure));
  }

  /** Those who are called take the transport's lock, under which others come here: they are called under none. */
  private void done(int id, GivenBack given, Optional<ReclaimFailed> failure) {
    synchronized (this) {
      if (!(run instanceof HintRun.GivingBack giving) || giving.id() != id) {
        return;
      }
      run = new HintRun.Complete(failure.isPresent() ? Ending.FAILED : Ending.COMPLETED, giving.namedBytes(), given);
    }
    failure.ifPresent(refused);
    ended.run();
  }

  private void add(DescriptorChain chain) {
    for (int i = chain.readableCount(); i < chain.count() && named.room() > 0; i++) {
      long first = chain.address(i) + PAGE_BYTES - 1 >>> PageLists.PAGE_SHIFT;
      long end = chain.address(i) + chain.lengthBytes(i) >>> PageLists.PAGE_SHIFT;
      if (first < end) {
        named.addRun(first, end - first);
      }
    }
  }
}
