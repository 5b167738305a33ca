package org.ballastvm.virtio.queue;

import java.util.Arrays;

/**
 * A chain of buffers that the driver offered: first those the device reads, then those it writes. One object serves a
 * queue for ever; it means something until the next {@link Virtqueue#next}.
 */
public final class DescriptorChain {
  private long[] addresses = new long[16];
  private int[] lengths = new int[16];
  private int head;
  private int count;
  private int readable;
  private long readableBytes;
  private long writableBytes;

  DescriptorChain() {}

  void begin(int descriptor) {
    head = descriptor;
    count = 0;
    readable = 0;
    readableBytes = 0;
    writableBytes = 0;
  }

  void add(long gpa, int lengthBytes, boolean write) {
    if (count == addresses.length) {
      addresses = Arrays.copyOf(addresses, count * 2);
      lengths = Arrays.copyOf(lengths, count * 2);
    }
    addresses[count] = gpa;
    lengths[count] = lengthBytes;
    count++;
    if (write) {
      writableBytes += Integer.toUnsignedLong(lengthBytes);
    } else {
      readable++;
      readableBytes += Integer.toUnsignedLong(lengthBytes);
    }
  }

  /** {@return how many buffers it has} */
  public int count() { return count; }

  boolean hasWritable() { return count > readable; }

  /** {@return the descriptor it begins with, which names it when it is returned} */
  public int head() { return head; }

  /** {@return how many buffers the device reads} */
  public int readableCount() { return readable; }

  /** {@return how many buffers the device writes} */
  public int writableCount() { return count - readable; }

  /** {@return how many bytes the device reads} */
  public long readableBytes() { return readableBytes; }

  /** {@return how many bytes the device may write} */
  public long writableBytes() { return writableBytes; }

  /**
   * A buffer.
   *
   * @param i readable ones first, then writable ones
   * @return its guest physical address; all of it is memory
   */
  public long address(int i) { return addresses[i]; }

  /**
   * A buffer.
   *
   * @param i readable ones first, then writable ones
   * @return its length in bytes, above zero
   */
  public long lengthBytes(int i) { return Integer.toUnsignedLong(lengths[i]); }
}
