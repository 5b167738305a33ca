package org.ballastvm.virtio.vsock;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.ballastvm.virtio.DeviceEvent;
import org.ballastvm.virtio.EventLimiter;
import org.ballastvm.virtio.EventSink;
import org.ballastvm.virtio.Turn;
import org.ballastvm.virtio.VirtioDevice;
import org.ballastvm.virtio.queue.DescriptorChain;
import org.ballastvm.virtio.queue.GuestError;
import org.ballastvm.virtio.queue.GuestMemory;
import org.ballastvm.virtio.queue.Virtqueue;

/**
 * The socket device: streams between ports of the guest and peers on the host. Virtio 1.3, 5.10. Nothing is queued for the
 * guest: what is due to each stream follows from its state.
 */
public final class VsockDevice implements VirtioDevice {
  private static final int TYPE = 19;
  private static final int RECEIVE = 0;
  private static final int TRANSMIT = 1;
  private static final int QUEUE_SIZE = 128;
  private static final int CONFIG_BYTES = 8;
  private static final long FEATURE_STREAM = 1;
  private static final int MOST_PAYLOAD = 64 << 10;

  /**
   * What driver and host have made of it. Streams are none of it: one that goes on with a device elsewhere hears that its
   * transport is another (5.10.6.7).
   *
   * @param transportReset whether the driver is to hear that
   */
  public record State(boolean transportReset) implements VirtioDevice.State {}

  private final long guestCid;
  private final VsockHost host;
  private final EventSink events;
  private final Turn turn;
  private final VsockStreams streams = new VsockStreams();
  private final VsockHeader header = new VsockHeader();
  private final MemorySegment payload = Arena.ofAuto().allocate(MOST_PAYLOAD);
  private ConfigNotifier transport;
  private Context context;
  private final ResetEvent reset = new ResetEvent();

  /**
   * A device without streams.
   *
   * @param guestCid the guest's number, from 3 to 2^32 - 2
   * @param host where the guest's streams lead
   * @param events takes what goes wrong
   */
  public VsockDevice(long guestCid, VsockHost host, EventSink events) {
    this(guestCid, host, System::nanoTime, events);
  }

  /** The same, by another clock. */
  VsockDevice(long guestCid, VsockHost host, LongSupplier nanos, EventSink events) {
    this.guestCid = guestCid;
    this.host = host;
    this.events = new EventLimiter(events);
    this.turn = new Turn(nanos);
  }

  @Override
  public void attached(ConfigNotifier toTransport) { transport = toTransport; }

  @Override
  public int type() { return TYPE; }

  @Override
  public String name() { return "virtio-vsock"; }

  @Override
  public long features() { return FEATURE_STREAM; }

  @Override
  public int queueCount() { return 3; }

  @Override
  public int queueSize(int queue) { return QUEUE_SIZE; }

  @Override
  public int configBytes() { return CONFIG_BYTES; }

  @Override
  public long configRead(int offset) { return guestCid >>> 8 * offset; }

  @Override
  public void start(Context driver) { context = driver; }

  @Override
  public void reset() { restore(new State(false)); }

  @Override
  public State state() { return new State(reset.isDue() || streams.hasAny()); }

  @Override
  public void restore(VirtioDevice.State state) {
    context = null;
    streams.endAll();
    reset.due(((State) state).transportReset());
  }

  @Override
  public void close() { streams.endAll(); }

  @Override
  public void queueReady(int queue) {
    if (queue == TRANSMIT) {
      hear();
    } else if (queue == ResetEvent.QUEUE) {
      reset.report(context);
      return;
    }
    sendDue(); // What was heard may be answered, and more of it be heard then.
  }

