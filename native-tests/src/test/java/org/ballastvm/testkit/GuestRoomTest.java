package org.ballastvm.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Tests run side by side where there is room for their guests. */
class GuestRoomTest {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private Thread visit(GuestRoom room, GuestNeeds needs) {
    return Thread.ofPlatform().daemon().start(() -> {
      try {
        room.enter(needs).close();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    });
  }

  /** As many as there is room for come in; one more waits until the first leaves. */
  private void holds(GuestRoom room, int count, GuestNeeds needs) throws InterruptedException {
    List<GuestRoom.Place> inside = new ArrayList<>();
    for (int test = 0; test < count; test++) {
      inside.add(room.enter(needs));
    }
    Thread late = visit(room, needs);
    while (late.getState() != Thread.State.WAITING && late.isAlive()) {
      Thread.onSpinWait();
    }
    assertEquals(Thread.State.WAITING, late.getState());
    inside.getFirst().close();
    assertTrue(late.join(PATIENCE));
    inside.subList(1, count).forEach(GuestRoom.Place::close);
  }

  @Test
  void noMoreThanThereAreProcessorsFor() throws InterruptedException {
    holds(new GuestRoom(3, 1 << 20), 3, new GuestNeeds(1, 512));
  }

  @Test
  void noMoreThanThereIsMemoryFor() throws InterruptedException {
    holds(new GuestRoom(64, 1100), 2, new GuestNeeds(1, 512));
  }

  @Test
  void whoWantsMoreThanThereIsComesAlone() throws InterruptedException {
    holds(new GuestRoom(2, 1024), 1, new GuestNeeds(8, 4096));
  }

  @SuppressWarnings("unused")
  private static void guests(@Boot({"-m", "size=1G,slots=4", "-smp", "2,sockets=1"}) Guest one, Guest other,
      String word) {}

  @Test
  void theNeedsOfATestAreThoseOfItsGuests() {
    Method method = Stream.of(GuestRoomTest.class.getDeclaredMethods()).filter(each -> each.getName().equals("guests"))
        .findFirst().orElseThrow();
    assertEquals(new GuestNeeds(3, 1024 + 160 + 128 + 160), GuestNeeds.of(method));
  }
}
