package org.ballastvm.virtio.net;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** The other end of a wire: it writes down what is sent, and has frames that a test gives it. One pair of queues has all. */
final class FakePeer implements NetPeer {
  final List<byte[]> sent = new ArrayList<>();
  /** In how many pieces each frame came. */
  final List<Integer> pieceCounts = new ArrayList<>();
  final Deque<byte[]> waiting = new ArrayDeque<>();
  final List<Boolean> listening = new ArrayList<>(List.of(false));
  long offloads;
  int pairs;
  int room = Integer.MAX_VALUE;
  boolean up = true;
  Card card;
  private final boolean headers;
  private final Frame frame = new Frame();

  FakePeer(boolean headers) { this.headers = headers; }

  /** A frame comes, and the card is told if it listens. */
  void arrives(byte[] bytes) {
    waiting.add(bytes);
    if (listening.getFirst()) {
      card.frameWaits(0);
    }
  }

  @Override
  public boolean hasHeaders() { return headers; }

  @Override
  public void connect(Card to) { card = to; }

  @Override
  public boolean isUp() { return up; }

  @Override
  public boolean canSend(int pair) { return room > 0; }

  @Override
  public void send(int pair, List<MemorySegment> pieces) {
    room--;
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    pieces.forEach(piece -> all.writeBytes(piece.toArray(ValueLayout.JAVA_BYTE)));
    sent.add(all.toByteArray());
    pieceCounts.add(pieces.size());
  }

  @Override
  public Frame next(int pair) {
    byte[] first = pair == 0 ? waiting.peek() : null;
    return first == null ? null : frame.set(MemorySegment.ofArray(first), 0, first.length);
  }

  @Override
  public void drop(int pair) { waiting.remove(); }

  @Override
  public void listen(int pair, boolean wanted) {
    while (listening.size() <= pair) {
      listening.add(false);
    }
    listening.set(pair, wanted);
  }

  @Override
  public void offload(long features) { offloads = features; }

  @Override
  public void usePairs(int count) { pairs = count; }
}
