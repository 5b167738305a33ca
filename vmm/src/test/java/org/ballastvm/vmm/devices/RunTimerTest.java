package org.ballastvm.vmm.devices;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RunTimerTest {
  private final List<Long> alarms = new ArrayList<>();
  private long now = 1_000;
  private final RunTimer timer = new RunTimer(alarms::add, () -> now, true);

  @Test
  void itIsOverOnce() {
    timer.start(50);
    assertEquals(List.of(50L), alarms);
    now += 49;
    assertFalse(timer.isDue());
    now += 1;
    assertTrue(timer.isDue());
    assertFalse(timer.isDue());
  }

  @Test
  void timeInWhichTheMachineStandsStillDoesNotCount() {
    timer.start(50);
    now += 30;
    timer.setRunning(false);
    now += 1_000;
    assertFalse(timer.isDue());
    timer.setRunning(true);
    assertEquals(List.of(50L, 20L), alarms);
    now += 19;
    assertFalse(timer.isDue());
    now += 1;
    assertTrue(timer.isDue());
  }

  @Test
  void oneThatIsStartedMeanwhileBeginsWithTheMachine() {
    timer.setRunning(false);
    timer.start(50);
    assertEquals(List.of(), alarms);
    now += 500;
    timer.setRunning(true);
    assertEquals(List.of(50L), alarms);
  }

  @Test
  void oneThatWasStoppedIsNeverOver() {
    timer.start(50);
    timer.stop();
    now += 50;
    assertFalse(timer.isDue());
    timer.setRunning(false);
    timer.setRunning(true);
    assertEquals(List.of(50L), alarms);
  }
}
