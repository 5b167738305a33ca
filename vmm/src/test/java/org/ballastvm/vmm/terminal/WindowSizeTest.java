package org.ballastvm.vmm.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.ballastvm.vmm.loop.Await;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A process that hears of its window's size. */
@Timeout(60)
class WindowSizeTest {
  private static void changeWindow() throws IOException, InterruptedException {
    String self = Long.toString(ProcessHandle.current().pid());
    assertEquals(0, new ProcessBuilder("kill", "-WINCH", self).start().waitFor());
  }

  @Test
  void allWhoFollowItHearOfAChangeUntilTheyForgetIt() throws Exception {
    AtomicInteger console = new AtomicInteger();
    AtomicInteger monitor = new AtomicInteger();
    Runnable consoleHears = console::incrementAndGet;
    Runnable monitorHears = monitor::incrementAndGet;
    WindowSize.follow(consoleHears);
    WindowSize.follow(monitorHears);
    changeWindow();
    Await.until(() -> console.get() == 1 && monitor.get() == 1);
    WindowSize.forget(consoleHears);
    changeWindow();
    Await.until(() -> monitor.get() == 2);
    assertEquals(1, console.get());
    WindowSize.forget(monitorHears);
  }
}
