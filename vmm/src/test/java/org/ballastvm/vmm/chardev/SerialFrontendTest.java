package org.ballastvm.vmm.chardev;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.ballastvm.vmm.config.ChardevConfig;
import org.ballastvm.vmm.device.SerialPort;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A guest's serial port at one end of a socket, and somebody at the other. */
@Timeout(60)
class SerialFrontendTest {
  private static final int DATA = 0;
  private static final int INTERRUPT_ENABLE = 1;
  private static final int TRANSMIT_EMPTY = 2;
  private static final int FIFO_CONTROL = 2;
  private static final int LINE_STATUS = 5;
  private static final int READY_TO_SEND = 0x20;
  private static final int DATA_READY = 0x01;

  @TempDir
  private Path directory;

  private final LoopOfTest test = new LoopOfTest();
  private final AtomicInteger interrupts = new AtomicInteger();
  private final TestDelivery delivery = new TestDelivery();
  private SerialFrontend frontend;
  private SerialPort port;

  /** Where a guest's bytes wait that it sent without leaving. */
  private final class TestDelivery implements SerialFrontend.Delivery {
    private final ConcurrentLinkedQueue<Integer> waiting = new ConcurrentLinkedQueue<>();
    private volatile boolean collects;

    @Override
    public void collect() { collects = true; }

    @Override
    public void fetch() {
      for (Integer value = waiting.poll(); value != null; value = waiting.poll()) {
        port.write(DATA, 1, value);
      }
    }

    @Override
    public void collectNoMore() { collects = false; }
  }

  /** A far end that takes all, and whose guest prints one more byte each time. */
  private final class Endless implements Chardev {
    private final AtomicInteger sends = new AtomicInteger();

    @Override
    public void connect(CharFrontend to) { to.opened(); }

    @Override
    public int sendRoom() { return 1 << 20; }

    @Override
    public void send(byte[] bytes, int offset, int count) {
      if (sends.incrementAndGet() < 1000) {
        port.write(DATA, 1, 'x');
      }
    }

    @Override
    public void receiveMore() {
      // Nobody types.
    }

    @Override
    public String describe() { return "endless"; }

    @Override
    public void close() {
      // Nothing is open.
    }
  }

  @Test
  void aGuestThatPrintsWithoutEndLeavesTheLoopToOthersToo() {
    Endless endless = new Endless();
    frontend = new SerialFrontend(test.loop, endless, delivery);
    port = new SerialPort(high -> {
      // No interrupts.
    }, frontend);
    frontend.connect(port);
    port.write(DATA, 1, 'x');
    frontend.drained();
    assertTrue(endless.sends.get() <= SerialFrontend.MOST_SENT, endless.sends + " sends in a turn");
  }

  @AfterEach
  void end() {
    test.loop.stop();
    frontend.close();
    test.close();
  }

  private SocketChannel start() throws Exception {
    Path path = directory.resolve("console");
    Chardev chardev = Chardevs.open(new ChardevConfig.Unix("c", false, path, true, false), test.loop, () -> {
      // Nobody quits.
    });
    frontend = new SerialFrontend(test.loop, chardev, delivery);
    port = new SerialPort(high -> interrupts.incrementAndGet(), frontend);
    frontend.connect(port);
    test.loop.start();
    return SocketChannel.open(UnixDomainSocketAddress.of(path));
  }

  /** As a driver does that polls. */
  private void guestSends(int value) {
    while ((port.read(LINE_STATUS, 1) & READY_TO_SEND) == 0) {
      Thread.onSpinWait();
    }
    port.write(DATA, 1, value);
  }

  private int guestReads() {
    while ((port.read(LINE_STATUS, 1) & DATA_READY) == 0) {
      Thread.onSpinWait();
    }
    return (int) port.read(DATA, 1);
  }

