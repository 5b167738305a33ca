package org.ballastvm.vmm.chardev;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.ballastvm.kvm.HostSocket;
import org.ballastvm.kvm.HostStream;
import org.ballastvm.vmm.loop.EventLoop;
import org.ballastvm.vmm.loop.LoopTimer;

/**
 * A chardev whose other end is a pseudo-terminal. Who opens it may leave and come back, which the host does not report, so
 * it is asked once a second; output that nobody reads is dropped, so that a guest never waits for a reader.
 */
final class PtyChardev implements Chardev {
  private static final long LOOK_EVERY_NANOS = 1_000_000_000L;

  private final EventLoop loop;
  private final HostStream pty;
  private final LoopTimer look;
  private StreamLine line;
  private CharFrontend frontend;

  PtyChardev(EventLoop loop, HostStream pty) {
    this.loop = loop;
    this.pty = pty;
    this.look = new LoopTimer(loop, this::lookForReader);
    open();
  }

  private void open() {
    line = new StreamLine(loop, new StreamLine.Way(pty, pty::read), new StreamLine.Way(pty, pty::write), this::hungUp);
  }

  private void hungUp() {
    line = null;
    if (frontend != null) {
      frontend.closed();
    }
    look.every(LOOK_EVERY_NANOS);
  }

  private void lookForReader() {
    byte[] first = new byte[1];
    int read;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment one = arena.allocate(1);
      read = pty.read(one);
      first[0] = one.get(ValueLayout.JAVA_BYTE, 0);
    }
    if (read == HostSocket.END) {
      return;
    }
    look.stop();
    open();
    if (frontend != null) {
      connect(frontend);
      if (read > 0 && frontend.room() > 0) {
        frontend.receive(first, 0, 1);
      }
    }
  }

  @Override
  public void connect(CharFrontend to) {
    frontend = to;
    if (line != null) {
      line.connect(to);
      to.opened();
      receiveMore();
    }
  }

  @Override
  public int sendRoom() { return Integer.MAX_VALUE; }

  @Override
  public void send(byte[] bytes, int offset, int count) {
    if (line != null) {
      line.send(bytes, offset, Math.min(count, line.room()));
    }
  }

  @Override
  public void receiveMore() {
    if (line != null) {
      line.receiveMore();
    }
  }

  @Override
  public String describe() { return "pty:" + pty.ptyPath(); }

  @Override
  public void close() {
    look.close();
    if (line != null) {
      line.close();
    }
    pty.close();
  }
}
