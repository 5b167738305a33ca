package org.ballastvm.virtio.vsock;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ballastvm.virtio.driver.Bench;
import org.ballastvm.virtio.driver.PciDriver;
import org.ballastvm.virtio.driver.QueueDriver;
import org.ballastvm.virtio.driver.QueueDriver.Buffer;
import org.ballastvm.virtio.driver.QueueDriver.Used;

/** A socket device on a bus, peers on the host, and a driver that sends and receives packets. */
final class VsockDriver {
  static final long CID = 3;
  private static final long SENT = 9L << 20;
  private static final long RECEIVED = 10L << 20;
  private static final int BUFFER_BYTES = 4096;
  private static final int HEADER = 44;

  final Map<Integer, Peer> peers = new HashMap<>();
  final Bench<VsockDevice> bench = new Bench<>((memory, events) -> new VsockDevice(CID,
      port -> Optional.<VsockPeer>ofNullable(peers.get(port)), events));
  private List<QueueDriver> queues = List.of();
  private int posted;

  /** What the device has sent. */
  record Packet(int operation, int hostPort, int guestPort, int flags, String text) {}

  /** A program on the host. */
  static final class Peer implements VsockPeer {
    final ByteArrayOutputStream got = new ByteArrayOutputStream();
    String toSend = "";
    int room = Integer.MAX_VALUE;
    boolean ended;
    boolean gone;
    boolean outputEnded;
    int acceptedAs;
    int closed;

    @Override
    public int read(MemorySegment into) {
      int count = (int) Math.min(toSend.length(), into.byteSize());
      if (count == 0) {
        return ended ? END : WOULD_BLOCK;
      }
      for (int i = 0; i < count; i++) {
        into.set(ValueLayout.JAVA_BYTE, i, (byte) toSend.charAt(i));
      }
      toSend = toSend.substring(count);
      return count;
    }

    @Override
    public int write(MemorySegment from) {
      int count = (int) Math.min(room, from.byteSize());
      if (gone || count == 0) {
        return gone ? END : WOULD_BLOCK;
      }
      room -= room == Integer.MAX_VALUE ? 0 : count;
      got.writeBytes(from.asSlice(0, count).toArray(ValueLayout.JAVA_BYTE));
      return count;
    }

    @Override
    public void endOutput() { outputEnded = true; }

    @Override
    public void accepted(int hostPort) { acceptedAs = hostPort; }

    @Override
    public void close() { closed++; }

    String text() { return got.toString(StandardCharsets.ISO_8859_1); }
  }

  /** Starts it, with so many buffers. */
  VsockDriver start(int buffers) {
    queues = bench.start(PciDriver.EVENT_INDEX | 1);
    posted = 0;
    post(buffers);
    return this;
  }

  QueueDriver queue(int index) { return queues.get(index); }

  /** Offers buffers. */
  void post(int count) {
    for (int i = 0; i < count; i++) {
      queue(0).offer(Buffer.write(RECEIVED + (long) (posted++ % 128) * BUFFER_BYTES, BUFFER_BYTES));
    }
    queue(0).kick();
    bench.bus.settle();
  }

  /** Sends a packet, with all of the guest's room. */
  void send(int operation, int hostPort, int guestPort, int flags, String text) {
    send(operation, hostPort, guestPort, flags, text, 1 << 20, 0);
  }

  void send(int operation, int hostPort, int guestPort, int flags, String text, int bufferBytes, int forwarded) {
    header(CID, 2, hostPort, guestPort, text.length(), 1, operation, flags, bufferBytes, forwarded);
    for (int i = 0; i < text.length(); i++) {
      bench.memory.putByte(SENT + HEADER + i, text.charAt(i));
    }
    sendRaw(HEADER + text.length());
  }

  /** Writes a header as it is told. */
  void header(long from, long to, int hostPort, int guestPort, int length, int type, int operation, int flags,
      int bufferBytes, int forwarded) {
    bench.memory.putLong(SENT, from);
    bench.memory.putLong(SENT + 8, to);
    bench.memory.putInt(SENT + 16, guestPort);
    bench.memory.putInt(SENT + 20, hostPort);
    bench.memory.putInt(SENT + 24, length);
    bench.memory.putShort(SENT + 28, type);
    bench.memory.putShort(SENT + 30, operation);
    bench.memory.putInt(SENT + 32, flags);
    bench.memory.putInt(SENT + 36, bufferBytes);
    bench.memory.putInt(SENT + 40, forwarded);
  }

  /** Sends what is written, in pieces; how many packets have come back. */
  int sendRaw(int length) {
    if (length > 20) {
      queue(1).post(Buffer.read(SENT, 20), Buffer.read(SENT + 20, length - 20));
    } else {
      queue(1).post(Buffer.read(SENT, length));
    }
    bench.bus.settle();
    return queue(1).collect().size();
  }

  /** What the device has sent since the last call; as many buffers are offered anew. */
  List<Packet> hear() {
    bench.bus.settle();
    List<Packet> heard = new ArrayList<>();
    for (Used used : queue(0).collect()) {
      long gpa = bench.memory.getLong(queue(0).descriptors() + 16L * used.head());
      StringBuilder text = new StringBuilder();
      for (int i = HEADER; i < used.writtenBytes(); i++) {
        text.append((char) bench.memory.getByte(gpa + i));
      }
      if (bench.memory.getInt(gpa + 24) != text.length() || bench.memory.getLong(gpa) != 2
          || bench.memory.getLong(gpa + 8) != CID) {
        throw new AssertionError("a packet that lies of itself");
      }
      heard
          .add(new Packet(bench.memory.getShort(gpa + 30), bench.memory.getInt(gpa + 16), bench.memory.getInt(gpa + 20),
              bench.memory.getInt(gpa + 32), text.toString()));
    }
    if (!heard.isEmpty()) {
      post(heard.size());
    }
    return heard;
  }

  /** A stream to a peer, which the guest has asked for. */
  Peer connect(int hostPort, int guestPort) {
    Peer peer = new Peer();
    peers.put(hostPort, peer);
    send(VsockHeader.REQUEST, hostPort, guestPort, 0, "");
    List<Packet> heard = hear();
    if (!heard.equals(List.of(new Packet(VsockHeader.RESPONSE, hostPort, guestPort, 0, "")))) {
      throw new AssertionError("no stream, but " + heard);
    }
    return peer;
  }
}
