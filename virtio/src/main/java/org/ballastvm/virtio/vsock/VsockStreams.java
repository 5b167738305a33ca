package org.ballastvm.virtio.vsock;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The streams of a device, and ports for which the guest is to hear that there is none. */
final class VsockStreams {
  /** Each takes up to 64 KiB and a descriptor of the host. */
  static final int MOST = 256;
  /** So many resets may wait before no more of the guest's packets are looked at. */
  private static final int MOST_RESETS = 64;

  private final Map<Long, VsockStream> byPorts = new HashMap<>();
  private final List<VsockStream> inTurn = new ArrayList<>();
  private final List<Long> resets = new ArrayList<>();
  private int turn;
  private int nextHostPort = 1 << 30;

  private static long key(int hostPort, int guestPort) {
    return (long) hostPort << 32 | Integer.toUnsignedLong(guestPort);
  }

  /** The stream between two ports; null if there is none. */
  VsockStream find(int hostPort, int guestPort) {
    return byPorts.get(key(hostPort, guestPort));
  }

  boolean isFull() { return inTurn.size() == MOST; }

  /** A host's port that nobody has, for a stream to one of the guest's. */
  int freeHostPort(int guestPort) {
    do {
      nextHostPort = nextHostPort == Integer.MAX_VALUE ? 1 << 30 : nextHostPort + 1;
    } while (find(nextHostPort, guestPort) != null);
    return nextHostPort;
  }

  void add(VsockStream stream) {
    byPorts.put(key(stream.hostPort(), stream.guestPort()), stream);
    inTurn.add(stream);
  }

  /** Ends a stream; its guest is to hear of that unless it said so itself. */
  void end(VsockStream stream, boolean byReset) {
    if (byPorts.remove(key(stream.hostPort(), stream.guestPort()), stream)) {
      inTurn.remove(stream);
      stream.peer().close();
      if (byReset) {
        reset(stream.hostPort(), stream.guestPort());
      }
    }
  }

  void endAll() {
    for (VsockStream stream : new ArrayList<>(inTurn)) {
      end(stream, false);
    }
    resets.clear();
  }

  /** The guest is to hear that there is no stream between two ports. */
  void reset(int hostPort, int guestPort) {
    resets.add(key(hostPort, guestPort));
  }

  boolean hasAny() { return !inTurn.isEmpty(); }

  /** The stream of a peer; null if it has none, any more. */
  VsockStream of(VsockPeer peer) {
    for (VsockStream stream : inTurn) {
      if (stream.peer() == peer) {
        return stream;
      }
    }
    return null;
  }

  /** Whether there may be something to send of a stream. */
  boolean hasNews() {
    for (VsockStream stream : inTurn) {
      if (stream.due() != 0 || stream.hasData()) {
        return true;
      }
    }
    return false;
  }

  /** Whether the guest has to hear some before more of it is looked at. */
  boolean mustSendFirst() {
    return resets.size() >= MOST_RESETS;
  }

  boolean hasResets() { return !resets.isEmpty(); }

  int resetHostPort() { return (int) (resets.getFirst() >>> 32); }

  int resetGuestPort() { return resets.getFirst().intValue(); }

  void resetSent() { resets.removeFirst(); }

  /** The next stream, in turn, of which there is something to send; null if there is none. */
  VsockStream next() {
    for (int i = 0; i < inTurn.size(); i++) {
      turn = (turn + 1) % inTurn.size();
      VsockStream stream = inTurn.get(turn);
      if (stream.due() != 0 || stream.hasData()) {
        return stream;
      }
    }
    return null;
  }
}
