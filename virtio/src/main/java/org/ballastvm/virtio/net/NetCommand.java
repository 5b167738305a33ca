package org.ballastvm.virtio.net;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** What a driver asks for by the queue for commands, checked once. Virtio 1.3, 5.1.6.5. */
sealed interface NetCommand {
  /** Class and command. */
  int HEADER_BYTES = 2;
  /** No command is longer, so that a table of any use fits. */
  int MOST_BYTES = 64 << 10;

  /** Numbers are little-endian, at any place. */
  ValueLayout.OfShort LE16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  /** Four bytes. */
  ValueLayout.OfInt LE32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  /** Eight bytes. */
  ValueLayout.OfLong LE64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** A switch for received frames. */
  record SetMode(RxMode mode, boolean on) implements NetCommand {}

  /** The addresses whose frames are wanted. */
  record SetTable(List<Long> unicast, List<Long> multicast, boolean unicastOverflow,
      boolean multicastOverflow) implements NetCommand {}

  /** The card's address. */
  record SetMac(MacAddress mac) implements NetCommand {}

  /** The driver has made itself known to the network. */
  record Announced() implements NetCommand {}

  /** How many pairs of queues are used; not checked against how many there are. */
  record SetPairs(int count) implements NetCommand {}

  /** Which offloads of the driver are on; not checked against what it agreed on. */
  record SetOffloads(long features) implements NetCommand {}

  /** A command that there is not, or whose content lies. */
  record Malformed() implements NetCommand {}

  /**
   * Reads a command.
   *
   * @param bytes all that the driver wrote; at least {@link #HEADER_BYTES}
   */
  static NetCommand parse(MemorySegment bytes) {
    int kind = bytes.get(ValueLayout.JAVA_BYTE, 0) & 0xff;
    int command = bytes.get(ValueLayout.JAVA_BYTE, 1) & 0xff;
    MemorySegment content = bytes.asSlice(HEADER_BYTES);
    return switch (kind << 8 | command) {
      case 0x000, 0x001, 0x002, 0x003, 0x004, 0x005 -> content.byteSize() == 1
          ? new SetMode(RxMode.ALL.get(command), content.get(ValueLayout.JAVA_BYTE, 0) != 0)
          : new Malformed();
      case 0x100 -> table(content);
      case 0x101 -> content.byteSize() == MacAddress.BYTES && !MacAddress.isGroup(address(content, 0))
          ? new SetMac(new MacAddress(address(content, 0)))
          : new Malformed();
      case 0x300 -> content.byteSize() == 0 ? new Announced() : new Malformed();
      case 0x400 -> content.byteSize() == Short.BYTES
          ? new SetPairs(content.get(LE16, 0) & 0xffff)
          : new Malformed();
      case 0x500 -> content.byteSize() == Long.BYTES
          ? new SetOffloads(content.get(LE64, 0))
          : new Malformed();
      default -> new Malformed();
    };
  }

  /** Two lists, first of stations, then of groups, each behind its length. 5.1.6.5.2 */
  private static NetCommand table(MemorySegment content) {
    List<Long> unicast = new ArrayList<>();
    long groupsAt = list(content, 0, unicast);
    List<Long> multicast = new ArrayList<>();
    if (groupsAt < 0 || list(content, groupsAt, multicast) != content.byteSize()) {
      return new Malformed();
    }
    boolean manyStations = unicast.size() > RxFilter.MOST_ADDRESSES;
    boolean manyGroups = multicast.size() > RxFilter.MOST_ADDRESSES;
    return new SetTable(manyStations ? List.of() : unicast, manyGroups ? List.of() : multicast, manyStations,
        manyGroups);
  }

  /** Where the list ends; below zero if it would end behind the command. */
  private static long list(MemorySegment content, long at, List<Long> into) {
    if (content.byteSize() - at < Integer.BYTES) {
      return -1;
    }
    long count = Integer.toUnsignedLong(content.get(LE32, at));
    long end = at + Integer.BYTES + count * MacAddress.BYTES;
    if (end > content.byteSize()) {
      return -1;
    }
    for (long entry = at + Integer.BYTES; entry < end; entry += MacAddress.BYTES) {
      into.add(address(content, entry));
    }
    return end;
  }

  private static long address(MemorySegment bytes, long at) {
    long bits = 0;
    for (int i = 0; i < MacAddress.BYTES; i++) {
      bits = bits << 8 | bytes.get(ValueLayout.JAVA_BYTE, at + i) & 0xff;
    }
    return bits;
  }
}
