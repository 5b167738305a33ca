package org.ballastvm.vmm.chardev;

import java.lang.foreign.MemorySegment;
import org.ballastvm.kvm.Epoll;
import org.ballastvm.kvm.HostSocket;
import org.ballastvm.kvm.HostStream;
import org.ballastvm.kvm.Terminal;
import org.ballastvm.vmm.loop.EventLoop;
import org.ballastvm.vmm.loop.GuestTask;
import org.ballastvm.vmm.loop.LoopTimer;
import org.ballastvm.vmm.terminal.AtExit;
import org.ballastvm.vmm.terminal.WindowSize;

/**
 * A chardev on standard input and output. Where they are a terminal, it is read and changed while this process is in the
 * foreground alone: the kernel would stop the process, and the guest with it.
 */
final class StreamChardev implements Chardev {
  /** A shell does not notify a process that runs in the background when it moves it to the foreground. */
  private static final long LOOK_EVERY_NANOS = 500_000_000;
  /** At the end, whoever reads what is left may take so long between two reads. */
  private static final long PATIENCE_MILLIS = 30_000;

  private final HostStream in;
  private final HostStream out;
  private final Terminal terminal;
  private final AtExit putBack;
  private final LoopTimer look;
  private final StreamLine line;
  private final GuestTask reportSize;
  private final Runnable sizeChanged;
  private CharFrontend frontend;
  private boolean followsSize;

  /** A chardev over two streams; {@code terminal} is null where the first is none, and goes back when this closes. */
  StreamChardev(EventLoop loop, HostStream in, HostStream out, Terminal terminal) {
    this.in = in;
    this.out = out;
    this.terminal = terminal;
    this.putBack = terminal == null ? null : new AtExit("terminal", terminal::close);
    this.look = new LoopTimer(loop, this::look);
    this.line = new StreamLine(loop, new StreamLine.Way(in, this::read), new StreamLine.Way(out, out::write), () -> {
      // Each direction ends by itself: a script that has no more to say still wants the answers.
    });
    this.reportSize = new GuestTask(loop, this::reportSize);
    this.sizeChanged = reportSize::post;
    if (terminal != null) {
      terminal.continued().ifPresent(bell -> loop.register(bell, Epoll.IN | Epoll.EDGE, events -> look()));
    }
  }

  private int read(MemorySegment into) {
    if (terminal == null || terminal.isForeground()) {
      return in.read(into);
    }
    awaitForeground();
    return HostSocket.WOULD_BLOCK;
  }

  private void awaitForeground() {
    line.pauseInput(true);
    look.every(LOOK_EVERY_NANOS);
  }

  private void look() {
    if (terminal.takeUp()) {
      look.stop();
      line.pauseInput(false);
    } else {
      awaitForeground();
    }
  }

  @Override
  public void connect(CharFrontend to) {
    frontend = to;
    line.connect(to);
    to.opened();
    line.receiveMore();
    if (terminal != null) {
      look();
    }
  }

  @Override
  public void followSize() {
    if (terminal != null) {
      if (!followsSize) {
        followsSize = true;
        WindowSize.follow(sizeChanged);
      }
      reportSize();
    }
  }

  private void reportSize() {
    int[] size = Terminal.size();
    frontend.resized(size[0], size[1]);
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
  public boolean isTerminal() { return terminal != null; }

  @Override
  public String describe() { return "stdio"; }

  @Override
  public void close() {
    WindowSize.forget(sizeChanged);
    look.close();
    line.flushNow(PATIENCE_MILLIS);
    line.close();
    if (terminal != null) {
      terminal.close();
      putBack.cancel();
    }
    in.close();
    out.close();
  }
}
