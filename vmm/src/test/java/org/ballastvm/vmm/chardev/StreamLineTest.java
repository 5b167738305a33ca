package org.ballastvm.vmm.chardev;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicInteger;
import org.ballastvm.kvm.EventFd;
import org.ballastvm.kvm.HostSocket;
import org.ballastvm.vmm.loop.Await;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An open stream, and a far end that behaves oddly. */
@Timeout(60)
class StreamLineTest {
  private static final int TURNS = 1000;

  private final LoopOfTest test = new LoopOfTest();

  @AfterEach
  void end() { test.close(); }

  /** A terminal says so with one byte of room, and wants two for the end of a line. */
  @Test
  void whatSaysThatItHasRoomAndTakesNothingDoesNotKeepTheLoopBusy() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    try (EventFd room = EventFd.create()) { // one can always write to it
      StreamLine line = new StreamLine(test.loop, null, new StreamLine.Way(room, bytes -> {
        asked.incrementAndGet();
        return HostSocket.WOULD_BLOCK;
      }), () -> {
        // It never ends.
      });
      test.loop.start();
      test.on(() -> {
        line.send(new byte[]{'\n'}, 0, 1);
        return true;
      });
      Await.until(() -> asked.get() > 0);
      for (int turn = 0; turn < TURNS; turn++) {
        test.on(() -> true);
      }
      assertTrue(asked.get() < TURNS / 2, asked + " times in " + TURNS + " turns");
      test.loop.stop(); // It looks at what is open until then.
    }
  }
}