  /** Takes packets. They are left in their queue while too much waits to be sent. */
  private void hear() {
    Virtqueue ring = context.queue(TRANSMIT);
    if (ring == null) {
      return;
    }
    turn.begin();
    while (!streams.mustSendFirst() && !turn.isOver()) {
      DescriptorChain chain = ring.next();
      if (chain == null) {
        break;
      }
      if (chain.writableCount() != 0 || chain.readableBytes() < VsockHeader.BYTES) {
        throw new GuestError("queue " + TRANSMIT + ": a packet of " + chain.readableBytes() + " bytes to read and "
            + chain.writableBytes() + " to write; it must be a header of " + VsockHeader.BYTES
            + " bytes to read, and data");
      }
      copy(context.memory(), chain, 0, header.bytes(), VsockHeader.BYTES);
      packet(chain);
      turn.called();
      ring.pushUsed(chain.head(), 0);
    }
    if (streams.mustSendFirst()) {
      if (ring.wantsInterrupt()) {
        context.interrupt(TRANSMIT);
      }
    } else if (context.finish(TRANSMIT)) {
      context.resumeLater(TRANSMIT);
    }
  }

  /** Copies out of a chain, from a place in it. */
  private static void copy(GuestMemory memory, DescriptorChain chain, long from, MemorySegment into, long count) {
    long skip = from;
    long done = 0;
    for (int i = 0; done < count; i++) {
      long length = chain.lengthBytes(i);
      long at = Math.min(skip, length);
      skip -= at;
      long step = Math.min(length - at, count - done);
      if (step > 0) {
        memory.read(chain.address(i) + at, into, done, step);
      }
      done += step;
    }
  }

  private void packet(DescriptorChain chain) {
    if (header.sourceCid() != guestCid || header.destinationCid() != VsockHeader.HOST_CID) {
      mistake("a packet from " + Long.toUnsignedString(header.sourceCid()) + " to "
          + Long.toUnsignedString(header.destinationCid()) + "; this guest is " + guestCid + ", and the host "
          + VsockHeader.HOST_CID);
      return;
    }
    int hostPort = header.destinationPort();
    int guestPort = header.sourcePort();
    VsockStream stream = streams.find(hostPort, guestPort);
    if (header.type() != VsockHeader.TYPE_STREAM) {
      streams.reset(hostPort, guestPort);
    } else if (stream != null) {
      stream.credit(header.bufferBytes(), header.forwarded());
      of(stream, chain);
    } else if (header.operation() == VsockHeader.REQUEST) {
      connect(hostPort, guestPort);
    } else if (header.operation() != VsockHeader.RST) {
      streams.reset(hostPort, guestPort);
    }
  }

  private void connect(int hostPort, int guestPort) {
    Optional<VsockPeer> peer = streams.isFull() ? Optional.empty() : host.connect(hostPort);
    if (peer.isEmpty()) {
      streams.reset(hostPort, guestPort);
      return;
    }
    VsockStream stream = new VsockStream(hostPort, guestPort, peer.get(), VsockHeader.RESPONSE);
    stream.credit(header.bufferBytes(), header.forwarded());
    streams.add(stream);
  }

  /** A packet of a stream that there is. */
  private void of(VsockStream stream, DescriptorChain chain) {
    switch (header.operation()) {
      case VsockHeader.RESPONSE -> {
        if (stream.isOpen()) {
          streams.end(stream, true);
        } else {
          stream.accept();
        }
      }
      case VsockHeader.RST -> streams.end(stream, false);
      case VsockHeader.SHUTDOWN -> {
        stream.shutdown(header.flags());
        flush(stream);
      }
      case VsockHeader.RW -> data(stream, chain);
      case VsockHeader.CREDIT_REQUEST -> stream.askCredit();
      case VsockHeader.CREDIT_UPDATE -> {
        // Credit comes with each packet.
      }
      default -> streams.end(stream, true);
    }
  }

  private void data(VsockStream stream, DescriptorChain chain) {
    long length = header.length();
    if (!stream.isOpen() || length > VsockStream.BUFFER_BYTES || length > chain.readableBytes() - VsockHeader.BYTES) {
      streams.end(stream, true);
      return;
    }
    copy(context.memory(), chain, VsockHeader.BYTES, payload, length);
    if (stream.receive(payload, (int) length)) {
      flush(stream);
    } else {
      streams.end(stream, true);
    }
  }

  private void flush(VsockStream stream) {
    if (!stream.flush(payload) || stream.isOver()) {
      streams.end(stream, true);
    }
  }

