package org.ballastvm.virtio.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.ballastvm.virtio.driver.QueueDriver.Buffer;
import org.ballastvm.virtio.driver.QueueDriver.Used;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames that a driver sends. */
class NetSendTest {
  private static final int HEADER = NetBench.HEADER;
  private final NetBench card = NetBench.started(false, NetBench.USUAL);

  private byte[] place(int lengthBytes) {
    byte[] frame = NetBench.frame(NetBench.OTHER, lengthBytes);
    card.put(NetBench.TX + HEADER, frame);
    return frame;
  }

  private void post(Buffer... buffers) {
    card.tx().post(buffers);
    card.settle();
  }

  @ParameterizedTest
  @ValueSource(ints = {14, 60, 1514, 2048, 2049, 9014, 65553})
  void aFrameGoesOutAsItIsWithoutItsHeader(int length) {
    byte[] frame = place(length);
    post(Buffer.read(NetBench.TX, HEADER + length));
    assertArrayEquals(frame, card.peer.sent.getFirst());
    assertEquals(List.of(new Used(0, 0)), card.tx().collect());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 11, 12, 13, 500, 1400})
  void whereTheDriverCutsAFrameMakesNoDifference(int cut) {
    byte[] frame = place(1514);
    post(Buffer.read(NetBench.TX, cut), Buffer.read(NetBench.TX + cut, HEADER + 1514 - cut));
    assertArrayEquals(frame, card.peer.sent.getFirst());
  }

  @Test
  void aLargeFrameIsShownWhereItLiesAndASmallOneIsPutTogether() {
    place(6000);
    post(Buffer.read(NetBench.TX, HEADER), Buffer.read(NetBench.TX + HEADER, 3000),
        Buffer.read(NetBench.TX + HEADER + 3000, 3000));
    post(Buffer.read(NetBench.TX, HEADER), Buffer.read(NetBench.TX + HEADER, 50),
        Buffer.read(NetBench.TX + HEADER + 50, 50));
    assertEquals(List.of(2, 1), card.peer.pieceCounts);
  }

  @Test
  void aFrameOfVeryManyPiecesIsPutTogether() {
    byte[] frame = place(20_000);
    Buffer[] pieces = new Buffer[201];
    pieces[0] = Buffer.read(NetBench.TX, HEADER);
    for (int i = 1; i < pieces.length; i++) {
      pieces[i] = Buffer.read(NetBench.TX + HEADER + 100L * (i - 1), 100);
    }
    post(pieces);
    assertArrayEquals(frame, card.peer.sent.getFirst());
    assertEquals(List.of(1), card.peer.pieceCounts);
  }

  @Test
  void aPeerWithHeadersGetsTheDriversOwn() {
    NetBench withHeaders = NetBench.started(true, NetBench.USUAL | NetFeature.CSUM.bit());
    byte[] header = {1, 0, 0, 0, 0, 0, 34, 0, 16, 0, 0, 0};
    byte[] frame = NetBench.frame(NetBench.OTHER, 3000);
    withHeaders.put(NetBench.TX, header);
    withHeaders.put(NetBench.TX + HEADER, frame);
    withHeaders.tx().post(Buffer.read(NetBench.TX, HEADER + 3000));
    withHeaders.settle();
    byte[] sent = withHeaders.peer.sent.getFirst();
    assertArrayEquals(header, Arrays.copyOf(sent, HEADER));
    assertArrayEquals(frame, Arrays.copyOfRange(sent, HEADER, sent.length));
  }

  @Test
  void whileThereIsNoRoomFramesWaitInTheQueue() {
    card.peer.room = 2;
    place(100);
    for (int i = 0; i < 5; i++) {
      card.tx().offer(Buffer.read(NetBench.TX, HEADER + 100));
    }
    card.tx().kick();
    card.settle();
    assertEquals(2, card.tx().collect().size());
    card.peer.room = 10;
    card.peer.card.roomToSend(0);
    assertEquals(3, card.tx().collect().size());
    assertEquals(5, card.peer.sent.size());
  }

  @Test
  void aLinkThatIsDownLosesFramesAndTheDriverGetsItsBuffersBack() {
    card.bench.device.setLink(false);
    place(100);
    post(Buffer.read(NetBench.TX, HEADER + 100));
    assertEquals(1, card.tx().collect().size());
    assertEquals(List.of(), card.peer.sent);
  }

  @Test
  void aFrameLongerThanAnyIsLostAndTheNextOneIsNot() {
    byte[] frame = place(100);
    post(Buffer.read(NetBench.TX, HEADER + NetPeer.MOST_FRAME + HEADER + 1));
    post(Buffer.read(NetBench.TX, HEADER + 100));
    assertEquals(2, card.tx().collect().size());
    assertEquals(1, card.peer.sent.size());
    assertArrayEquals(frame, card.peer.sent.getFirst());
    assertEquals(1, card.bench.device.droppedFrames());
  }

  @Test
  void aBusyDriverLeavesTurnsToOthers() {
    place(60);
    for (int i = 0; i < 256; i++) {
      card.tx().offerHead(0);
    }
    card.tx().descriptor(0, NetBench.TX, HEADER + 60, 0, 0);
    card.bench.bus.ring(1);
    assertTrue(card.bench.bus.turn());
    assertTrue(card.peer.sent.size() <= 256);
    card.settle();
    assertEquals(256, card.peer.sent.size());
  }
}
