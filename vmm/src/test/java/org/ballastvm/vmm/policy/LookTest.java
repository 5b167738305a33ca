package org.ballastvm.vmm.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.ballastvm.virtio.DeviceClock;
import org.ballastvm.virtio.DeviceEvent;
import org.ballastvm.virtio.MemoryReclaim;
import org.ballastvm.virtio.VirtioDevice;
import org.ballastvm.virtio.balloon.BalloonConfig;
import org.ballastvm.virtio.balloon.BalloonDevice;
import org.ballastvm.virtio.queue.GuestMemory;
import org.ballastvm.virtio.queue.Virtqueue;
import org.ballastvm.vmm.config.AutoBalloonConfig;
import org.ballastvm.vmm.event.AutoAction;
import org.ballastvm.vmm.event.MachineEvent.BalloonAuto;
import org.ballastvm.vmm.loop.EventLoop;
import org.ballastvm.vmm.policy.Decision.Hold;
import org.ballastvm.vmm.policy.Decision.Squeeze;
import org.ballastvm.vmm.policy.Decision.Why;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A look at a balloon whose driver is there, and what is kept of looks. */
class LookTest {
  private static final int ACTUAL = 4; // virtio 1.3, 5.5.4
  private static final long GIB = 1L << 30;

  private final EventLoop loop = new EventLoop("test", bug -> {
    throw new AssertionError(bug);
  });
  private final List<BalloonAuto> emitted = new ArrayList<>();
  private AutoBalloon auto;
  private boolean isThere = true;
  private final BalloonDevice balloon = new BalloonDevice(BalloonConfig.DEFAULTS.withDeflateOnOom(true), new NoMemory(),
      new NoClock(), this::happened);

  @BeforeEach
  void switchOn() {
    auto = new AutoBalloon(loop, balloon, AutoBalloonConfig.DEFAULTS, new Around());
    balloon.start(new Driver());
    balloon.setTarget(256 << 8);
    say(256);
    auto.switchOn();
    auto.look();
    emitted.clear();
  }

  @AfterEach
  void endLoop() {
    auto.close();
    loop.close();
  }

  private void happened(DeviceEvent event) {
    if (auto != null && event instanceof DeviceEvent.BalloonChanged changed) {
      auto.guestSays(changed.pageCount());
    }
  }

  private void say(long mebibytes) { balloon.configWrite(ACTUAL, 4, mebibytes << 8); }

  @Test
  void aDriverThatEmptiesItsBalloonByItselfIsGivenAsMuchAgainAndThatIsEmitted() {
    say(230);
    say(200);
    auto.look();
    assertEquals(144, balloon.targetPages() >> 8);
    assertEquals(List.of(new BalloonAuto(AutoAction.GIVE, GIB - (144 << 20),
        "the guest took back 56 MiB by itself, so it is short of memory")), emitted);
    auto.look();
    assertEquals(144, balloon.targetPages() >> 8, "it is emitted once");
  }

  @Test
  void whatItTookAndGaveBetweenTwoLooksCountsToo() {
    say(200);
    say(256);
    auto.look();
    assertEquals(200, balloon.targetPages() >> 8);
  }

  @Test
  void aDriverThatDoesAsItIsAskedTakesNothingByItself() {
    balloon.setTarget(100 << 8);
    say(180);
    say(100);
    auto.look();
    assertEquals(100, balloon.targetPages() >> 8);
    assertEquals(List.of(), emitted);
  }

  @Test
  void aBalloonThatIsGoneIsNotLookedAt() {
    isThere = false;
    say(100);
    auto.look();
    assertEquals(256, balloon.targetPages() >> 8);
    assertEquals(false, auto.config().on());
  }

  @Test
  void theSameAgainIsOneEntryAndNothingNewIsNone() {
    Decisions decisions = new Decisions();
    Instant start = Instant.ofEpochSecond(1000);
    assertTrue(decisions.add(start, 5, new Squeeze(1, "first")));
    assertTrue(!decisions.add(start.plusSeconds(1), 5, new Hold(Why.WAITING, "wait")));
    assertTrue(!decisions.add(start.plusSeconds(2), 4, new Squeeze(2, "second")));
    assertTrue(decisions.add(start.plusSeconds(3), 4, new Hold(Why.BETWEEN, "well")));
    assertTrue(decisions.add(start.plusSeconds(4), 4, new Hold(Why.SILENT, "ill")));
    assertEquals(new Decisions.Entry(start, start.plusSeconds(2), 2, 4, new Squeeze(2, "second")),
        decisions.all().getFirst());
    assertEquals(3, decisions.all().size());
    for (int i = 0; i < 100; i++) {
      decisions.add(start, 4, new Hold(i % 2 == 0 ? Why.BETWEEN : Why.BACKING_OFF, ""));
    }
    assertEquals(12, decisions.all().size());
  }

  private final class Around implements AutoBalloon.Surroundings {
    @Override
    public boolean has(BalloonDevice other) { return isThere; }

    @Override
    public long sizeBytes() { return GIB; }

    @Override
    public long pluggedBytes() { return 0; }

    @Override
    public boolean isRunning() { return true; }

    @Override
    public HostPressure pressure() { return new HostPressure.Known(0, 0); }

    @Override
    public void emit(BalloonAuto event) { emitted.add(event); }
  }

  private static final class NoMemory implements MemoryReclaim {
    @Override
    public void discard(long gpa, long lengthBytes) { throw new AssertionError("no page was named"); }

    @Override
    public void makePresent(long gpa, long lengthBytes) { throw new AssertionError("no page was named"); }
  }

  private static final class NoClock implements DeviceClock {
    @Override
    public long epochSeconds() { return 0; }

    @Override
    public void after(long seconds, Runnable task) {
      // Nobody is asked: there is no statistics queue.
    }

    @Override
    public void cancel() {
      // It never rings.
    }
  }

  /** One that has agreed on nothing and has no queues. */
  private static final class Driver implements VirtioDevice.Context {
    @Override
    public long features() { return VirtioDevice.VERSION_1; }

    @Override
    public GuestMemory memory() { throw new AssertionError("there are no queues"); }

    @Override
    public Virtqueue queue(int queue) { return null; }

    @Override
    public void interrupt(int queue) {
      // Nobody waits.
    }

    @Override
    public void configChanged() {
      // Nobody reads it.
    }

    @Override
    public void resumeLater(int queue) {
      // There is nothing to do.
    }
  }
}
