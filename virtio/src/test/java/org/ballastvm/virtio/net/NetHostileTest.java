package org.ballastvm.virtio.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Stream;
import org.ballastvm.virtio.DeviceEvent;
import org.ballastvm.virtio.driver.FlatMemory;
import org.ballastvm.virtio.driver.QueueDriver.Buffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Drivers that lie about frames: each is told of once, touches nothing, and a better one is served afterwards. */
class NetHostileTest {
  private static final long AT = NetBench.TX;
  private final NetBench card = NetBench.started(false, NetBench.USUAL);

  private void assertMistake(String sentence) {
    assertTrue(card.broken());
    assertEquals(1, card.bench.events.size(), () -> card.bench.events.toString());
    assertTrue(card.bench.events.getFirst() instanceof DeviceEvent.GuestMistake mistake && mistake.needsReset()
        && mistake.sentence().contains(sentence), () -> card.bench.events.toString());
    assertEquals(0, card.bench.memory.straying());
    assertEquals(List.of(), card.peer.sent);
    card.start(NetBench.USUAL);
    card.put(AT + 12, NetBench.frame(NetBench.OTHER, 60));
    card.tx().post(Buffer.read(AT, 72));
    card.offerRx(1, 2000);
    assertEquals(1, card.peer.sent.size());
    assertEquals(1, card.tx().collect().size());
    card.peer.arrives(NetBench.frame(NetBench.MAC.bits(), 60));
    assertTrue(card.rx().collect().size() >= 1);
  }

  private static Stream<List<Buffer>> badFrames() {
    return Stream.of(List.of(Buffer.read(AT, 1)), List.of(Buffer.read(AT, 11)),
        List.of(Buffer.read(AT, 5), Buffer.read(AT, 6)), List.of(Buffer.write(AT, 100)),
        List.of(Buffer.read(AT, 100), Buffer.write(AT + 200, 100)), List.of(Buffer.read(AT, 0)),
        List.of(Buffer.read(AT, 12), Buffer.read(AT, 0)), List.of(Buffer.write(AT, 12), Buffer.read(AT, 100)),
        List.of(Buffer.read(FlatMemory.LOW_BYTES - 50, 100)), List.of(Buffer.read(-1, 100)),
        List.of(Buffer.read(AT, -1)));
  }

  @ParameterizedTest
  @MethodSource("badFrames")
  void aFrameThatIsNoneIsNotSent(List<Buffer> chain) {
    card.tx().post(chain.toArray(Buffer[]::new));
    card.settle();
    assertMistake("queue 1: ");
  }

  private static Stream<List<Buffer>> badBuffers() {
    return Stream.of(List.of(Buffer.read(AT, 2000)), List.of(Buffer.write(AT, 11)),
        List.of(Buffer.read(AT, 12), Buffer.write(AT + 12, 2000)), List.of(Buffer.write(AT, 0)),
        List.of(Buffer.write(AT, 4), Buffer.write(AT + 4, 4)),
        List.of(Buffer.write(FlatMemory.LOW_BYTES - 1, 2000)), List.of(Buffer.write(1L << 63, 2000)));
  }

  @ParameterizedTest
  @MethodSource("badBuffers")
  void aBufferThatIsNoneReceivesNothingAndNobodySpins(List<Buffer> chain) {
    card.rx().post(chain.toArray(Buffer[]::new));
    card.settle();
    card.peer.arrives(NetBench.frame(NetBench.MAC.bits(), 60));
    assertFalse(card.peer.listening.getFirst());
    assertMistake("queue 0: ");
  }

  @Test
  void theSecondBufferOfAFrameMayBeTheLie() {
    card.rx().offer(Buffer.write(NetBench.RX, 100));
    card.rx().post(Buffer.write(NetBench.RX + 100, 3));
    card.settle();
    card.peer.arrives(NetBench.frame(NetBench.MAC.bits(), 300));
    assertFalse(card.peer.listening.getFirst());
    assertMistake("queue 0: a chain of 0 bytes to read and 3 to write");
  }

  @Test
  void aDriverThatGivesUpIsNotToldOfFramesForEver() {
    card.offerRx(1, 2000);
    card.bench.driver.addStatus(128);
    card.peer.arrives(NetBench.frame(NetBench.MAC.bits(), 60));
    assertFalse(card.peer.listening.getFirst());
    assertEquals(List.of(), card.rx().collect());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void aCommandWithoutRoomForItsAnswerIsAMistake(int readable) {
    card.put(NetBench.CONTROL, new byte[]{0, 0, 0});
    card.queues.getLast().post(readable == 1
        ? new Buffer[]{Buffer.read(NetBench.CONTROL, 3)}
        : new Buffer[]{Buffer.write(NetBench.CONTROL, 3)});
    card.settle();
    assertMistake("queue 2: a command of ");
  }

  @Test
  void allBuffersInOnePlaceHarmNobodyButTheDriver() {
    for (int i = 0; i < 10; i++) {
      card.rx().offer(Buffer.write(NetBench.RX, 64));
    }
    card.rx().kick();
    card.settle();
    card.peer.arrives(NetBench.frame(NetBench.MAC.bits(), 500));
    assertEquals(8, card.rx().collect().size());
    assertFalse(card.broken());
  }
}
