package org.ballastvm.virtio.balloon;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.ballastvm.fault.DeviceFaults;
import org.ballastvm.virtio.DeviceClock;
import org.ballastvm.virtio.DeviceEvent;
import org.ballastvm.virtio.EventLimiter;
import org.ballastvm.virtio.EventSink;
import org.ballastvm.virtio.HintRun;
import org.ballastvm.virtio.MemoryReclaim;
import org.ballastvm.virtio.MemoryReclaim.ReclaimFailed;
import org.ballastvm.virtio.Turn;
import org.ballastvm.virtio.UnwrittenMemory;
import org.ballastvm.virtio.VirtioDevice;
import org.ballastvm.virtio.queue.Virtqueue;

/**
 * The memory balloon. Virtio 1.3, 5.5. The host sets a target; the driver takes pages from the guest and names them on the
 * inflate queue, and they are given back to the host; it names those it takes back on the deflate queue. All chains that are
 * ready together are one batch: the host is called once for each range, and the driver interrupted once. With a driver that
 * must deflate before it uses a page again, the host is called for whole huge pages as far as can be.
 */
public final class BalloonDevice implements VirtioDevice {
  private static final int TYPE = 5;
  /** A driver with more to give names at least this many pages at once: Linux 256, others 1024. */
  private static final int FULL_LIST = 256;
  private static final String NAME = "virtio-balloon";
  private static final BalloonQueue[] NO_QUEUES = {};

  private final long offered;
  /** What is offered, by index. */
  private final List<BalloonQueue> offeredQueues;
  private final MemoryReclaim reclaim;
  private final EventSink events;
  private final BalloonMistakes mistakes;
  private final RingPages rings;
  private final NamedPages pages;
  private final PageLists inflated;
  private final PageLists deflated;
  private final FreePageReports reports;
  private final BalloonConfigSpace registers;
  private final GuestStats stats;
  private final Optional<FreePageHints> hints;
  /** By index, what the queues are for with the features that were agreed on. */
  private volatile BalloonQueue[] queues = NO_QUEUES;
  private volatile Context context;
  private final Turn turn;
  private boolean moreToCome;
  private BalloonTrace trace = BalloonTrace.NONE;
  private ConfigNotifier notifier = Runnable::run; // there is no driver to notify before there is a transport

  /**
   * A balloon that is empty.
   *
   * @param config what the user asked
   * @param reclaim how pages are given back
   * @param clock when to ask the guest how it uses its memory
   * @param events takes what happens to it
   */
  public BalloonDevice(BalloonConfig config, MemoryReclaim reclaim, DeviceClock clock, EventSink events) {
    this(config, reclaim, Optional.empty(), clock, events);
  }

  /**
   * A balloon that is empty, and may ask the guest for its free pages.
   *
   * @param config what the user asked
   * @param reclaim how pages are given back
   * @param unwritten how free pages are given back; where it is not there, the guest is not offered to name them
   * @param clock when to ask the guest how it uses its memory
   * @param events takes what happens to it
   */
  public BalloonDevice(BalloonConfig config, MemoryReclaim reclaim, Optional<UnwrittenMemory> unwritten,
      DeviceClock clock, EventSink events) {
    this.offered = config.features() | (unwritten.isPresent() ? BalloonFeature.FREE_PAGE_HINT.bit() : 0);
    this.offeredQueues = BalloonQueue.with(offered);
    this.events = new EventLimiter(events);
    this.mistakes = new BalloonMistakes(NAME, this.events);
    this.rings = new RingPages(offeredQueues.size());
    this.hints = unwritten.map(memory -> new FreePageHints(memory, rings, mistakes::refused, this::hintsEnded));
    this.registers = new BalloonConfigSpace(offered);
    this.stats = new GuestStats(config.pollingIntervalSeconds(), clock, () -> wake(BalloonQueue.STATS));
    this.turn = new Turn(clock::nanoTime);
    this.reclaim = reclaim;
    this.pages = new NamedPages(reclaim, turn, rings, mistakes::refused);
    this.inflated = new PageLists("inflate", pages::inflated);
    this.deflated = new PageLists("deflate", pages::deflated);
    this.reports = new FreePageReports(pages::reported);
  }

  /**
   * Says who watches it at work.
   *
   * @param watcher sees all from now on
   */
  public void watch(BalloonTrace watcher) { this.trace = watcher; }

  /**
   * Sets how large the balloon should be. The guest gets there in its own time.
   *
   * @param pageCount pages of 4 KiB, from 0; the register holds 2^32 - 1, and more than that asks for as many
   */
  public void setTarget(long pageCount) {
    notifier.change(() -> registers.numPages((int) Math.min(pageCount, 0xffff_ffffL)));
    trace.targetSet(targetPages(), actualPages());
    wake(BalloonQueue.INFLATE);
  }

