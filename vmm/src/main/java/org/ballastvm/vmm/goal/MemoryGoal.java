package org.ballastvm.vmm.goal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.ballastvm.kvm.HostError;
import org.ballastvm.virtio.balloon.BalloonDevice;
import org.ballastvm.vmm.config.ByteSize;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.devices.Devices;
import org.ballastvm.vmm.devices.MachineMemory;
import org.ballastvm.vmm.event.MachineEvent;
import org.ballastvm.vmm.loop.EventLoop;
import org.ballastvm.vmm.loop.LoopTimer;
import org.ballastvm.vmm.plan.Means;
import org.ballastvm.vmm.plan.Plan;
import org.ballastvm.vmm.state.Log;
import org.ballastvm.vmm.diagnosis.DimmState;
import org.ballastvm.vmm.diagnosis.MemoryRequest;
import org.ballastvm.vmm.diagnosis.Verdict;

/**
 * Brings a guest to a total, and emits what became of it. A device that does not get where it was asked to is left where it
 * is, and the next means tried; the goal ends when it is reached, or when none is left. On the event loop.
 */
public final class MemoryGoal implements AutoCloseable {
  private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long BALLOON_PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

  private final MachineMemory memory;
  private final Devices devices;
  private final Surroundings around;
  private final MemoryRequests requests;
  private final PlanSteps means;
  /** What did not get where it was asked to, and why not, by its path. */
  private final Map<String, String> stuck = new LinkedHashMap<>();
  /** What the guest said of DIMMs that it did not take, and that are gone. */
  private final Set<String> refusals = new LinkedHashSet<>();
  private final LoopTimer timer;
  private Optional<Status> status = Optional.empty();
  private long startNanos;
  private long balloonBytes;
  private long balloonNanos;

  /** How far it is. */
  public enum State {
    /** The guest is at it. */
    UNDER_WAY,
    /** It has what it should have, or the nearest there is. */
    REACHED,
    /** It has not, and nothing is left to try. */
    FAILED
  }

  /**
   * A goal, and what became of it.
   *
   * @param wantedBytes what the guest should have
   * @param plannedBytes the nearest to that which its devices can give
   * @param state how far it is
   * @param nanos how long it took, so far
   * @param reason why it is not there, if that is known
   */
  public record Status(long wantedBytes, long plannedBytes, State state, long nanos, Optional<String> reason) {}

  /**
   * No goal yet.
   *
   * @param loop where it works
   * @param memory of the machine
   * @param devices what can give the guest memory, and take it
   * @param requests what the guest was asked for
   * @param around the rest of the machine
   */
  public MemoryGoal(EventLoop loop, MachineMemory memory, Devices devices, MemoryRequests requests,
      Surroundings around) {
    this.memory = memory;
    this.devices = devices;
    this.requests = requests;
    this.around = around;
    this.means = new PlanSteps(memory, devices);
    this.timer = new LoopTimer(loop, this::look);
  }

  /**
   * Brings the guest to a total.
   *
   * @param wantedBytes base memory, DIMMs and what is plugged, less the balloon
   * @return what is done, a line for each step; empty if the guest was asked for this already
   * @throws UserError if it cannot be had; nothing was asked of the guest
   * @throws HostError if the host refuses; nothing was asked of the guest
   */
  public List<String> set(long wantedBytes) {
    means.begin();
    refusals.clear();
    Plan plan = Plan.of(means.of(Map.of()), wantedBytes);
    List<String> done = means.carryOut(plan, Map.of());
    devices.autoBalloon().ifPresent(auto -> auto.switchOff("a total was set by hand"));
    stuck.clear();
    startNanos = System.nanoTime();
    noteBalloon();
    status = Optional.of(new Status(wantedBytes, plan.totalBytes(), State.UNDER_WAY, 0, Optional.empty()));
    look();
    return done;
  }

  /** {@return the last goal, if there was one} */
  public Optional<Status> status() { return status; }

  /** {@return what the guest has by all that is known, in bytes} */
  public long actualBytes() {
    return Math.max(0, memory.config().sizeBytes()
        + requests.all().stream().mapToLong(MemoryRequest::sizeBytes).sum() - devices.sizes().balloonBytes());
  }

  private void look() {
    Status goal = status.orElseThrow();
    if (goal.state != State.UNDER_WAY) {
      return;
    }
    long now = System.nanoTime();
    refusals.addAll(means.withdrawRefused());
    List<MemoryRequest> asked = requests.all();
    noteStuck(asked, now);
    boolean open = asked.stream().anyMatch(request -> request.open() && !stuck.containsKey(request.path()))
        || isBalloonOpen() && !stuck.containsKey(PlanSteps.BALLOON);
    if (open) {
      status = Optional.of(new Status(goal.wantedBytes, goal.plannedBytes, State.UNDER_WAY, now - startNanos, why()));
      arm();
    } else if (actualBytes() == goal.plannedBytes) {
      reached(goal, now);
    } else {
      tryElse(goal, now);
    }
  }

