package org.ballastvm.device;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import org.ballastvm.virtio.queue.DescriptorChain;
import org.ballastvm.virtio.queue.GuestError;
import org.ballastvm.virtio.queue.GuestMemory;

/** Buffers that a driver offered together: those that the device reads, and those that it writes. */
public final class Chain {
  private final int queue;
  private final Returns returns;
  private final VirtioPort port;
  private final GuestMemory memory;
  private final long number;
  private final int head;
  private final long[] addresses;
  private final long[] lengths;
  private final int readable;
  private final long readableBytes;
  private final long writableBytes;
  private int written;
  private boolean done;

  /** By which chains go back to the driver. */
  @FunctionalInterface
  interface Returns {
    void giveBack(int head, int writtenBytes);
  }

  Chain(int queue, Returns returns, VirtioPort port, GuestMemory memory, DescriptorChain chain, long number) {
    this.queue = queue;
    this.returns = returns;
    this.port = port;
    this.memory = memory;
    this.number = number;
    this.head = chain.head();
    this.addresses = new long[chain.count()];
    this.lengths = new long[chain.count()];
    for (int i = 0; i < addresses.length; i++) {
      addresses[i] = chain.address(i);
      lengths[i] = chain.lengthBytes(i);
    }
    this.readable = chain.readableCount();
    this.readableBytes = chain.readableBytes();
    this.writableBytes = chain.writableBytes();
  }

  /** {@return which chain of its queue it is since the driver started, from 0} */
  public long number() {
    return number;
  }

  /** {@return how many bytes there are to read} */
  public long readableBytes() { return readableBytes; }

  /** {@return how many bytes there is room for} */
  public long writableBytes() { return writableBytes; }

  /**
   * Reads all that there is to read.
   *
   * @return a copy
   * @throws GuestError if it is more than {@link DeviceMemory#MOST_BYTES}
   */
  public byte[] read() {
    if (readableBytes > DeviceMemory.MOST_BYTES) {
      throw new GuestError("queue " + queue + ": a chain of " + readableBytes + " bytes to read, and "
          + DeviceMemory.MOST_BYTES + " are the most");
    }
    byte[] bytes = new byte[(int) readableBytes];
    int at = 0;
    for (int i = 0; i < readable; i++) {
      memory.read(addresses[i], MemorySegment.ofArray(bytes), at, lengths[i]);
      at += (int) lengths[i];
    }
    return bytes;
  }

  /**
   * Writes, behind what was written before. What there is no room for is left out.
   *
   * @param bytes what
   * @return this
   */
  public Chain write(byte... bytes) {
    int from = 0;
    long start = 0;
    for (int i = readable; i < addresses.length && from < bytes.length; i++) {
      if (written < start + lengths[i]) {
        int step = (int) Math.min(start + lengths[i] - written, bytes.length - from);
        memory.write(addresses[i] + written - start, MemorySegment.ofArray(bytes), from, step);
        from += step;
        written += step;
      }
      start += lengths[i];
    }
    return this;
  }

  /**
   * Gives it back to the driver, with as many bytes as were written.
   *
   * @throws IllegalStateException if it was given back
   */
  public void done() { done(written); }

  /**
   * Gives it back to the driver.
   *
   * @param usedLength how many bytes the driver is told that were written, 32 bits; any value
   * @throws IllegalStateException if it was given back
   */
  public void done(int usedLength) {
    if (done) {
      throw new IllegalStateException("chain " + number + " of queue " + queue + " was given back");
    }
    done = true;
    returns.giveBack(head, usedLength);
  }

  /**
   * Gives it back to the driver after some time, unless that has reset the device meanwhile.
   *
   * @param delay from now
   */
  public void doneAfter(Duration delay) { port.after(delay, this::done); }
}
