package org.ballastvm.virtio.queue;

import java.lang.invoke.VarHandle;

/**
 * A split virtqueue, from the device's side. Virtio 1.3, 2.7.
 *
 * <p>
 * Every number that the driver wrote is checked here, once; what breaks a rule is a {@link GuestError}. Nothing is
 * allocated for a chain.
 */
public final class Virtqueue implements UsedRing {
  /** {@code VIRTIO_F_INDIRECT_DESC}. */
  public static final long FEATURE_INDIRECT = 1L << 28;
  /** {@code VIRTIO_F_EVENT_IDX}. */
  public static final long FEATURE_EVENT_INDEX = 1L << 29;

  /** A queue lies in three parts of memory. */
  public static final int PARTS = 3;

  private static final int DESCRIPTOR_BYTES = 16;
  private static final int FLAG_NEXT = 1;
  private static final int FLAG_WRITE = 2;
  private static final int FLAG_INDIRECT = 4;
  private static final int AVAIL_NO_INTERRUPT = 1;

  /**
   * How far a device is with a queue; all count from 0 to 65535 and again.
   *
   * @param offered chains that the driver had offered when the device last looked
   * @param taken chains that the device has taken
   * @param returned chains that it has given back
   * @param signalled chains given back when it last asked whether to interrupt
   */
  public record State(int offered, int taken, int returned, int signalled) {}

  /** A queue that nobody has used. */
  public static final State POWER_ON = new State(0, 0, 0, 0);

  private final int index;
  private final GuestMemory memory;
  private final int size;
  private final long descriptors;
  private final long avail;
  private final long used;
  private final boolean indirect;
  private final boolean eventIndex;
  private final DescriptorChain chain = new DescriptorChain();
  /** How many chains the driver had offered when the device last looked. */
  private int offered;
  private int nextAvail;
  private int nextUsed;
  private int signalledUsed;
  /** Null where nothing goes wrong. */
  private QueueTap tap;
  private QueueWatch watch = QueueWatch.NONE;

  /**
   * A queue as the driver set it up.
   *
   * @param index which queue of the device, for messages
   * @param memory guest memory
   * @param size entries, a power of two up to 32768
   * @param descriptors where the descriptor table is, a multiple of 16
   * @param avail where the available ring is, a multiple of 2
   * @param used where the used ring is, a multiple of 4
   * @param features agreed on
   * @throws GuestError if a part is misaligned or not wholly in memory
   */
  public Virtqueue(int index, GuestMemory memory, int size, long descriptors, long avail, long used, long features) {
    this(index, memory, size, descriptors, avail, used, features, POWER_ON);
    requirePart("descriptor table", descriptors, 16, partBytes(0));
    requirePart("available ring", avail, 2, partBytes(1));
    requirePart("used ring", used, 4, partBytes(2));
  }

  /**
   * A queue that has been at work. That it is in memory was seen when the driver set it up, and is seen at each access: the
   * guest may have taken that memory away since.
   *
   * @param index which queue of the device, for messages
   * @param memory guest memory
   * @param size entries, a power of two up to 32768
   * @param descriptors where the descriptor table is, a multiple of 16
   * @param avail where the available ring is, a multiple of 2
   * @param used where the used ring is, a multiple of 4
   * @param features agreed on
   * @param state how far the device is
   */
  public Virtqueue(int index, GuestMemory memory, int size, long descriptors, long avail, long used, long features,
      State state) {
    this.index = index;
    this.memory = memory;
    this.size = size;
    this.descriptors = descriptors;
    this.avail = avail;
    this.used = used;
    this.indirect = (features & FEATURE_INDIRECT) != 0;
    this.eventIndex = (features & FEATURE_EVENT_INDEX) != 0;
    this.offered = state.offered();
    this.nextAvail = state.taken();
    this.nextUsed = state.returned();
    this.signalledUsed = state.signalled();
  }

  /**
   * Where a part begins.
   *
   * @param part 0 is the descriptor table, 1 the available ring, 2 the used ring
   * @return guest physical address
   */
  public long partStart(int part) {
    return switch (part) {
      case 0 -> descriptors;
      case 1 -> avail;
      default -> used;
    };
  }

  /**
   * How long a part is. 2.7
   *
   * @param part which, as {@link #partStart} has them
   * @return bytes
   */
  public long partBytes(int part) {
    return switch (part) {
      case 0 -> (long) size * DESCRIPTOR_BYTES;
      case 1 -> 6 + 2L * size;
      default -> 6 + 8L * size;
    };
  }

