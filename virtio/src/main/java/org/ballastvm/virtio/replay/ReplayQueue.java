package org.ballastvm.virtio.replay;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ballastvm.record.Meaning;
import org.ballastvm.record.RecordedEvent;
import org.ballastvm.virtio.queue.DescriptorChain;
import org.ballastvm.virtio.queue.GuestMemory;
import org.ballastvm.virtio.queue.Virtqueue;

/** A queue whose chains come back as recorded ones did. The transport's lock is held. */
final class ReplayQueue {
  private static final HexFormat DIGITS = HexFormat.of();

  private final int type;
  private final int chainBytes;
  private final GuestMemory memory;
  private final List<RecordedEvent.Offer> offers;
  private final List<RecordedEvent.Use> uses;
  /** Chains that have not come back, by number: none but those that were recorded. */
  private final Map<Long, Taken> open = new HashMap<>();
  private int taken;
  private int used;
  private boolean saidItEnds;

  private record Taken(int head, List<Range> writable) {}

  private record Range(long gpa, long lengthBytes) {}

  ReplayQueue(int type, int chainBytes, GuestMemory memory, List<RecordedEvent.Offer> offers,
      List<RecordedEvent.Use> uses) {
    this.type = type;
    this.chainBytes = chainBytes;
    this.memory = memory;
    this.offers = offers;
    this.uses = uses;
  }

  /** How many chains the driver has offered of those that were recorded. */
  int taken() { return taken; }

  /** Takes a chain; in which way it is another than the recorded one, or nothing. */
  Optional<String> take(DescriptorChain chain) {
    if (taken == offers.size()) {
      boolean first = !saidItEnds;
      saidItEnds = true;
      return first
          ? Optional.of("chain " + taken + " is one more than were recorded; nothing more is answered")
          : Optional.empty();
    }
    RecordedEvent.Offer expected = offers.get(taken);
    List<Range> writable = new ArrayList<>();
    for (int i = chain.readableCount(); i < chain.count(); i++) {
      writable.add(new Range(chain.address(i), chain.lengthBytes(i)));
    }
    open.put((long) taken, new Taken(chain.head(), writable));
    String said = said(chain);
    String recorded = recorded(expected);
    return said.equals(recorded)
        ? counted(Optional.empty())
        : counted(Optional.of("chain " + taken + " is " + said + "; recorded was " + recorded));
  }

  private Optional<String> counted(Optional<String> finding) {
    taken++;
    return finding;
  }

  private String said(DescriptorChain chain) {
    List<Long> read = new ArrayList<>();
    List<Long> write = new ArrayList<>();
    StringBuilder data = new StringBuilder();
    long left = Math.min(chainBytes, chain.readableBytes());
    for (int i = 0; i < chain.count(); i++) {
      (i < chain.readableCount() ? read : write).add(chain.lengthBytes(i));
      if (i < chain.readableCount() && left > 0) {
        byte[] bytes = new byte[(int) Math.min(left, chain.lengthBytes(i))];
        memory.read(chain.address(i), MemorySegment.ofArray(bytes), 0, bytes.length);
        DIGITS.formatHex(data, bytes);
        left -= bytes.length;
      }
    }
    return words(read, write, data.toString());
  }

  private String recorded(RecordedEvent.Offer offer) { return words(offer.read(), offer.write(), offer.data()); }

  private String words(List<Long> read, List<Long> write, String data) {
    return "read=" + RecordedEvent.lengths(read) + " write=" + RecordedEvent.lengths(write) + " data="
        + Meaning.request(type, data);
  }

  /** Gives back what came back in the recording, in its order, as far as it was offered. */
  void answer(Virtqueue ring) {
    while (used < uses.size()) {
      RecordedEvent.Use next = uses.get(used);
      if (next.chain().isEmpty()) {
        ring.pushUsed(next.head(), (int) next.length());
      } else if (!giveBack(ring, next)) {
        return;
      }
      used++;
    }
  }

  private boolean giveBack(Virtqueue ring, RecordedEvent.Use use) {
    Taken chain = open.remove(use.chain().getAsLong());
    if (chain == null) {
      return false;
    }
    int head = offers.get((int) use.chain().getAsLong()).head() == use.head() ? chain.head : use.head();
    byte[] bytes = DIGITS.parseHex(use.data());
    MemorySegment data = MemorySegment.ofArray(bytes);
    long done = 0;
    for (Range room : chain.writable) {
      long step = Math.min(room.lengthBytes, bytes.length - done);
      memory.write(room.gpa, data, done, step);
      done += step;
    }
    ring.pushUsed(head, (int) use.length());
    return true;
  }
}
