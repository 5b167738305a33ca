package org.ballastvm.vmm.chardev;

import org.ballastvm.kvm.HostStream;
import org.ballastvm.vmm.event.EventLoop;

/** A chardev on standard input and output, on a pseudo-terminal, or into a file. */
final class StreamChardev implements Chardev {
  private final HostStream in;
  private final HostStream out;
  private final String where;
  private final Runnable restore;
  private final StreamLine line;
  private CharFrontend frontend;
  private boolean open = true;

  /** A chardev over one stream or two; {@code restore} runs when it closes. */
  StreamChardev(EventLoop loop, HostStream in, HostStream out, String where, Runnable restore) {
    this.in = in;
    this.out = out;
    this.where = where;
    this.restore = restore;
    this.line = new StreamLine(loop, in, in::read, out, out::write, this::ended);
  }

  private void ended() {
    open = false;
    if (frontend != null) {
      frontend.closed();
    }
  }

  @Override
  public void connect(CharFrontend to) {
    frontend = to;
    line.connect(to);
    if (open) {
      to.opened();
      line.receiveMore();
    }
  }

  @Override
  public int sendRoom() { return open ? line.room() : Integer.MAX_VALUE; }

  @Override
  public void send(byte[] bytes, int offset, int count) {
    if (open) {
      line.send(bytes, offset, Math.min(count, line.room()));
    }
  }

  @Override
  public void receiveMore() {
    if (open) {
      line.receiveMore();
    }
  }

  @Override
  public String describe() { return where; }

  @Override
  public void close() {
    line.flushNow();
    line.close();
    restore.run();
    in.close();
    out.close();
  }
}
