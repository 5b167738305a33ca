package org.ballastvm.vmm.policy;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.ballastvm.virtio.balloon.BalloonDevice;
import org.ballastvm.vmm.config.AutoBalloonConfig;
import org.ballastvm.vmm.config.PageSize;
import org.ballastvm.vmm.event.AutoAction;
import org.ballastvm.vmm.event.MachineEvent.BalloonAuto;
import org.ballastvm.vmm.loop.EventLoop;
import org.ballastvm.vmm.loop.LoopTimer;
import org.ballastvm.vmm.policy.Decision.Hold;

/**
 * The automatic mode of a balloon: once a second it looks at the guest, and does what the policy says. While it is off, it
 * costs nothing. It belongs to the event loop, but for {@link #guestSays}.
 */
public final class AutoBalloon implements AutoCloseable {
  private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);
  /** How often the guest is asked where the user has not said. */
  private static final long OWN_INTERVAL = 1;

  /** The machine around the balloon. */
  public interface Surroundings {
    /**
     * Whether a balloon is still in it.
     *
     * @param balloon the balloon
     * @return false once the guest has let it go
     */
    boolean has(BalloonDevice balloon);

    /** {@return the guest's memory as a balloon counts it, in bytes} */
    long sizeBytes();

    /** {@return memory that it has besides, in bytes} */
    long pluggedBytes();

    /** {@return whether its processors run} */
    boolean isRunning();

    /** {@return how short of memory the host is} */
    HostPressure pressure();

    /**
     * Emits an event.
     *
     * @param event what
     */
    void emit(BalloonAuto event);
  }

  /**
   * What became of a look, or of several that ended alike.
   *
   * @param since when it was first so
   * @param until when it was last so
   * @param times how often in a row
   * @param action what was done
   * @param guestBytes what the guest should have since then
   * @param reason why, in words
   */
  public record Outcome(Instant since, Instant until, long times, AutoAction action, long guestBytes, String reason) {}

  private final EventLoop loop;
  private final BalloonDevice balloon;
  private final Surroundings vm;
  private final AtomicLong takenBackPages = new AtomicLong();
  private volatile long lastActualPages;
  private AutoBalloonConfig config;
  private BalloonPolicy policy = new BalloonPolicy();
  private Decisions decisions = new Decisions();
  private LoopTimer timer;
  private boolean asksForItself;

  /**
   * One that is off.
   *
   * @param loop where it works
   * @param balloon the balloon
   * @param config what the user asked
   * @param vm the machine around it
   */
  public AutoBalloon(EventLoop loop, BalloonDevice balloon, AutoBalloonConfig config, Surroundings vm) {
    this.loop = loop;
    this.balloon = balloon;
    this.config = config.withOn(false);
    this.vm = vm;
  }

  /** {@return the balloon that it is about} */
  public BalloonDevice balloon() { return balloon; }

  /** {@return what it goes by; it is on if that says so} */
  public AutoBalloonConfig config() { return config; }

  /** {@return the marks that it keeps what the guest has available between} */
  public AutoBalloonConfig.Marks marks() {
    return config.marks(vm.sizeBytes() + vm.pluggedBytes());
  }

  /** {@return how short of memory the host is} */
  public HostPressure pressure() { return vm.pressure(); }

  /** {@return what it did since it was last switched on, the newest last} */
  public List<Outcome> outcomes() {
    return decisions.all().stream().map(entry -> new Outcome(entry.first(), entry.last(), entry.times(),
        entry.decision().action(), entry.guestBytes(), entry.decision().reason())).toList();
  }

  /**
   * Goes by something else from now on.
   *
   * @param wanted what, but for whether it is on
   */
  public void tune(AutoBalloonConfig wanted) { config = wanted.withOn(config.on()); }

  /** Switches it on; the guest is asked for statistics if it was not. Nothing happens if it is on. */
  public void switchOn() {
    if (config.on()) {
      return;
    }
    config = config.withOn(true);
    policy = new BalloonPolicy();
    decisions = new Decisions();
    lastActualPages = balloon.actualPages();
    takenBackPages.set(0);
    asksForItself = balloon.pollingIntervalSeconds() == 0;
    if (asksForItself) {
      balloon.setPollingIntervalSeconds(OWN_INTERVAL);
    }
    timer = new LoopTimer(loop, this::look);
    timer.every(LOOK_NANOS);
    vm.emit(new BalloonAuto(AutoAction.ON, shouldHaveBytes(), "switched on"));
  }

  /**
   * Switches it off, and leaves the balloon as it is. The guest is asked no more if it was for this alone.
   *
   * @param why in words
   * @return whether it was on
   */
  public boolean switchOff(String why) {
    if (!config.on()) {
      return false;
    }
    stop();
    vm.emit(new BalloonAuto(AutoAction.OFF, shouldHaveBytes(), why));
    return true;
  }

  private void stop() {
    config = config.withOn(false);
    timer.close();
    timer = null;
    if (asksForItself && balloon.pollingIntervalSeconds() == OWN_INTERVAL) {
      balloon.setPollingIntervalSeconds(0);
    }
  }

  /**
   * Takes note of what a driver says of its balloon, on any thread. What it takes out though it should put in, it has need
   * of.
   *
   * @param pages how large the balloon is now, in pages of 4 KiB
   */
  public void guestSays(long pages) {
    long before = lastActualPages;
    lastActualPages = pages;
    long asked = Math.min(before, balloon.targetPages());
    if (pages < asked) {
      takenBackPages.addAndGet(asked - pages);
    }
  }

  /** Looks at the guest, and does something about it. */
  void look() {
    if (!vm.has(balloon)) {
      close();
      return;
    }
    long takenBack = takenBackPages.getAndSet(0);
    GuestSample guest = new GuestSample(System.nanoTime(), vm.isRunning(), balloon.agreedFeatures().isPresent(),
        vm.sizeBytes(), vm.pluggedBytes(), balloon.targetBytes(), balloon.actualBytes(),
        takenBack << PageSize.SHIFT, balloon.stats());
    Decision decision = policy.decide(guest, vm.pressure(),
        new Settings(marks(), config.rateBytes(), balloon.pollingIntervalSeconds()));
    decision.targetBytes().ifPresent(balloon::setTargetBytes);
    boolean isOther = decisions.add(Instant.now(), shouldHaveBytes(), decision);
    if (!(decision instanceof Hold hold) || isOther && hold.why().isBad()) {
      vm.emit(new BalloonAuto(decision.action(), shouldHaveBytes(), decision.reason()));
    }
  }

  private long shouldHaveBytes() { return Math.max(0, vm.sizeBytes() - balloon.targetBytes()); }

  /** The balloon is gone. */
  @Override
  public void close() {
    if (timer != null) {
      timer.close();
      timer = null;
      config = config.withOn(false);
    }
  }
}
