package org.ballastvm.virtio.p9;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.ballastvm.p9.Answer;
import org.ballastvm.p9.Message;
import org.ballastvm.virtio.driver.QueueDriver.Buffer;
import org.junit.jupiter.api.Test;

/** What a driver and the 9P device say to each other. */
class P9DeviceTest {
  private P9Session session = new P9Session() {
    @Override
    public void serve(P9Request request, P9Reply reply) {
      // Answers without fields.
    }

    @Override
    public void close() {
      // Nothing is open.
    }
  };
  private P9Bench p9 = new P9Bench(new P9Session() {
    @Override
    public void serve(P9Request request, P9Reply reply) { session.serve(request, reply); }

    @Override
    public void close() { session.close(); }
  });

  /** What a session does, where it does nothing else. */
  @FunctionalInterface
  private interface Serving extends P9Session {
    @Override
    default void close() {
      // Nothing is open.
    }
  }

  private static Message clunk(int tag, int fid) { return new Message(P9Type.CLUNK, tag).u32(fid); }

  private static Message flush(int tag, int named) { return new Message(P9Type.FLUSH, tag).u16(named); }

  private List<Integer> tags() { return p9.answers().stream().map(Answer::tag).toList(); }

  @Test
  void theDriverFindsTheTag() {
    StringBuilder tag = new StringBuilder();
    for (int i = 0; i < p9.bench.driver.device(0, 2); i++) {
      tag.append((char) p9.bench.driver.device(2 + i, 1));
    }
    assertEquals("share", tag.toString());
    assertEquals(1, p9.bench.device.features());
    assertThrows(IllegalArgumentException.class, () -> p9.device(""));
    assertThrows(IllegalArgumentException.class, () -> p9.device("ä".repeat(128)));
  }

  @Test
  void theShorterOfTwoMessageSizesIsAgreedOn() {
    Answer answer = p9.ask(new Message(P9Type.VERSION, 0xffff).u32(8192).string("9P2000.L"));
    assertEquals(P9Type.VERSION + 1, answer.type());
    assertEquals(8192, answer.u32());
    assertEquals("9P2000.L", answer.string());
    assertEquals(1 << 20, p9.ask(new Message(P9Type.VERSION, 0xffff).u32(-1).string("9P2000.L")).u32());
    assertEquals(P9Error.EMSGSIZE, p9.ask(new Message(P9Type.VERSION, 0xffff).u32(4095).string("9P2000.L")).errno());
    Answer other = p9.ask(new Message(P9Type.VERSION, 0xffff).u32(8192).string("9P2000.u"));
    assertEquals("unknown", other.skip(4).string());
    assertEquals(P9Error.EPROTO, p9.ask(clunk(1, 1)).errno());
  }

  @Test
  void aVersionWaitsForAllBeforeItAndForgetsTheirFids() {
    p9.agreed();
    int opened = p9.sessionsOpened;
    p9.post(clunk(1, 1));
    p9.post(new Message(P9Type.VERSION, 0xffff).u32(8192).string("9P2000.L"));
    p9.post(clunk(2, 2));
    assertEquals(1, p9.work.size());
    p9.workAll();
    assertEquals(List.of(1, 0xffff, 2), tags());
    assertEquals(opened + 1, p9.sessionsOpened);
    assertEquals(opened, p9.sessionsClosed);
  }

  @Test
  void requestsAreAnsweredAsTheyAreDone() {
    p9.agreed();
    p9.post(clunk(1, 1));
    p9.post(clunk(2, 2));
    p9.post(clunk(3, 3));
    p9.work.pollLast().run();
    p9.bench.bus.settle();
    assertEquals(List.of(3), tags());
    p9.workAll();
    assertEquals(List.of(1, 2), tags());
  }

  @Test
  void aFlushIsAnsweredBehindWhatItNames() {
    p9.agreed();
    p9.post(clunk(7, 1));
    p9.post(flush(8, 7));
    p9.post(flush(9, 7));
    p9.post(flush(10, 99));
    assertEquals(List.of(10), tags());
    p9.workAll();
    List<Integer> rest = tags();
    assertEquals(7, rest.getFirst());
    assertEquals(3, rest.size());
  }

  @Test
  void noMoreIsTakenThanTheQueueHasEntries() {
    p9.agreed();
    for (int i = 0; i < 64; i++) {
      p9.post(clunk(i, i));
    }
    int head = 0;
    for (int i = 0; i < 500; i++) {
      p9.queue.offerHead(head); // The same chain again and again, which no driver may.
      p9.queue.kick();
      p9.bench.bus.settle();
    }
    assertTrue(p9.work.size() <= 128, p9.work.size() + " are under way");
    assertEquals(p9.work.size(), p9.bench.device.unfinished(0));
    p9.workAll();
  }