  private void requirePart(String what, long gpa, int alignment, long lengthBytes) {
    if (gpa % alignment != 0 || !memory.contains(gpa, lengthBytes)) {
      throw new GuestError("queue " + index + ": the " + what + " of " + lengthBytes + " bytes at 0x"
          + Long.toHexString(gpa) + " must be in memory, at a multiple of " + alignment);
    }
  }

  /**
   * How far both sides are; all count from 0 to 65535 and again.
   *
   * @param offered chains that the driver has offered
   * @param taken chains that the device has taken
   * @param returned chains that the device has given back
   * @param signalled chains given back when the device last asked whether to interrupt
   */
  public record Positions(int offered, int taken, int returned, int signalled) {}

  /** {@return how far both sides are} */
  public Positions positions() {
    return new Positions(memory.getShortAcquire(avail + 2), nextAvail, nextUsed, signalledUsed);
  }

  /**
   * How far the device is.
   *
   * @param unfinished how many of the chains that it took last count as not taken
   * @return a snapshot
   */
  public State state(int unfinished) {
    return new State(offered, nextAvail - unfinished & 0xffff, nextUsed, signalledUsed);
  }

  /**
   * The queue as another has left it who served it meanwhile.
   *
   * @param next the chain to be taken next, 0 to 65535
   * @return the same rings
   */
  public Virtqueue leftAt(int next) { return at(next, usedIndexOr(next)); }

  /** {@return the same rings, as they look from outside: what was not given back counts as not taken} */
  public Virtqueue asUsed() {
    int next = usedIndexOr(nextUsed);
    return at(next, next);
  }

  private Virtqueue at(int next, int returned) {
    long features = (indirect ? FEATURE_INDIRECT : 0) | (eventIndex ? FEATURE_EVENT_INDEX : 0);
    return new Virtqueue(index, memory, size, descriptors, avail, used, features,
        new State(next, next, returned, returned));
  }

  /** How many chains were given back, as the ring says; a guest can take its memory away meanwhile. */
  private int usedIndexOr(int unknown) {
    try {
      return memory.getShortAcquire(used + 2);
    } catch (GuestError gone) {
      return unknown;
    }
  }

  @Override
  public int size() { return size; }

  @Override
  public int index() { return index; }

  /**
   * Puts something between the device and this queue.
   *
   * @param between what; null for nothing
   */
  public void tap(QueueTap between) { tap = between; }

  /**
   * Has somebody see what passes.
   *
   * @param observer who; {@link QueueWatch#NONE} for nobody
   */
  public void watch(QueueWatch observer) { watch = observer; }

  /**
   * Takes the next chain that the driver has offered.
   *
   * @return the chain, or null if there is none; valid until the next call
   * @throws GuestError if the ring or the chain breaks a rule
   */
  public DescriptorChain next() {
    if (offered == nextAvail && !look()) {
      return null;
    }
    int head = memory.getShort(avail + 4 + 2L * (nextAvail & size - 1));
    nextAvail = nextAvail + 1 & 0xffff;
    watch.taken(chain(head));
    return chain;
  }

  /**
   * Takes the next of the chains that the driver had offered when the device last looked: no look of its own, so one
   * that came meanwhile waits for {@link #rearm}.
   *
   * @return the chain, or null if there is none; valid until the next call
   * @throws GuestError if the chain breaks a rule
   */
  public DescriptorChain nextSeen() { return offered == nextAvail ? null : next(); }

  /** Puts the chain that was taken last back, as if it had not been: it is the next one again. */
  public void putBack() {
    nextAvail = nextAvail - 1 & 0xffff;
    watch.putBack();
  }

  /**
   * A chain that was taken and not given back, once more.
   *
   * @param head the descriptor that it begins with
   * @return the chain; valid until the next call
   * @throws GuestError if the chain breaks a rule
   */
  public DescriptorChain chain(int head) {
    chain.begin(head);
    walk(descriptors, size, head, false);
    return chain;
  }

  private boolean look() {
    int now = memory.getShortAcquire(avail + 2);
    int ready = now - nextAvail & 0xffff;
    if (ready > size) {
      throw new GuestError("queue " + index + ": the driver offers " + ready + " chains in a ring of " + size);
    }
    offered = now;
    return ready > 0;
  }

  /**
   * Whether a chain waits, after asking the driver to ring again for the next one.
   *
   * @return true if one came meanwhile, so that the caller goes on
   * @throws GuestError if the ring breaks a rule
   */
  public boolean rearm() {
    if (eventIndex) {
      memory.putShort(used + 4 + 8L * size, nextAvail); // avail_event
      VarHandle.fullFence();
    }
    return look();
  }

