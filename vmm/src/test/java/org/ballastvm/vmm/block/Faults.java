package org.ballastvm.vmm.block;

import java.util.ArrayDeque;
import java.util.concurrent.CountDownLatch;
import java.util.function.LongUnaryOperator;
import org.ballastvm.kvm.DiskFile;
import org.ballastvm.kvm.Errno;
import org.ballastvm.kvm.IoRing;
import org.ballastvm.kvm.IoVectors;

/** What a host says in place of what it has done, in turn: it did less, was interrupted, has no room. Any thread. */
final class Faults {
  private final ArrayDeque<LongUnaryOperator> next = new ArrayDeque<>();
  private volatile boolean refuses;

  /** The next answer is that half of it was done, in whole sectors, and at least one. */
  void half() {
    add(result -> result <= 512 ? result : result / 2 & -512);
  }

  /** The next answer is an error. */
  void error(Errno errno) { add(result -> -errno.code()); }

  /** The next answer comes when this is counted down. */
  CountDownLatch hold() {
    CountDownLatch held = new CountDownLatch(1);
    add(result -> {
      try {
        held.await();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      return result;
    });
    return held;
  }

  private synchronized void add(LongUnaryOperator fault) { next.add(fault); }

  /** A ring is taken nothing from, until this is called with false. */
  void refuse(boolean now) { refuses = now; }

  /** Whether all have been said. */
  synchronized boolean isEmpty() { return next.isEmpty(); }

  private synchronized LongUnaryOperator poll() { return next.poll(); }

  private long of(long result) {
    LongUnaryOperator fault = poll();
    return fault == null ? result : fault.applyAsLong(result);
  }

  /** A storage that says so. */
  Storage of(Storage real) { return new FaultyStorage(real); }

  /** A ring that says so. */
  IoRing of(IoRing real) { return new FaultyRing(real); }

  private final class FaultyStorage implements Storage {
    private final Storage real;

    FaultyStorage(Storage real) { this.real = real; }

    @Override
    public long sizeBytes() { return real.sizeBytes(); }

    @Override
    public boolean canReadCached() { return false; }

    @Override
    public long read(IoVectors into, long offsetBytes, boolean onlyCached) {
      return of(real.read(into, offsetBytes, onlyCached));
    }

    @Override
    public long write(IoVectors from, long offsetBytes, boolean durable) {
      return of(real.write(from, offsetBytes, durable));
    }

    @Override
    public long sync() { return of(real.sync()); }

    @Override
    public long discard(long offsetBytes, long lengthBytes) { return of(real.discard(offsetBytes, lengthBytes)); }

    @Override
    public long writeZeroes(long offsetBytes, long lengthBytes, boolean mayUnmap) {
      return of(real.writeZeroes(offsetBytes, lengthBytes, mayUnmap));
    }

    @Override
    public int alignmentBytes() { return real.alignmentBytes(); }

    @Override
    public void close() { real.close(); }
  }

  private final class FaultyRing implements IoRing {
    private final IoRing real;
    private long result;

    FaultyRing(IoRing real) { this.real = real; }

    @Override
    public void start() { real.start(); }

    @Override
    public boolean hasRoom() { return real.hasRoom(); }

    @Override
    public void read(DiskFile file, IoVectors into, long offsetBytes, long token) {
      real.read(file, into, offsetBytes, token);
    }

    @Override
    public void write(DiskFile file, IoVectors from, long offsetBytes, boolean durable, long token) {
      real.write(file, from, offsetBytes, durable, token);
    }

    @Override
    public void sync(DiskFile file, long token) { real.sync(file, token); }

    @Override
    public void punchHole(DiskFile file, long offsetBytes, long lengthBytes, long token) {
      real.punchHole(file, offsetBytes, lengthBytes, token);
    }

    @Override
    public void zeroRange(DiskFile file, long offsetBytes, long lengthBytes, long token) {
      real.zeroRange(file, offsetBytes, lengthBytes, token);
    }

    @Override
    public long submit(boolean wait) { return refuses ? -Errno.EBUSY.code() : real.submit(wait); }

    @Override
    public long takeBack() { return real.takeBack(); }

    @Override
    public boolean next() {
      boolean found = real.next();
      result = found ? of(real.result()) : 0;
      return found;
    }

    @Override
    public long token() { return real.token(); }

    @Override
    public long result() { return result; }

    @Override
    public void close() { real.close(); }
  }
}
