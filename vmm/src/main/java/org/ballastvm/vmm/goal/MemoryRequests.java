package org.ballastvm.vmm.goal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.ballastvm.virtio.balloon.BalloonDevice;
import org.ballastvm.virtio.balloon.BalloonStat;
import org.ballastvm.virtio.balloon.BalloonStats;
import org.ballastvm.virtio.mem.MemTrace;
import org.ballastvm.vmm.devices.Devices;
import org.ballastvm.vmm.devices.Dimm;
import org.ballastvm.vmm.devices.VirtioMemory;
import org.ballastvm.vmm.event.MachineEvent;
import org.ballastvm.vmm.event.Obstacle;
import org.ballastvm.vmm.loop.EventLoop;
import org.ballastvm.vmm.loop.GuestTask;
import org.ballastvm.vmm.loop.LoopTimer;
import org.ballastvm.vmm.state.Log;
import org.ballastvm.vmm.state.Repeats;
import org.ballastvm.vmm.diagnosis.DriverState;
import org.ballastvm.vmm.diagnosis.Judge;
import org.ballastvm.vmm.diagnosis.MemoryRequest;
import org.ballastvm.vmm.diagnosis.Symptoms;
import org.ballastvm.vmm.diagnosis.Verdict;

/**
 * Watches what guests were asked to do with their memory devices: emits an event when a request is open for longer
 * than its device's request-timeout, and again when another cause is seen. On the event loop.
 */
public final class MemoryRequests implements AutoCloseable {
  private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);
  /** Older numbers of a balloon say nothing of now. */
  private static final long STALE_SECONDS = 15;

  private final EventLoop loop;
  private final Devices devices;
  private final Surroundings around;
  private final Map<String, Report> reports = new HashMap<>();
  private final LoopTimer timer;
  private final GuestTask looks;
  /** Whether the next look is sure to come. */
  private volatile boolean armed;
  private boolean closed;

  /**
   * Watches the memory devices of a machine.
   *
   * @param loop where it looks
   * @param devices what it looks at
   * @param around the rest of the machine
   */
  public MemoryRequests(EventLoop loop, Devices devices, Surroundings around) {
    this.loop = loop;
    this.devices = devices;
    this.around = around;
    this.timer = new LoopTimer(loop, this::look);
    this.looks = new GuestTask(loop, this::look);
  }

  /** Something was asked for, or has changed. Called by any thread. */
  public void wake() {
    if (!armed) {
      looks.post();
    }
  }

  private void look() {
    armed = false;
    if (closed) {
      return;
    }
    boolean open = false;
    for (MemoryRequest request : all()) {
      if (request.isOverdue()) {
        report(request, request.verdict().orElseThrow());
      } else if (!request.open()) {
        forgetCause(request.path());
      }
      open |= request.open() && request.overdueSeconds() > 0;
    }
    if (open) {
      arm();
    }
  }

  private void arm() {
    if (!armed) {
      armed = true;
      timer.once(LOOK_NANOS);
    }
  }

  /** What was reported of a request to a device; a guest may go back and forth between causes for ever. */
  private static final class Report {
    final long requestedBytes;
    final Repeats causes = new Repeats();
    Obstacle last;

    Report(long requestedBytes) { this.requestedBytes = requestedBytes; }
  }

  private void forgetCause(String path) {
    Report before = reports.get(path);
    if (before != null) {
      before.last = null;
    }
  }

  private void report(MemoryRequest request, Verdict verdict) {
    Report before = reports.get(request.path());
    if (before == null || before.requestedBytes != request.requestedBytes()) {
      before = new Report(request.requestedBytes());
      reports.put(request.path(), before);
    }
    if (before.last == verdict.cause()) {
      return;
    }
    before.last = verdict.cause();
    long seconds = TimeUnit.NANOSECONDS.toSeconds(request.ageNanos());
    if (before.causes.isLogged()) {
      Log.of(MemoryRequests.class).warn("{}: {} bytes were asked for {} s ago, and the guest has {}: {}{}",
          request.path(), request.requestedBytes(), seconds, request.sizeBytes(), verdict.reason(),
          before.causes.words());
    }
    around.emit(new MachineEvent.MemoryRequestOverdue(request.id(), request.path(), request.requestedBytes(),
        request.sizeBytes(), seconds, verdict.cause(), verdict.trying(), verdict.reason()));
  }

  /** {@return what was last asked of each memory device: DIMMs, then virtio-mem devices} */
  public List<MemoryRequest> all() {
    assert loop.ownsCaller();
    long now = System.nanoTime();
    List<MemoryRequest> all = new ArrayList<>();
    devices.dimms().all().forEach(dimm -> all.add(of(dimm, now)));
    devices.blockMemories().forEach(memory -> all.add(of(memory)));
    return all;
  }

  private MemoryRequest of(Dimm dimm, long now) {
    Optional<Long> age = dimm.state().openNanos(now);
    return new MemoryRequest(dimm.id(), dimm.path(), dimm.wantedBytes(), dimm.takenBytes(), age.isPresent(),
        age.orElse(0L), dimm.overdueSeconds(), new MemoryRequest.Whole(dimm.state()),
        dimm.state().verdict(now, around.isRunning()));
  }

  private MemoryRequest of(VirtioMemory memory) {
    MemTrace trace = memory.device().trace();
    DriverState driver = DriverState.of(memory.function().driverState());
    Optional<Verdict> verdict = trace.isOpen()
        ? Optional.of(Judge.of(
            new Symptoms(memory.device().config(), trace, driver, around.isRunning(), availableBytes())))
        : Optional.empty();
    return new MemoryRequest(memory.id(), memory.path(), trace.requestedBytes(), trace.pluggedBytes(), trace.isOpen(),
        trace.ageNanos(), memory.overdueSeconds(), new MemoryRequest.Blocks(driver, trace, memory.strayAccesses()),
        verdict);
  }

  /** What the guest reported of late, if its balloon asks it now and then. */
  private OptionalLong availableBytes() {
    Optional<BalloonDevice> balloon = devices.balloon();
    if (balloon.isEmpty()) {
      return OptionalLong.empty();
    }
    BalloonStats stats = balloon.get().stats();
    long age = TimeUnit.MILLISECONDS.toSeconds(System.currentTimeMillis()) - stats.lastUpdateSeconds();
    long available = stats.values().get(BalloonStat.AVAILABLE_MEMORY);
    return available == BalloonStat.UNSET || age > STALE_SECONDS + balloon.get().pollingIntervalSeconds()
        ? OptionalLong.empty()
        : OptionalLong.of(available);
  }

  @Override
  public void close() {
    closed = true;
    timer.close();
  }
}
