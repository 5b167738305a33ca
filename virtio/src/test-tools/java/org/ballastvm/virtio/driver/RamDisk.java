package org.ballastvm.virtio.driver;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.ballastvm.virtio.blk.BlkRequest;
import org.ballastvm.virtio.blk.BlkRequest.Outcome;
import org.ballastvm.virtio.blk.Disk;

/** A disk in an array. It does requests at once, or when the test says so. */
public final class RamDisk implements Disk {
  private final FlatMemory memory;
  private final Deque<BlkRequest> submitted = new ArrayDeque<>();
  private final List<BlkRequest> begun = new ArrayList<>();
  private final List<String> log = new ArrayList<>();
  private byte[] content;
  private Runnable finished;
  private boolean holds;
  private Outcome answer = Outcome.OK;

  /** A disk full of zeros for guests with such memory. */
  public RamDisk(FlatMemory memory, int sizeBytes) {
    this.memory = memory;
    this.content = new byte[sizeBytes];
  }

  /** From now on a request that has begun is finished by {@link #finishLast} alone. */
  public RamDisk holding() {
    holds = true;
    return this;
  }

  /** From now on requests end so. */
  public void answers(Outcome how) { answer = how; }

  /** What is on it. */
  public byte[] content() { return content; }

  /** What was asked for, in order, such as {@code READ 512+1024}; the next list starts empty. */
  public synchronized List<String> takeLog() {
    List<String> taken = List.copyOf(log);
    log.clear();
    return taken;
  }

  /** Gives it another size. */
  public void resize(int sizeBytes) { content = Arrays.copyOf(content, sizeBytes); }

  /** How many requests have begun and are not finished. */
  public synchronized int underWay() { return begun.size(); }

  @Override
  public long sizeBytes() { return content.length; }

  @Override
  public void start(Runnable listener) { finished = listener; }

  @Override
  public synchronized void submit(BlkRequest request) { submitted.add(request); }

  @Override
  public void work() {
    synchronized (this) {
      begun.addAll(submitted);
      submitted.clear();
      while (!holds && !begun.isEmpty()) {
        carryOut(begun.removeFirst());
      }
    }
  }

  /** Finishes the request that came last. */
  public void finishLast() {
    synchronized (this) {
      carryOut(begun.removeLast());
    }
    finished.run();
  }

  private void carryOut(BlkRequest request) {
    log.add(request.kind() + " " + request.offsetBytes() + "+" + request.lengthBytes()
        + (request.isDurable() ? " durable" : "") + (request.mayUnmap() ? " unmap" : ""));
    if (answer == Outcome.OK) {
      int at = (int) request.offsetBytes();
      switch (request.kind()) {
        case READ, WRITE -> copy(request, at);
        case DISCARD, WRITE_ZEROES -> Arrays.fill(content, at, at + (int) request.lengthBytes(), (byte) 0);
        case FLUSH -> {
          // It is as safe as memory is.
        }
      }
    }
    request.finish(answer);
  }

  private void copy(BlkRequest request, int offset) {
    MemorySegment all = MemorySegment.ofArray(content);
    long at = offset;
    for (int i = 0; i < request.segmentCount(); i++) {
      if (request.kind() == BlkRequest.Kind.READ) {
        memory.write(request.address(i), all, at, request.segmentBytes(i));
      } else {
        memory.read(request.address(i), all, at, request.segmentBytes(i));
      }
      at += request.segmentBytes(i);
    }
  }

  @Override
  public synchronized void drop() { submitted.clear(); }

  @Override
  public synchronized boolean isIdle() { return begun.isEmpty(); }
}
