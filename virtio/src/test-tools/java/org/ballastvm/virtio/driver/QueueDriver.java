package org.ballastvm.virtio.driver;

import java.util.ArrayList;
import java.util.List;

/** The driver's side of a split virtqueue. It can also break every rule, by {@link #descriptor} and {@link #offerHead}. */
public final class QueueDriver {
  /** Descriptor flags, virtio 1.3, 2.7.5. */
  public static final int NEXT = 1;
  /** The device writes the buffer. */
  public static final int WRITE = 2;
  /** The buffer is a table of descriptors. */
  public static final int INDIRECT = 4;

  private static final long AVAIL_OFFSET = 0x8000;
  private static final long USED_OFFSET = 0xa000;

  private final FlatMemory memory;
  private final int size;
  private final long area;
  private final boolean eventIndex;
  private final Runnable doorbell;
  private int nextDescriptor;
  private int offered;
  private int rung;
  private int seenUsed;

  /** A buffer of a chain. */
  public record Buffer(long gpa, int lengthBytes, boolean write) {
    /** One that the device reads. */
    public static Buffer read(long gpa, int lengthBytes) {
      return new Buffer(gpa, lengthBytes, false);
    }

    /** One that the device writes. */
    public static Buffer write(long gpa, int lengthBytes) {
      return new Buffer(gpa, lengthBytes, true);
    }
  }

  /** A chain that came back. */
  public record Used(int head, int writtenBytes) {}

  QueueDriver(FlatMemory memory, int size, long area, boolean eventIndex, Runnable doorbell) {
    this.memory = memory;
    this.size = size;
    this.area = area;
    this.eventIndex = eventIndex;
    this.doorbell = doorbell;
    for (long at = 0; at < USED_OFFSET + 6 + 8L * size; at += 8) {
      memory.putLong(area + at, 0);
    }
  }

  /** Where the descriptors are. */
  public long descriptors() { return area; }

  /** Where the available ring is. */
  public long avail() { return area + AVAIL_OFFSET; }

  /** Where the used ring is. */
  public long used() { return area + USED_OFFSET; }

  /** How many entries it has. */
  public int size() { return size; }

  /** Offers a chain of descriptors in a row and rings; returns its head. */
  public int post(Buffer... buffers) {
    int head = offer(buffers);
    kick();
    return head;
  }

  /** Offers a chain without ringing. */
  public int offer(Buffer... buffers) {
    int head = nextDescriptor;
    for (int i = 0; i < buffers.length; i++) {
      boolean last = i == buffers.length - 1;
      int next = (nextDescriptor + 1) % size;
      write(descriptors() + 16L * nextDescriptor, buffers[i], last ? 0 : NEXT, next);
      nextDescriptor = next;
    }
    offerHead(head);
    return head;
  }

  /** Offers a chain whose descriptors are in a table of their own. */
  public int offerIndirect(long table, Buffer... buffers) {
    for (int i = 0; i < buffers.length; i++) {
      write(table + 16L * i, buffers[i], i == buffers.length - 1 ? 0 : NEXT, i + 1);
    }
    int head = nextDescriptor;
    nextDescriptor = (nextDescriptor + 1) % size;
    descriptor(head, table, 16 * buffers.length, INDIRECT, 0);
    offerHead(head);
    return head;
  }

  private void write(long at, Buffer buffer, int flags, int next) {
    memory.putLong(at, buffer.gpa);
    memory.putInt(at + 8, buffer.lengthBytes);
    memory.putShort(at + 12, flags | (buffer.write ? WRITE : 0));
    memory.putShort(at + 14, next);
  }

  /** Writes a descriptor as it is given. */
  public void descriptor(int index, long gpa, int lengthBytes, int flags, int next) {
    write(descriptors() + 16L * index, Buffer.read(gpa, lengthBytes), flags, next);
  }

  /** Offers the chain that begins at a descriptor. */
  public void offerHead(int head) {
    memory.putShort(avail() + 4 + 2L * (offered % size), head);
    advance(1);
  }

  /** Moves the available index without writing an entry. */
  public void advance(int count) {
    offered = offered + count & 0xffff;
    memory.putShortRelease(avail() + 2, offered);
  }

  /** Rings if the device asks for it; true if it did. */
  public boolean kick() {
    int event = memory.getShort(used() + 4 + 8L * size);
    boolean wanted = !eventIndex || (offered - event - 1 & 0xffff) < (offered - rung & 0xffff);
    rung = offered;
    if (wanted) {
      doorbell.run();
    }
    return wanted;
  }

  /** Asks for an interrupt only when {@code count} more chains have come back; with {@code EVENT_IDX}. */
  public void interruptAfter(int count) {
    memory.putShort(avail() + 4 + 2L * size, seenUsed + count - 1);
  }

  /** Asks for no interrupts; without {@code EVENT_IDX}. */
  public void suppressInterrupts(boolean suppressed) {
    memory.putShort(avail(), suppressed ? 1 : 0);
  }

  /** Takes the chains that came back. */
  public List<Used> collect() {
    List<Used> taken = new ArrayList<>();
    int index = memory.getShortAcquire(used() + 2);
    while (seenUsed != index) {
      long entry = used() + 4 + 8L * (seenUsed % size);
      taken.add(new Used(memory.getInt(entry), memory.getInt(entry + 4)));
      seenUsed = seenUsed + 1 & 0xffff;
    }
    if (eventIndex) {
      memory.putShort(avail() + 4 + 2L * size, seenUsed);
    }
    return taken;
  }
}