  /**
   * Sets how large the balloon should be, in bytes, rounded down to pages of 4 KiB.
   *
   * @param sizeBytes from 0; as far as the register reaches
   */
  public void setTargetBytes(long sizeBytes) { setTarget(sizeBytes >> PageLists.PAGE_SHIFT); }

  /** {@return how large the balloon should be, in bytes} */
  public long targetBytes() {
    return targetPages() << PageLists.PAGE_SHIFT;
  }

  /** {@return how large the driver last said it is, in bytes} */
  public long actualBytes() {
    return actualPages() << PageLists.PAGE_SHIFT;
  }

  /** {@return how large the balloon should be, in pages of 4 KiB} */
  public long targetPages() {
    return Integer.toUnsignedLong(registers.numPages());
  }

  /** {@return how large the driver last said it is, in pages of 4 KiB} */
  public long actualPages() {
    return Integer.toUnsignedLong(registers.actual());
  }

  /** {@return what was agreed on, a bit for each {@link BalloonFeature}; empty while no driver is at work} */
  public OptionalLong agreedFeatures() {
    Context driver = context;
    return driver == null ? OptionalLong.empty() : OptionalLong.of(driver.features());
  }

  /** {@return what the guest last reported of its memory} */
  public BalloonStats stats() { return stats.snapshot(); }

  /** {@return how often the guest is asked how it uses its memory, in seconds; 0 for never} */
  public long pollingIntervalSeconds() {
    return stats.intervalSeconds();
  }

  /**
   * Changes how often the guest is asked how it uses its memory. One that was not asked before is asked at once. Called
   * on the event loop.
   *
   * @param seconds 0 (never) to {@link BalloonConfig#MOST_SECONDS}
   * @throws IllegalArgumentException if out of range; the message is QEMU's
   */
  public void setPollingIntervalSeconds(long seconds) { stats.intervalSeconds(seconds); }

  /**
   * Asks the guest for all of its free pages; the host has them when the guest has named all. One that is asked meanwhile
   * begins again. Called on the event loop.
   *
   * @throws IllegalStateException if the guest cannot be asked: it has no driver, or one without this feature, or it fills
   *         free pages with something
   * @throws ReclaimFailed if the host cannot note what the guest writes to; nothing is asked then
   */
  public void startHinting() {
    Context driver = context;
    if (driver == null || !BalloonFeature.FREE_PAGE_HINT.in(driver.features())) {
      throw new IllegalStateException(hints.isEmpty()
          ? "the balloon does not ask for free pages; give it free-page-hint=on"
          : "the guest has no driver that names free pages");
    }
    if (isPoisoned(driver)) {
      throw new IllegalStateException("the guest fills its free pages with a pattern, which they would lose");
    }
    try {
      hints.orElseThrow().start();
    } finally {
      notifyHintCommand();
    }
  }

  /** Asks the guest for no more free pages; it keeps those it has named. Called on the event loop. */
  public void stopHinting() {
    if (hints.isPresent() && hints.get().stop()) {
      hintsEnded();
    }
  }

  /** {@return how far the guest is with naming its free pages} */
  public HintRun hinting() {
    return hints.map(FreePageHints::run).orElse(BalloonState.Hints.IDLE);
  }

  private void hintsEnded() {
    notifyHintCommand();
    if (hinting() instanceof HintRun.Complete run) {
      events.accept(new DeviceEvent.HintRunEnded(run));
    }
  }

  private void notifyHintCommand() { notifier.change(() -> registers.hintCommand(hinting().command())); }

  @Override
  public void goWrong(DeviceFaults planned) { hints.ifPresent(run -> run.goWrong(planned)); }

  @Override
  public int type() { return TYPE; }

  @Override
  public String name() { return NAME; }

  @Override
  public void attached(ConfigNotifier transport) { notifier = transport; }

  @Override
  public long features() { return offered; }

  @Override
  public int queueCount() { return offeredQueues.size(); }

  @Override
  public int queueSize(int queue) { return offeredQueues.get(queue).size(); }

  @Override
  public int configBytes() { return registers.bytes(); }

  @Override
  public long configRead(int offset) { return registers.read(offset); }

  @Override
  public void configWrite(int offset, int width, long value) {
    long before = actualPages();
    registers.write(offset, width, value);
    if (actualPages() != before) {
      events.accept(new DeviceEvent.BalloonChanged(actualPages()));
    }
    if (BalloonConfigSpace.isActual(offset, width)) {
      // The driver writes its size after each list, also when it found nothing to name.
      if (pages.isHolding() && (!moreToCome || actualPages() >= targetPages())) {
        wake(BalloonQueue.INFLATE);
      }
      moreToCome = false;
    }
  }

