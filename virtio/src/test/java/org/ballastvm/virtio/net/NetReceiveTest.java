package org.ballastvm.virtio.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.ballastvm.virtio.driver.QueueDriver.Buffer;
import org.ballastvm.virtio.driver.QueueDriver.Used;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames that a driver receives. */
class NetReceiveTest {
  private static final int HEADER = NetBench.HEADER;
  private static final long OWN = NetBench.MAC.bits();

  private static void assertReceived(NetBench card, byte[] frame, int buffers) {
    byte[] got = card.get(NetBench.RX, HEADER + frame.length);
    byte[] header = new byte[HEADER];
    header[10] = (byte) buffers;
    assertArrayEquals(header, Arrays.copyOf(got, HEADER));
    assertArrayEquals(frame, Arrays.copyOfRange(got, HEADER, got.length));
  }

  @ParameterizedTest
  @CsvSource({"1514, 2048, 1", "1514, 1526, 1", "1514, 1525, 2", "9014, 1526, 6", "65553, 1536, 43", "14, 12, 3"})
  void aFrameIsSpreadOverAsManyBuffersAsItNeeds(int length, int buffer, int count) {
    NetBench card = NetBench.started(false, NetBench.USUAL);
    card.offerRx(100, buffer);
    byte[] frame = NetBench.frame(OWN, length);
    card.peer.arrives(frame);
    assertReceived(card, frame, count);
    List<Used> used = card.rx().collect();
    assertEquals(count, used.size());
    assertEquals(HEADER + length, used.stream().mapToInt(Used::writtenBytes).sum());
    assertEquals(buffer, count > 1 ? used.getFirst().writtenBytes() : buffer);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 10, 11, 12, 20})
  void aHeaderMayBeCutAnywhere(int cut) {
    NetBench card = NetBench.started(false, NetBench.USUAL);
    card.rx().post(Buffer.write(NetBench.RX, cut), Buffer.write(NetBench.RX + cut, 2000 - cut));
    card.settle();
    byte[] frame = NetBench.frame(OWN, 300);
    card.peer.arrives(frame);
    assertReceived(card, frame, 1);
  }

  @Test
  void aPeersHeaderComesToTheDriverWithTheCountOfBuffers() {
    NetBench card = NetBench.started(true, NetBench.USUAL | NetFeature.GUEST_CSUM.bit());
    card.offerRx(4, 1000);
    byte[] frame = new byte[HEADER + 1500];
    frame[0] = 1;
    frame[6] = 34;
    frame[10] = 77;
    card.peer.arrives(frame);
    byte[] expected = frame.clone();
    expected[10] = 2;
    assertArrayEquals(expected, card.get(NetBench.RX, frame.length));
  }

  @Test
  void aFrameThatFindsTooFewBuffersWaitsForMoreAndNobodySpins() {
    NetBench card = NetBench.started(false, NetBench.USUAL);
    card.offerRx(3, 1000);
    byte[] frame = NetBench.frame(OWN, 4500);
    card.peer.arrives(frame);
    assertEquals(List.of(), card.rx().collect());
    assertFalse(card.peer.listening.getFirst());
    assertEquals(0, card.bench.bus.settle());
    card.rx().offer(Buffer.write(NetBench.RX + 3000, 1000));
    assertTrue(card.rx().kick(), "the device must have asked to be told of the next buffer");
    card.settle();
    assertEquals(List.of(), card.rx().collect());
    card.rx().offer(Buffer.write(NetBench.RX + 4000, 1000));
    assertTrue(card.rx().kick());
    card.settle();
    assertReceived(card, frame, 5);
    assertEquals(5, card.rx().collect().size());
    assertTrue(card.peer.listening.getFirst());
  }

  @Test
  void withoutMergeableBuffersAFrameThatDoesNotFitIsLostAndTheNextOneComes() {
    NetBench card = NetBench.started(false, NetBench.USUAL & ~NetFeature.MRG_RXBUF.bit());
    card.offerRx(2, 1000);
    card.peer.arrives(NetBench.frame(OWN, 1500));
    byte[] small = NetBench.frame(OWN, 988);
    card.peer.arrives(small);
    assertReceived(card, small, 1);
    assertEquals(List.of(new Used(0, 1000)), card.rx().collect());
    assertEquals(1, card.bench.device.droppedFrames());
  }

  @Test
  void aFrameThatNoQueueFullOfBuffersHoldsIsLost() {
    NetBench card = NetBench.started(false, NetBench.USUAL);
    card.offerRx(256, 20);
    card.peer.arrives(NetBench.frame(OWN, 20 * 256));
    assertEquals(List.of(), card.rx().collect());
    byte[] small = NetBench.frame(OWN, 60);
    card.peer.arrives(small);
    assertReceived(card, small, 4);
    assertEquals(1, card.bench.device.droppedFrames());
  }

  @Test
  void framesWaitForADriverAndComeInOrder() {
    NetBench card = new NetBench(false, 1);
    card.peer.arrives(NetBench.frame(OWN, 100));
    card.peer.arrives(NetBench.frame(OWN, 200));
    card.start(NetBench.USUAL);
    assertFalse(card.peer.listening.getFirst());
    card.offerRx(4, 2000);
    assertEquals(List.of(new Used(0, 112), new Used(1, 212)), card.rx().collect());
    assertTrue(card.peer.listening.getFirst());
  }

  @Test
  void noiseIsNoFrame() {
    NetBench card = NetBench.started(false, NetBench.USUAL);
    card.offerRx(1, 2000);
    card.peer.arrives(new byte[13]);
    assertEquals(List.of(), card.rx().collect());
    assertEquals(List.of(), List.copyOf(card.peer.waiting));
  }

  @Test
  void aMachineThatStandsReceivesNothingUntilItGoesOn() {
    NetBench card = NetBench.started(false, NetBench.USUAL);
    card.offerRx(4, 2000);
    card.bench.device.pause(true, card.bench.function::doorbell);
    card.peer.arrives(NetBench.frame(OWN, 100));
    card.offerRx(1, 2000);
    assertEquals(List.of(), card.rx().collect());
    card.bench.device.pause(false, card.bench.function::doorbell);
    assertEquals(1, card.rx().collect().size());
  }

  @Test
  void aPeerWithManyFramesLeavesTurnsToOthers() {
    NetBench card = NetBench.started(false, NetBench.USUAL);
    card.bench.device.pause(true, card.bench.function::doorbell);
    for (int i = 0; i < 300; i++) {
      card.peer.waiting.add(new byte[13]);
    }
    card.bench.device.pause(false, card.bench.function::doorbell);
    assertTrue(card.peer.waiting.size() >= 44);
    card.settle();
    assertEquals(0, card.peer.waiting.size());
  }
}