  /**
   * Pushes a chain on the used ring.
   *
   * @param head of the chain
   * @param writtenBytes how many bytes of it the device has written
   */
  public void pushUsed(int head, int writtenBytes) {
    use(head, writtenBytes);
    publish();
  }

  /**
   * Puts a chain on the used ring, where the driver sees it when it is {@link #publish published}: of several that belong
   * together it is not to see some.
   *
   * @param head of the chain
   * @param writtenBytes how many bytes of it the device has written
   */
  public void use(int head, int writtenBytes) {
    if (tap == null) {
      place(head, writtenBytes);
    } else {
      tap.used(this, head, writtenBytes);
    }
  }

  @Override
  public void place(int head, int writtenBytes) {
    long entry = used + 4 + 8L * (nextUsed & size - 1);
    memory.putLong(entry, Integer.toUnsignedLong(head) | (long) writtenBytes << 32);
    nextUsed = nextUsed + 1 & 0xffff;
    watch.placed(head, writtenBytes);
  }

  /** Lets the driver see all that was put on the used ring. */
  public void publish() {
    memory.putShortRelease(used + 2, nextUsed);
  }

  /**
   * Whether the driver wants an interrupt for what was given back since the last call.
   *
   * @return true if it does
   */
  public boolean wantsInterrupt() {
    if (nextUsed == signalledUsed) {
      return false;
    }
    VarHandle.fullFence();
    int before = signalledUsed;
    signalledUsed = nextUsed;
    if (eventIndex) {
      int event = memory.getShort(avail + 4 + 2L * size); // used_event
      return (nextUsed - event - 1 & 0xffff) < (nextUsed - before & 0xffff);
    }
    return (memory.getShortAcquire(avail) & AVAIL_NO_INTERRUPT) == 0;
  }

  private void walk(long table, int tableSize, int first, boolean inIndirect) {
    int at = first;
    for (int steps = 0;; steps++) {
      if (at >= tableSize) {
        throw new GuestError("queue " + index + ": descriptor " + at + " in a table of " + tableSize);
      }
      if (steps >= tableSize) {
        throw new GuestError("queue " + index + ": the chain from descriptor " + first + " is a loop");
      }
      long descriptor = table + (long) at * DESCRIPTOR_BYTES;
      long gpa = memory.getLong(descriptor);
      long rest = memory.getLong(descriptor + 8); // le32 len, le16 flags, le16 next
      int lengthBytes = (int) rest;
      int flags = (int) (rest >>> 32) & 0xffff;
      if ((flags & FLAG_INDIRECT) != 0) {
        if (!indirect || inIndirect || (flags & FLAG_NEXT) != 0) {
          throw new GuestError("queue " + index + ": descriptor " + at + " is indirect where it must not be");
        }
        walkIndirect(at, gpa, Integer.toUnsignedLong(lengthBytes));
        return;
      }
      add(at, gpa, lengthBytes, (flags & FLAG_WRITE) != 0);
      if ((flags & FLAG_NEXT) == 0) {
        return;
      }
      at = (int) (rest >>> 48);
    }
  }

  private void walkIndirect(int at, long table, long lengthBytes) {
    if (lengthBytes == 0 || lengthBytes % DESCRIPTOR_BYTES != 0 || lengthBytes / DESCRIPTOR_BYTES > size
        || !memory.contains(table, lengthBytes)) {
      throw new GuestError("queue " + index + ": descriptor " + at + " names an indirect table of " + lengthBytes
          + " bytes at 0x" + Long.toHexString(table) + "; it must hold 1 to " + size + " descriptors in memory");
    }
    walk(table, (int) (lengthBytes / DESCRIPTOR_BYTES), 0, true);
  }

  private void add(int at, long gpa, int lengthBytes, boolean write) {
    if (lengthBytes == 0 || !memory.contains(gpa, Integer.toUnsignedLong(lengthBytes))) {
      throw new GuestError("queue " + index + ": descriptor " + at + " names " + Integer.toUnsignedLong(lengthBytes)
          + " bytes at 0x" + Long.toHexString(gpa) + ", which are not all memory");
    }
    if (chain.count() == size) {
      throw new GuestError("queue " + index + ": a chain of more than " + size + " buffers, the size of the queue");
    }
    if (!write && chain.hasWritable()) {
      throw new GuestError(
          "queue " + index + ": descriptor " + at + " is to be read, behind one that is to be written");
    }
    chain.add(gpa, lengthBytes, write);
  }
}
