package org.ballastvm.virtio.blk;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;

/**
 * What a driver asked a disk for, checked: its range is on the disk, its buffers were guest memory when it came. One object
 * serves many requests, one after the other. It is written under the transport's lock and belongs to the disk from
 * {@link Disk#submit} until {@link #finish}.
 */
public final class BlkRequest {
  /** What is to be done. */
  public enum Kind {
    /** The disk is read into the buffers. */
    READ,
    /** The buffers are written to the disk. */
    WRITE,
    /** What was written is made safe from a loss of power. */
    FLUSH,
    /** A range's content is needed no more. */
    DISCARD,
    /** A range reads as zeros. */
    WRITE_ZEROES
  }

  /** What has become of it. Virtio 1.3, 5.2.6. */
  public enum Outcome {
    /** Done. */
    OK(0),
    /** Not done, or not all of it. */
    IOERR(1),
    /** Not known to the device, or not on offer. */
    UNSUPP(2);

    private final int status;

    Outcome(int status) { this.status = status; }

    /** {@return what the driver reads in it} */
    int status() { return status; }
  }

  private final AtomicReference<BlkRequest> finished;
  private Kind kind = Kind.FLUSH;
  private long offsetBytes;
  private long lengthBytes;
  private boolean durable;
  private boolean mayUnmap;
  private int segments;
  private long[] addresses = new long[8];
  private long[] lengths = new long[8];

  // What the device keeps of it.
  int queue;
  int head;
  long statusAddress;
  int writtenBytes;
  boolean taken;
  Outcome outcome = Outcome.OK;
  /** In the device's list of those that are free, or that are finished. */
  BlkRequest next;

  /** For the disk that has it, to keep a list of them. */
  private BlkRequest link;

  /** @param finished where it goes when it is */
  BlkRequest(AtomicReference<BlkRequest> finished) {
    this.finished = finished;
  }

  void begin(int fromQueue, int chainHead) {
    queue = fromQueue;
    head = chainHead;
    taken = true;
    segments = 0;
    lengthBytes = 0;
    offsetBytes = 0;
    durable = false;
    mayUnmap = false;
    writtenBytes = 1;
    link = null;
  }

  void describe(Kind what, long offset, long length) {
    kind = what;
    offsetBytes = offset;
    lengthBytes = length;
  }

  void durable(boolean on) { durable = on; }

  void mayUnmap(boolean on) { mayUnmap = on; }

  void addSegment(long gpa, long length) {
    if (segments == addresses.length) {
      addresses = Arrays.copyOf(addresses, segments * 2);
      lengths = Arrays.copyOf(lengths, segments * 2);
    }
    addresses[segments] = gpa;
    lengths[segments] = length;
    segments++;
  }

  /** {@return what is to be done} */
  public Kind kind() { return kind; }

  /** {@return where on the disk, in bytes, a multiple of 512; 0 for a flush} */
  public long offsetBytes() {
    return offsetBytes;
  }

  /** {@return how much of the disk, in bytes, a multiple of 512, above zero but for a flush} */
  public long lengthBytes() {
    return lengthBytes;
  }

  /** {@return whether what it writes must be safe from a loss of power when it is finished} */
  public boolean isDurable() {
    return durable;
  }

  /** {@return whether the disk may give back the room of what {@link Kind#WRITE_ZEROES} fills} */
  public boolean mayUnmap() {
    return mayUnmap;
  }

  /** {@return how many buffers it has; they are as long as {@link #lengthBytes} together} */
  public int segmentCount() {
    return segments;
  }

  /**
   * A buffer.
   *
   * @param i below {@link #segmentCount}
   * @return its guest physical address; the guest may have taken that memory away since
   */
  public long address(int i) { return addresses[i]; }

  /**
   * A buffer.
   *
   * @param i below {@link #segmentCount}
   * @return its length in bytes, above zero
   */
  public long segmentBytes(int i) { return lengths[i]; }

  /** {@return the next in a list that the disk keeps} */
  public BlkRequest link() { return link; }

  /**
   * Puts another behind it in a list that the disk keeps.
   *
   * @param behind the next one, or null
   */
  public void link(BlkRequest behind) { link = behind; }

  /**
   * Says what has become of it; the disk touches neither it nor its buffers any more. Any thread, under any lock; the
   * listener of {@link Disk#start} is to be called soon after, once for one or for many.
   *
   * @param how it ended
   */
  public void finish(Outcome how) {
    outcome = how;
    BlkRequest first;
    do {
      first = finished.get();
      next = first;
    } while (!finished.compareAndSet(first, this));
  }
}