  @Test
  void aSlowReaderHoldsTheGuestUpAndLosesNothing() throws Exception {
    try (SocketChannel client = start()) {
      int count = 3 * StreamLine.MOST_QUEUED_BYTES;
      Thread guest = new Thread(() -> {
        for (int i = 0; i < count; i++) {
          guestSends(i % 251);
        }
      });
      guest.start();
      ByteBuffer read = ByteBuffer.allocate(count);
      while (read.hasRemaining() && client.read(read) >= 0) {
        // More comes.
      }
      guest.join();
      for (int i = 0; i < count; i++) {
        assertEquals((byte) (i % 251), read.get(i), "byte " + i);
      }
    }
  }

  @Test
  void whatTheGuestSaidLastIsSentWhenThePortCloses() throws Exception {
    try (SocketChannel client = start()) {
      client.write(ByteBuffer.wrap(new byte[]{'x'}));
      assertEquals('x', guestReads()); // it is connected
      test.loop.stop();
      guestSends('!');
      frontend.close();
      ByteBuffer last = ByteBuffer.allocate(1);
      assertEquals(1, client.read(last));
      assertEquals('!', last.get(0));
    }
  }

  @Test
  void whatAGuestThatDiesHadToSayIsSent() throws Exception {
    try (SocketChannel client = start()) {
      client.write(ByteBuffer.wrap(new byte[]{'x'}));
      assertEquals('x', guestReads()); // it is connected
      port.write(INTERRUPT_ENABLE, 1, TRANSMIT_EMPTY);
      guestSends('!'); // and never looks at its interrupt
      ByteBuffer last = ByteBuffer.allocate(1);
      assertEquals(1, client.read(last));
      assertEquals('!', last.get(0));
    }
  }

  @Test
  void whatWasCollectedIsFetchedFromADriverThatForgetsIt() throws Exception {
    try (SocketChannel client = start()) {
      client.write(ByteBuffer.wrap(new byte[]{'x'}));
      assertEquals('x', guestReads()); // it is connected
      port.write(INTERRUPT_ENABLE, 1, TRANSMIT_EMPTY);
      assertTrue(delivery.collects);
      delivery.waiting.add((int) '!');
      ByteBuffer last = ByteBuffer.allocate(1);
      assertEquals(1, client.read(last));
      assertEquals('!', last.get(0));
    }
  }

  @Test
  void fromADriverThatLeavesItsInterruptOnNothingIsCollectedAnyMore() throws Exception {
    try (SocketChannel client = start()) {
      client.write(ByteBuffer.wrap(new byte[]{'x'}));
      assertEquals('x', guestReads()); // it is connected
      port.write(INTERRUPT_ENABLE, 1, TRANSMIT_EMPTY);
      while (delivery.collects) {
        Thread.onSpinWait();
      }
      port.write(INTERRUPT_ENABLE, 1, 0);
      assertFalse(delivery.collects);
      port.write(INTERRUPT_ENABLE, 1, TRANSMIT_EMPTY);
      assertTrue(delivery.collects, "it turned it on again");
    }
  }

  @Test
  void aReaderThatLeavesLetsTheGuestGoOn() throws Exception {
    SocketChannel client = start();
    client.write(ByteBuffer.wrap(new byte[]{'x'}));
    assertEquals('x', guestReads()); // it is connected
    Thread guest = new Thread(() -> {
      for (int i = 0; i < 2 * StreamLine.MOST_QUEUED_BYTES; i++) {
        guestSends('.');
      }
    });
    guest.start();
    client.close();
    guest.join();
  }

  @Test
  void aGuestThatReadsSlowlyGetsAllThatWasTyped() throws Exception {
    try (SocketChannel client = start()) {
      port.write(FIFO_CONTROL, 1, 1);
      String typed = "what is typed faster than a guest reads ".repeat(50);
      client.write(ByteBuffer.wrap(typed.getBytes(StandardCharsets.US_ASCII)));
      StringBuilder got = new StringBuilder();
      while (got.length() < typed.length()) {
        got.append((char) guestReads());
      }
      assertEquals(typed, got.toString());
      assertTrue((port.read(LINE_STATUS, 1) & 2) == 0, "overrun");
    }
  }
}
