package org.ballastvm.vmm.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.ballastvm.vmm.event.MachineEvent;
import org.ballastvm.vmm.event.MachineEvent.BalloonChange;
import org.ballastvm.vmm.event.MachineEvent.MemoryDeviceSizeChange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is emitted, and how often, by a clock that the test turns. */
@Timeout(60)
class MachineEventsTest {
  private static final long SECOND_NANOS = 1_000_000_000L;

  private final CompletableFuture<Throwable> crash = new CompletableFuture<>();
  private final EventLoop loop = new EventLoop("test-loop", crash::complete);
  private final List<Bell> bells = new ArrayList<>();
  private final List<MachineEvent> emitted = new ArrayList<>();
  private final MachineEvents events = new MachineEvents(loop, Bell::new);

  /** An alarm that rings when the test says so. */
  private final class Bell implements Alarm {
    private final Runnable task;
    private boolean armed;

    Bell(Runnable task) {
      this.task = task;
      bells.add(this);
    }

    @Override
    public void once(long nanos) {
      assertEquals(SECOND_NANOS, nanos);
      armed = true;
    }

    @Override
    public void close() { bells.remove(this); }
  }

  @BeforeEach
  void listen() {
    loop.start();
    events.listen((event, when) -> emitted.add(event));
  }

  @AfterEach
  void close() {
    events.close();
    loop.close();
    assertTrue(bells.isEmpty());
    assertTrue(!crash.isDone());
  }

  private void onLoop(Runnable work) throws Exception {
    CompletableFuture<Boolean> done = new CompletableFuture<>();
    loop.post(() -> {
      work.run();
      done.complete(true);
    });
    done.get(30, TimeUnit.SECONDS);
  }

  private void emit(MachineEvent... happened) throws Exception {
    onLoop(() -> List.of(happened).forEach(events::emit));
  }

  private void aSecondGoesBy() throws Exception {
    onLoop(() -> List.copyOf(bells).forEach(bell -> {
      assertTrue(bell.armed);
      bell.armed = false;
      bell.task.run();
    }));
  }

  /** What was emitted since the last time. */
  private List<MachineEvent> heard() {
    List<MachineEvent> since = List.copyOf(emitted);
    emitted.clear();
    return since;
  }

  @Test
  void namesOnTheWireAreThoseOfTheRecords() {
    assertEquals("STOP", new MachineEvent.Stop().name());
    assertEquals("BALLOON_CHANGE", new BalloonChange(1).name());
    assertEquals("MEMORY_DEVICE_SIZE_CHANGE", new MemoryDeviceSizeChange(Optional.empty(), 1, "/").name());
  }

  @Test
  void aGuestThatChangesItsBalloonAllTheTimeIsReportedAtOnceAndThenOnceASecond() throws Exception {
    emit(new BalloonChange(1), new BalloonChange(2), new BalloonChange(3));
    assertEquals(List.of(new BalloonChange(1)), heard());
    aSecondGoesBy();
    assertEquals(List.of(new BalloonChange(3)), heard());
    emit(new BalloonChange(4));
    assertEquals(List.of(), heard());
    aSecondGoesBy();
    assertEquals(List.of(new BalloonChange(4)), heard());
    aSecondGoesBy();
    assertEquals(List.of(), heard());
    emit(new BalloonChange(5));
    assertEquals(List.of(new BalloonChange(5)), heard());
  }

  @Test
  void whatAHotPathNotesIsMadeOnceWhenItIsEmittedAndNotBefore() throws Exception {
    AtomicInteger made = new AtomicInteger();
    MachineEvents.Notice notice = events.notice(() -> new BalloonChange(made.incrementAndGet()));
    notice.happened();
    onLoop(() -> made.set(100));
    assertEquals(List.of(new BalloonChange(1)), heard());
    for (int i = 0; i < 1000; i++) {
      notice.happened();
    }
    onLoop(() -> made.set(200));
    aSecondGoesBy();
    assertEquals(List.of(new BalloonChange(201)), heard());
    aSecondGoesBy();
    assertEquals(List.of(), heard());
    notice.happened();
    onLoop(() -> assertEquals(202, made.get()));
    assertEquals(1, heard().size());
  }

  @Test
  void eachNoticeHasASecondOfItsOwn() throws Exception {
    MachineEvents.Notice one = events.notice(() -> new BalloonChange(1));
    MachineEvents.Notice other = events.notice(() -> new BalloonChange(2));
    onLoop(one::happened);
    onLoop(other::happened);
    onLoop(one::happened);
    onLoop(() -> assertEquals(List.of(new BalloonChange(1), new BalloonChange(2)), heard()));
    aSecondGoesBy();
    assertEquals(List.of(new BalloonChange(1)), heard());
  }

  @Test
  void eachDeviceHasASecondOfItsOwn() throws Exception {
    MachineEvent one = new MemoryDeviceSizeChange(Optional.of("vm0"), 1, "/machine/peripheral/vm0");
    MachineEvent other = new MemoryDeviceSizeChange(Optional.of("vm1"), 1, "/machine/peripheral/vm1");
    emit(one, other, one, new BalloonChange(1));
    assertEquals(List.of(one, other, new BalloonChange(1)), heard());
    aSecondGoesBy();
    assertEquals(List.of(one), heard());
  }

  @Test
  void whatAUserDidIsAlwaysEmitted() throws Exception {
    emit(new MachineEvent.Stop(), new MachineEvent.Resume(), new MachineEvent.Stop());
    assertEquals(List.of(new MachineEvent.Stop(), new MachineEvent.Resume(), new MachineEvent.Stop()), heard());
    assertTrue(bells.isEmpty());
  }

  @Test
  void aListenerMayGoWhileItIsCalled() throws Exception {
    MachineEvents.Listener[] fickle = new MachineEvents.Listener[1];
    fickle[0] = (event, when) -> events.forget(fickle[0]);
    events.listen(fickle[0]);
    emit(new MachineEvent.Stop(), new MachineEvent.Resume());
    assertEquals(2, heard().size());
  }
}
