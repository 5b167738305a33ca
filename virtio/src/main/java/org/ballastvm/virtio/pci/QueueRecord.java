package org.ballastvm.virtio.pci;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.ballastvm.record.RecordedEvent;
import org.ballastvm.record.Recorder;
import org.ballastvm.virtio.queue.DescriptorChain;
import org.ballastvm.virtio.queue.GuestError;
import org.ballastvm.virtio.queue.GuestMemory;
import org.ballastvm.virtio.queue.QueueWatch;

/** Records the chains of a queue. The function's lock is held. */
final class QueueRecord implements QueueWatch {
  private static final HexFormat DIGITS = HexFormat.of();

  private final int queue;
  private final Recorder recorder;
  private final GuestMemory memory;
  private final Runnable beforeUse;
  /** Chains that are with the device, by their head: no more than the queue has entries. */
  private final Map<Integer, Taken> open = new HashMap<>();
  private long next;
  private long recorded;

  /** Where a chain is written, as far as that is recorded. */
  private record Taken(long number, List<Range> writable) {}

  private record Range(long gpa, long lengthBytes) {}

  /**
   * For a queue that a driver has just enabled, or whose chains are counted from now on.
   *
   * @param beforeUse is run before a chain that came back is recorded
   */
  QueueRecord(int queue, Recorder recorder, GuestMemory memory, Runnable beforeUse) {
    this.queue = queue;
    this.recorder = recorder;
    this.memory = memory;
    this.beforeUse = beforeUse;
  }

  @Override
  public void taken(DescriptorChain chain) {
    long number = next++;
    if (number < recorded) {
      return; // It was put back and taken again.
    }
    recorded = next;
    List<Long> read = new ArrayList<>();
    List<Long> write = new ArrayList<>();
    List<Range> readable = new ArrayList<>();
    List<Range> writable = new ArrayList<>();
    for (int i = 0; i < chain.count(); i++) {
      boolean toRead = i < chain.readableCount();
      (toRead ? read : write).add(chain.lengthBytes(i));
      (toRead ? readable : writable).add(new Range(chain.address(i), chain.lengthBytes(i)));
    }
    open.put(chain.head(), new Taken(number, upTo(writable)));
    recorder.note(new RecordedEvent.Offer(queue, number, chain.head(), read, write,
        digits(upTo(readable), chain.readableBytes())));
  }

  /** The buffers in which the bytes are that are recorded. */
  private List<Range> upTo(List<Range> buffers) {
    long bytes = 0;
    for (int i = 0; i < buffers.size(); i++) {
      if (bytes >= recorder.limits().chainBytes()) {
        return List.copyOf(buffers.subList(0, i));
      }
      bytes += buffers.get(i).lengthBytes();
    }
    return List.copyOf(buffers);
  }

  @Override
  public void putBack() { next--; }

  @Override
  public void placed(int head, int writtenBytes) {
    beforeUse.run();
    long length = Integer.toUnsignedLong(writtenBytes);
    Taken chain = open.remove(head);
    recorder.note(chain == null
        ? new RecordedEvent.Use(queue, OptionalLong.empty(), head, length, "")
        : new RecordedEvent.Use(queue, OptionalLong.of(chain.number), head, length, digits(chain.writable, length)));
  }

  /** What is in buffers, up to the limit; a guest can take its memory away meanwhile, and then there is less. */
  private String digits(List<Range> buffers, long mostBytes) {
    long left = Math.min(mostBytes, recorder.limits().chainBytes());
    StringBuilder digits = new StringBuilder();
    try {
      for (Range buffer : buffers) {
        byte[] bytes = new byte[(int) Math.min(left, buffer.lengthBytes)];
        memory.read(buffer.gpa, MemorySegment.ofArray(bytes), 0, bytes.length);
        DIGITS.formatHex(digits, bytes);
        left -= bytes.length;
      }
    } catch (GuestError gone) {
      // It is recorded as far as it was there.
    }
    return digits.toString();
  }

  static void addDigits(StringBuilder digits, int value) { DIGITS.toHexDigits(digits, (byte) value); }
}