  @Test
  void whatIsWrittenIsSeenWhereItIs() {
    p9.agreed();
    AtomicReference<String> seen = new AtomicReference<>();
    session = (Serving) (request, reply) -> {
      P9Request.Write write = assertInstanceOf(P9Request.Write.class, request);
      write.payload().take(pieces -> {
        StringBuilder all = new StringBuilder();
        pieces
            .forEach(piece -> all.append(new String(piece.toArray(ValueLayout.JAVA_BYTE), StandardCharsets.US_ASCII)));
        seen.set(all.toString());
        return all.length();
      });
      reply.u32(write.payload().lengthBytes());
    };
    byte[] text = "what a guest has to say".getBytes(StandardCharsets.US_ASCII);
    Message message = new Message(P9Type.WRITE, 1).u32(5).u64(1000).u32(text.length).raw(text);
    assertEquals(text.length, p9.ask(message).u32());
    assertEquals("what a guest has to say", seen.get());
    assertEquals(P9Error.EMSGSIZE, p9.ask(new Message(P9Type.WRITE, 1).u32(5).u64(0).u32(9000).raw(text)).errno());
    assertEquals(P9Error.EMSGSIZE, p9.ask(new Message(P9Type.WRITE, 1).u32(5).u64(0).u32(-1).raw(text)).errno());
  }

  @Test
  void whatIsReadIsWrittenWhereItGoesAndNoFurther() {
    p9.agreed();
    session = (Serving) (request, reply) -> reply.fill(((P9Request.Read) request).count(), pieces -> {
      pieces.forEach(piece -> piece.fill((byte) 'x'));
      return pieces.stream().mapToLong(MemorySegment::byteSize).sum();
    });
    byte[] message = new Message(P9Type.READ, 1).u32(5).u64(0).u32(-1).bytes();
    p9.bench.memory.write(P9Bench.REQUESTS, MemorySegment.ofArray(message), 0, message.length);
    long at = P9Bench.ANSWERS + (8 << 20); // Nothing was answered there before.
    p9.queue.post(Buffer.read(P9Bench.REQUESTS, message.length), Buffer.write(at, 5), Buffer.write(at + 100, 7),
        Buffer.write(at + 200, 3), Buffer.write(at + 203, 20));
    p9.bench.bus.settle();
    p9.workAll();
    assertEquals(5 + 7 + 3 + 20, p9.queue.collect().getFirst().writtenBytes());
    assertEquals(24, p9.bench.memory.getInt(at + 102));
    assertArrayEquals(new int[]{0, 'x', 'x', 0}, new int[]{p9.bench.memory.getByte(at + 5),
        p9.bench.memory.getByte(at + 106), p9.bench.memory.getByte(at + 222), p9.bench.memory.getByte(at + 223)});
  }

  @Test
  void aResetWaitsForWhatHasGuestMemoryInItsHandsAndForgetsTheRest() throws InterruptedException {
    p9.agreed();
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    session = (Serving) (request, reply) -> reply.fill(8, pieces -> {
      inside.countDown();
      awaitQuietly(goOn);
      pieces.getFirst().fill((byte) 'x');
      return 8;
    });
    p9.post(new Message(P9Type.READ, 1).u32(5).u64(0).u32(8));
    p9.post(clunk(2, 2));
    Thread worker = new Thread(p9.work.poll());
    worker.start();
    inside.await();
    Thread reset = new Thread(p9.bench.function::reset);
    reset.start();
    while (reset.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    goOn.countDown();
    reset.join();
    long answer = P9Bench.ANSWERS + P9Reply.HEADER_BYTES + 4;
    p9.bench.memory.putLong(answer, 0);
    worker.join();
    session = (Serving) (request, reply) -> reply.u64(-1);
    p9.work.poll().run();
    p9.bench.bus.settle();
    assertEquals(0, p9.bench.memory.getLong(answer));
    assertEquals(0, p9.bench.memory.getLong(P9Bench.ANSWERS + (64 << 10)));
    assertEquals(P9State.POWER_ON, p9.bench.device.state());
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void aDriverIsServedAfterAReset() {
    p9.agreed();
    p9.post(clunk(1, 1));
    p9.bench.function.reset();
    p9.bench.driver.findAgain();
    p9.start();
    p9.workAll();
    assertEquals(List.of(), p9.answers());
    p9.agreed();
    assertEquals(2, p9.ask(clunk(2, 1)).tag());
  }

  @Test
  void aBugIsAnErrorForTheDriverAndIsReported() {
    p9.agreed();
    session = (Serving) (request, reply) -> {
      throw new IllegalStateException("a bug");
    };
    p9.post(clunk(1, 1));
    assertThrows(IllegalStateException.class, () -> p9.work.poll().run());
    p9.bench.bus.settle();
    assertEquals(P9Error.EIO, p9.answers().getFirst().errno());
  }

  @Test
  void theStateIsWhatWasAgreedOnAndFidsStayBehind() {
    p9.agreed();
    assertEquals(new P9State(8192), p9.bench.device.state());
    assertEquals(0, p9.bench.device.unfinished(0));
    p9.post(clunk(1, 1));
    assertEquals(1, p9.bench.device.unfinished(0));
    P9Device other = p9.device("share");
    other.restore(p9.bench.device.state());
    assertEquals(new P9State(8192), other.state());
    other.close();
    assertEquals(1, p9.workersClosed);
    assertFalse(p9.needsReset());
  }
}
