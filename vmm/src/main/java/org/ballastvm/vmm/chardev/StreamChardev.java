package org.ballastvm.vmm.chardev;

import org.ballastvm.kvm.HostStream;
import org.ballastvm.vmm.event.EventLoop;

/** A chardev on standard input and output, or into a file. */
final class StreamChardev implements Chardev {
  private final HostStream in;
  private final HostStream out;
  private final String where;
  private final Runnable restore;
  private final boolean terminal;
  private final StreamLine line;

  /** A chardev over streams; {@code in} is null for one that has no input; {@code restore} runs when it closes. */
  StreamChardev(EventLoop loop, HostStream in, HostStream out, String where, boolean terminal, Runnable restore) {
    this.in = in;
    this.out = out;
    this.where = where;
    this.terminal = terminal;
    this.restore = restore;
    this.line = new StreamLine(loop, in == null ? null : new StreamLine.Way(in, in::read),
        new StreamLine.Way(out, out::write), () -> {
          // Each direction ends by itself: a script that has no more to say still wants the answers.
        });
  }

  @Override
  public void connect(CharFrontend to) {
    line.connect(to);
    to.opened();
    line.receiveMore();
  }

  @Override
  public int sendRoom() { return line.room(); }

  @Override
  public void send(byte[] bytes, int offset, int count) {
    // What nobody reads is dropped as a whole: half a message would spoil those that follow.
    if (line.takes(count)) {
      line.send(bytes, offset, count);
    }
  }

  @Override
  public void receiveMore() { line.receiveMore(); }

  @Override
  public boolean isTerminal() { return terminal; }

  @Override
  public String describe() { return where; }

  @Override
  public void close() {
    line.flushNow();
    line.close();
    restore.run();
    if (in != null) {
      in.close();
    }
    out.close();
  }
}
