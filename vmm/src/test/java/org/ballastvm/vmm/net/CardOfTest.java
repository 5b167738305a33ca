package org.ballastvm.vmm.net;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.ballastvm.virtio.net.NetPeer;
import org.ballastvm.virtio.net.NetPeer.Frame;

/** A card at the end of a wire: it takes all frames, while it wants any, and writes down what else it is told. */
final class CardOfTest implements NetPeer.Card {
  final List<byte[]> received = Collections.synchronizedList(new ArrayList<>());
  final List<Boolean> links = Collections.synchronizedList(new ArrayList<>());
  final AtomicInteger rooms = new AtomicInteger();
  private final NetPeer wire;

  CardOfTest(NetPeer wire) {
    this.wire = wire;
    wire.connect(this);
    wire.listen(0, true);
  }

  @Override
  public void frameWaits(int pair) {
    for (Frame frame = wire.next(pair); frame != null; frame = wire.next(pair)) {
      received.add(frame.bytes().asSlice(frame.start(), frame.length()).toArray(ValueLayout.JAVA_BYTE));
      wire.drop(pair);
    }
  }

  @Override
  public void roomToSend(int pair) { rooms.incrementAndGet(); }

  @Override
  public void linkChanged(boolean up) { links.add(up); }

  /** Sends a frame cut into pieces of a size, as far as there is room; false if there is none. */
  boolean send(byte[] frame, int pieceBytes) {
    if (!wire.canSend(0)) {
      return false;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment whole = arena.allocateFrom(ValueLayout.JAVA_BYTE, frame);
      List<MemorySegment> pieces = new ArrayList<>();
      for (int at = 0; at < frame.length; at += pieceBytes) {
        pieces.add(whole.asSlice(at, Math.min(pieceBytes, frame.length - at)));
      }
      wire.send(0, pieces);
      return true;
    }
  }
}