  /** Has the event loop look at a queue, for work that did not come by it; one that finds it empty gives back what is held. */
  private void wake(BalloonQueue queue) {
    Context driver = context;
    BalloonQueue[] agreed = queues;
    for (int index = 0; driver != null && index < agreed.length; index++) {
      if (agreed[index] == queue) {
        driver.resumeLater(index);
      }
    }
  }

  @Override
  public void start(Context driver) {
    queues = BalloonQueue.with(driver.features()).toArray(BalloonQueue[]::new);
    context = driver;
  }

  /** The driver's pages are its own again, so the count starts over; the target is the host's and stays. */
  @Override
  public void reset() {
    boolean shrinks = registers.actual() != 0;
    restoreRegisters(state().powerOn());
    stats.reset();
    Optional<HintRun.Complete> cut = hints.flatMap(FreePageHints::reset);
    registers.hintCommand(hinting().command());
    cut.ifPresent(run -> events.accept(new DeviceEvent.HintRunEnded(run)));
    if (shrinks) {
      events.accept(new DeviceEvent.BalloonChanged(0));
    }
  }

  @Override
  public BalloonState state() {
    return new BalloonState(registers.numPages(), registers.actual(), registers.poison(), moreToCome, pages.state(),
        stats.state(), hints.map(FreePageHints::state).orElse(BalloonState.NO_HINTS));
  }

  @Override
  public void restore(State state) {
    BalloonState was = (BalloonState) state;
    restoreRegisters(was);
    stats.restore(was.stats());
    boolean cut = hints.isPresent() && hints.get().restore(was.hints());
    registers.hintCommand(hinting().command());
    if (cut) {
      notifyHintCommand();
    }
  }

  /** All but the parts that the host changes under locks of their own. */
  private void restoreRegisters(BalloonState was) {
    context = null;
    queues = NO_QUEUES;
    inflated.clear();
    deflated.clear();
    reports.clear();
    registers.numPages(was.targetPages());
    registers.actual(was.actualPages());
    registers.poison(was.poison());
    moreToCome = was.moreToCome();
    pages.restore(was.held());
  }

  @Override
  public int unfinished(int queue) {
    BalloonQueue[] agreed = queues;
    if (queue >= agreed.length) {
      return 0;
    }
    return switch (agreed[queue]) {
      case INFLATE -> inflated.taken();
      case DEFLATE -> deflated.taken();
      case REPORTING -> reports.taken();
      case STATS, FREE_PAGE -> 0;
    };
  }

  @Override
  public void close() {
    stats.close();
    hints.ifPresent(FreePageHints::close);
    reclaim.release(); // A guest may let a device go that its driver never reset.
  }

  @Override
  public void queueReady(int queue) {
    if (queue >= queues.length) {
      return; // Offered, but of a feature that was not agreed on.
    }
    BalloonQueue which = queues[queue];
    if (!trace.batchBegins()) {
      serve(which, queue);
      return;
    }
    Virtqueue ring = context.queue(queue);
    int returned = ring.positions().returned();
    long ranges = pages.ranges();
    long bytes = pages.bytes();
    serve(which, queue);
    trace.batchEnds(which.label(), ring.positions().returned() - returned & 0xffff, pages.ranges() - ranges,
        pages.bytes() - bytes);
  }

  private void serve(BalloonQueue which, int queue) {
    turn.begin();
    pages.learn(context, queues.length);
    switch (which) {
      case INFLATE -> takePages(queue, inflated);
      case DEFLATE -> {
        // It may be in these lists, and is the guest's again when they are answered.
        if (pages.flush()) {
          takePages(queue, deflated);
        } else {
          context.resumeLater(queue);
        }
      }
      case STATS -> {
        if (stats.ready(context, queue)) {
          trace.statsCame(stats::snapshot);
        }
      }
      case FREE_PAGE -> hints.orElseThrow().ready(context, queue);
      case REPORTING -> reports.ready(context, queue, !isPoisoned(context), turn);
    }
    mistakes.ring(rings.takeNamedPage());
  }

  /** Works until nothing is ready, for at most a turn: a busy driver must not keep the event loop. */
  private void takePages(int queue, PageLists lists) {
    boolean more = true;
    while (more) {
      boolean isOver = turn.isOverByCalls();
      int named = isOver ? PageLists.UNFINISHED : lists.takeBatch(context.queue(queue), context.memory(), turn);
      mistakes.stray(lists.takeStrayPage());
      if (named == PageLists.UNFINISHED) {
        context.resumeLater(queue);
        return;
      }
      moreToCome = named >= FULL_LIST;
      boolean flushed = named > 0 || pages.flush();
      more = context.finish(queue) || !flushed;
    }
  }

  /** A guest that fills free pages with something finds zeros in those that were given back: it would call them broken. */
  private boolean isPoisoned(Context driver) {
    return registers.poison() != 0 && BalloonFeature.PAGE_POISON.in(driver.features());
  }
}
