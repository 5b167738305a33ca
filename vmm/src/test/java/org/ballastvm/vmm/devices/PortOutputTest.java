package org.ballastvm.vmm.devices;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.ballastvm.vmm.chardev.CharFrontend;
import org.ballastvm.vmm.chardev.Chardev;
import org.ballastvm.vmm.loop.Await;
import org.ballastvm.vmm.loop.EventLoop;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A reader on the host who is slow, or has stopped: what that does to the guest's output. */
@Timeout(60)
class PortOutputTest {
  private final CompletableFuture<Throwable> crash = new CompletableFuture<>();
  private final EventLoop loop = new EventLoop("ports", crash::complete);
  private final Reader reader = new Reader();
  private final AtomicInteger served = new AtomicInteger();

  /** A chardev that takes so much and no more. */
  private static final class Reader implements Chardev {
    final ByteArrayOutputStream read = new ByteArrayOutputStream();
    volatile int room;

    @Override
    public void connect(CharFrontend frontend) {
      // The test is the frontend.
    }

    @Override
    public int sendRoom() { return room; }

    @Override
    public void send(byte[] bytes, int offset, int count) {
      if (count > room) {
        throw new AssertionError(count + " bytes for a room of " + room);
      }
      int left = room - count;
      room = left;
      read.write(bytes, offset, count);
    }

    @Override
    public void receiveMore() {
      // Nobody types.
    }

    @Override
    public String describe() { return "reader"; }

    @Override
    public void close() {
      // Nothing is open.
    }
  }

  @AfterEach
  void end() {
    loop.close();
    assertTrue(!crash.isDone(), () -> "the loop crashed: " + crash.join());
  }

  private PortOutput output(boolean console) {
    PortOutput made = new PortOutput(loop, reader, console, served::incrementAndGet, () -> {
      // Nobody asks who has it open.
    });
    loop.start();
    return made;
  }

  private <T> T on(Supplier<T> work) throws Exception {
    CompletableFuture<T> done = new CompletableFuture<>();
    loop.post(() -> done.complete(work.get()));
    return done.get(30, TimeUnit.SECONDS);
  }

  /** The guest sends all that there is room for, and has more. */
  private void fill(PortOutput port) throws Exception {
    on(() -> {
      int room = port.room();
      port.send(new byte[PortOutput.BUFFER_BYTES], room);
      return port.room();
    });
  }

  @Test
  void aChannelIsHeldForAsLongAsItsReaderLikes() throws Exception {
    PortOutput channel = output(false);
    fill(channel);
    long start = System.nanoTime();
    while (System.nanoTime() - start < TimeUnit.MILLISECONDS.toNanos(1500)) {
      assertEquals(0, on(channel::room));
      Thread.sleep(100);
    }
    assertEquals(0, served.get());
    reader.room = 7;
    on(() -> {
      channel.drained();
      return null;
    });
    assertEquals(7, reader.read.size());
    assertEquals(1, served.get());
    assertEquals(7, on(channel::room));
  }

  @Test
  void aConsoleIsHeldWhileItsReaderGoesOn() throws Exception {
    PortOutput console = output(true);
    for (int i = 1; i < 8; i++) {
      int round = i;
      fill(console);
      Thread.sleep(300); // Seven of them are longer than a reader may stand still.
      reader.room = 5;
      Await.until(() -> served.get() == round);
      assertEquals(5 * round, reader.read.size());
      assertEquals(5, on(console::room), "what is not read is kept");
    }
  }

  @Test
  void aConsoleWhoseReaderStandsStillIsDroppedUntilItReads() throws Exception {
    PortOutput console = output(true);
    long start = System.nanoTime();
    fill(console);
    Await.until(() -> served.get() == 1);
    assertTrue(System.nanoTime() - start > TimeUnit.MILLISECONDS.toNanos(900), "it was held for a second");
    assertEquals(PortOutput.BUFFER_BYTES, on(console::room));
    fill(console);
    Await.until(() -> served.get() == 2);
    assertEquals(0, reader.read.size());
    reader.room = 3;
    on(() -> {
      console.send(new byte[2], 2);
      return null;
    });
    Await.until(() -> reader.read.size() == 2);
    reader.room = 0;
    fill(console);
    assertEquals(0, on(console::room), "it is held again");
  }

  @Test
  void whatIsSentWhileTheReaderHasRoomGoesOnAtOnceAndInOrder() throws Exception {
    PortOutput channel = output(false);
    reader.room = 1 << 20;
    for (int i = 0; i < 5; i++) {
      fill(channel);
    }
    Await.until(() -> reader.read.size() >= PortOutput.BUFFER_BYTES);
    assertTrue(served.get() > 0, "the guest goes on");
  }
}