  /** It is where it was planned to be, which may be less than was wanted, if the rest could not be had. */
  private void reached(Status goal, long now) {
    long missing = goal.wantedBytes - goal.plannedBytes;
    if (missing >= memory.ram().devices().guestBlockBytes()) {
      end(State.FAILED,
          Optional.of(why().map(cause -> cause + "; ").orElse("") + "there is no slot, or no place, for a "
              + "DIMM that this guest could take: it needs a 64th of it for what it knows of its pages"),
          now);
    } else {
      end(State.REACHED, why(), now);
    }
  }

  private void arm() { timer.once(LOOK_NANOS); }

  /** All is where it will ever be, and that is not where it should be: what is left may make up for it. */
  private void tryElse(Status goal, long now) {
    Means left = means.of(stuck);
    if (!left.isAny()) {
      end(State.FAILED, why().map(cause -> cause + "; nothing else is left to try"), now);
      return;
    }
    try {
      Plan plan = Plan.of(left, Math.clamp(goal.wantedBytes, left.leastBytes(), left.mostBytes()));
      List<String> done = means.carryOut(plan, stuck);
      done.forEach(line -> Log.of(MemoryGoal.class).info("memory: {}", line));
      boolean near = plan.totalBytes() == goal.plannedBytes;
      status = Optional.of(new Status(goal.wantedBytes, plan.totalBytes(), State.UNDER_WAY, now - startNanos, why()));
      if (plan.steps().isEmpty()) {
        end(near && actualBytes() == plan.totalBytes() ? State.REACHED : State.FAILED, why(), now);
      } else {
        noteBalloon();
        arm();
      }
    } catch (UserError | HostError e) {
      end(State.FAILED, Optional.of(why().map(cause -> cause + "; ").orElse("") + e.getMessage()), now);
    }
  }

  private void noteStuck(List<MemoryRequest> asked, long now) {
    for (MemoryRequest request : asked) {
      if (request.isOverdue()) {
        stuck.putIfAbsent(request.path(), name(request) + ": " + request.verdict().map(Verdict::reason).orElse(""));
      } else if (request.details() instanceof MemoryRequest.Whole whole
          && (whole.state() instanceof DimmState.Kept || whole.state() instanceof DimmState.TurnedDown)) {
        stuck.putIfAbsent(request.path(), name(request) + ": " + whole.state().words());
      }
    }
    devices.balloon().ifPresent(balloon -> {
      if (balloon.actualBytes() != balloonBytes || !isBalloonOpen()) {
        noteBalloon();
      } else if (now - balloonNanos > BALLOON_PATIENCE_NANOS) {
        stuck.putIfAbsent(PlanSteps.BALLOON, "balloon: it holds " + ByteSize.describe(balloonBytes)
            + " of " + ByteSize.describe(balloon.targetBytes()) + ", and nothing has changed for "
            + TimeUnit.NANOSECONDS.toSeconds(now - balloonNanos)
            + " s: the guest has no driver for it, or no memory that it can do without");
      }
    });
  }

  private static String name(MemoryRequest request) { return request.id().orElse(request.path()); }

  private boolean isBalloonOpen() {
    return devices.balloon().filter(balloon -> balloon.actualPages() != balloon.targetPages()).isPresent();
  }

  private void noteBalloon() {
    balloonBytes = devices.balloon().map(BalloonDevice::actualBytes).orElse(0L);
    balloonNanos = System.nanoTime();
  }

  private Optional<String> why() {
    List<String> all = new ArrayList<>(stuck.values());
    all.addAll(refusals);
    return all.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", all));
  }

  private void end(State state, Optional<String> reason, long now) {
    Status goal = status.orElseThrow();
    long actual = actualBytes();
    status = Optional.of(new Status(goal.wantedBytes, goal.plannedBytes, state, now - startNanos, reason));
    if (state == State.FAILED) {
      Log.of(MemoryGoal.class).warn("memory: the guest should have {}, and has {}: {}",
          ByteSize.describe(goal.wantedBytes), ByteSize.describe(actual),
          reason.orElse("it was asked for other sizes"));
    }
    around.emit(new MachineEvent.MemorySetEnded(goal.wantedBytes, actual, state == State.REACHED, reason));
  }

  @Override
  public void close() { timer.close(); }
}
