package org.ballastvm.vmm.net;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.Consumer;
import org.ballastvm.kvm.HostSocket;
import org.ballastvm.vmm.loop.EventLoop;

/**
 * A wire over one connection at a time. While there is none, all frames are lost; who brings connections hears when one
 * ends.
 */
final class StreamWire implements Wire {
  private final EventLoop loop;
  private final String nowhere;
  private Consumer<String> ended;
  private String where;
  private FrameStream stream;
  private Card card = NoCard.INSTANCE;
  private boolean listening;

  /**
   * A wire without a connection.
   *
   * @param loop where connections are watched
   * @param nowhere what describes it while it has none
   */
  StreamWire(EventLoop loop, String nowhere) {
    this.loop = loop;
    this.nowhere = nowhere;
    this.where = nowhere;
  }

  /** Sets who hears why a connection has ended. */
  void whenEnded(Consumer<String> task) { ended = task; }

  /** Has a connection from now on. */
  void open(HostSocket socket, String description) {
    stream = new FrameStream(loop, socket, () -> card.frameWaits(0), () -> card.roomToSend(0), this::lost);
    where = description;
    stream.listen(listening);
    card.linkChanged(true);
  }

  private void lost(String why) {
    stream = null;
    where = nowhere;
    card.linkChanged(false);
    ended.accept(why);
  }

  @Override
  public boolean hasHeaders() { return false; }

  @Override
  public void connect(Card to) { card = to; }

  @Override
  public boolean isUp() { return stream != null; }

  @Override
  public boolean canSend(int pair) { return stream == null || stream.canSend(); }

  @Override
  public void send(int pair, List<MemorySegment> pieces) {
    if (stream != null) {
      stream.send(pieces);
    }
  }

  @Override
  public void flush(int pair) {
    if (stream != null) {
      stream.flush();
    }
  }

  @Override
  public Frame next(int pair) { return stream == null ? null : stream.next(); }

  @Override
  public void drop(int pair) {
    if (stream != null) {
      stream.drop();
    }
  }

  @Override
  public void listen(int pair, boolean wanted) {
    listening = wanted;
    if (stream != null) {
      stream.listen(wanted);
    }
  }

  @Override
  public String describe() { return where; }

  @Override
  public void close() {
    if (stream != null) {
      stream.close();
      stream = null;
    }
  }
}