  /** Sends what is due, and what peers have sent, as far as the driver has buffers. */
  private void sendDue() {
    Virtqueue ring = context.queue(RECEIVE);
    if (ring == null) {
      return;
    }
    boolean heldBack = streams.mustSendFirst();
    turn.begin();
    boolean more = true;
    while (more && !turn.isOver()) {
      VsockStream stream = streams.hasResets() ? null : streams.next();
      if (stream == null && !streams.hasResets()) {
        break;
      }
      DescriptorChain chain = ring.next();
      more = chain != null;
      if (more) {
        fill(ring, chain, stream);
      }
    }
    boolean ready = context.finish(RECEIVE);
    if (ready && (streams.hasResets() || streams.hasNews())) {
      context.resumeLater(RECEIVE);
    }
    if (heldBack && !streams.mustSendFirst()) {
      context.resumeLater(TRANSMIT);
    }
  }

  /** Fills a chain, or puts it back if a peer had nothing to say after all. */
  private void fill(Virtqueue ring, DescriptorChain chain, VsockStream stream) {
    if (chain.readableCount() != 0 || chain.writableBytes() < VsockHeader.BYTES) {
      throw new GuestError("queue " + RECEIVE + ": a chain with " + chain.readableBytes() + " bytes to read and "
          + chain.writableBytes() + " to write; it must have " + VsockHeader.BYTES + " or more to write");
    }
    turn.called();
    if (stream == null) {
      header.fill(guestCid, streams.resetHostPort(), streams.resetGuestPort(), VsockHeader.RST, 0, 0, 0, 0);
      streams.resetSent();
      giveBack(ring, chain, 0);
      return;
    }
    int operation = stream.due();
    int length = 0;
    if (operation == 0) {
      long room = Math.min(Math.min(stream.room(), chain.writableBytes() - VsockHeader.BYTES), MOST_PAYLOAD);
      length = room == 0 ? 0 : stream.read(payload.asSlice(0, room));
      operation = length > 0 ? VsockHeader.RW : 0;
    }
    if (operation == 0) {
      ring.putBack();
      return;
    }
    int flags = operation == VsockHeader.SHUTDOWN ? VsockHeader.NO_SEND : 0;
    header.fill(guestCid, stream.hostPort(), stream.guestPort(), operation, flags, length, VsockStream.BUFFER_BYTES,
        stream.forwarded());
    stream.sent(operation, length);
    giveBack(ring, chain, length);
  }

  private void giveBack(Virtqueue ring, DescriptorChain chain, int length) {
    write(chain, 0, header.bytes(), VsockHeader.BYTES);
    write(chain, VsockHeader.BYTES, payload, length);
    ring.pushUsed(chain.head(), VsockHeader.BYTES + length);
  }

  /** Copies into a chain, from a place in it on. */
  private void write(DescriptorChain chain, long to, MemorySegment from, long count) {
    long skip = to;
    long done = 0;
    for (int i = 0; done < count; i++) {
      long length = chain.lengthBytes(i);
      long at = Math.min(skip, length);
      skip -= at;
      long step = Math.min(length - at, count - done);
      if (step > 0) {
        context.memory().write(chain.address(i) + at, from, done, step);
      }
      done += step;
    }
  }

  private void mistake(String sentence) { events.accept(new DeviceEvent.GuestMistake(name(), sentence, false)); }

  /**
   * Asks the guest for a stream to one of its ports. The peer hears if it has been {@linkplain VsockPeer#accepted accepted}; it
   * is closed if not. On the event loop.
   *
   * @param peer who asks
   * @param guestPort which, unsigned
   * @return the stream, by which the peer says what it can do; empty if there are too many, or no driver
   */
  public Optional<VsockStream> ask(VsockPeer peer, int guestPort) {
    VsockStream[] made = new VsockStream[1];
    transport.serve(RECEIVE, () -> {
      if (context != null && !streams.isFull()) {
        made[0] = new VsockStream(streams.freeHostPort(guestPort), guestPort, peer, VsockHeader.REQUEST);
        streams.add(made[0]);
      }
    });
    return Optional.ofNullable(made[0]);
  }

  /**
   * A peer has sent something, or has room again, or is gone. On the event loop.
   *
   * @param peer which
   */
  public void ready(VsockPeer peer) {
    transport.serve(RECEIVE, () -> {
      VsockStream stream = streams.of(peer);
      if (stream != null) {
        stream.setReadable(true);
        flush(stream);
      }
    });
  }
}
