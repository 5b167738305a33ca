package org.ballastvm.vmm.chardev;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.ballastvm.kvm.Errno;
import org.ballastvm.kvm.HostSocket;
import org.ballastvm.kvm.HostStream;
import org.ballastvm.vmm.loop.EventLoop;
import org.ballastvm.vmm.state.Log;

/** A chardev into a file: no input. What the file does not take, on a full disk, is lost; the guest goes on. */
final class FileChardev implements Chardev {
  /** At the end, a named pipe's reader may take so long between two reads. */
  private static final long PATIENCE_MILLIS = 30_000;

  private final Path path;
  private final HostStream file;
  private final StreamLine line;
  private Errno warnedOf;

  FileChardev(EventLoop loop, Path path, boolean append) {
    this.path = path;
    this.file = HostStream.createFile(path, append);
    this.line = new StreamLine(loop, null, new StreamLine.Way(file, this::write), () -> {
      // Nothing is to be done: this is not the other side of anything.
    });
  }

  private int write(MemorySegment bytes) {
    int written = file.write(bytes);
    if (written != HostSocket.END) {
      warnedOf = written > 0 ? null : warnedOf;
      return written;
    }
    if (!file.failure().equals(warnedOf)) {
      warnedOf = file.failure();
      Log.of(FileChardev.class).warn("{}: cannot be written, and what is sent there is lost: {}", path,
          warnedOf.text());
    }
    return (int) bytes.byteSize();
  }

  @Override
  public void connect(CharFrontend to) {
    line.connect(to);
    to.opened();
  }

  @Override
  public int sendRoom() { return line.room(); }

  @Override
  public void send(byte[] bytes, int offset, int count) {
    if (line.takes(count)) {
      line.send(bytes, offset, count);
    }
  }

  @Override
  public void receiveMore() {
    // There is no input.
  }

  @Override
  public String describe() { return "file"; }

  @Override
  public void close() {
    line.flushNow(PATIENCE_MILLIS);
    line.close();
    file.close();
  }
}
