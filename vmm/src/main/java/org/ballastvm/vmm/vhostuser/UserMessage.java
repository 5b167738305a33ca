package org.ballastvm.vmm.vhostuser;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** A message of the front-end, "Message Specification". */
final class UserMessage {
  static final int HEADER_BYTES = 12;
  static final int VERSION = 1;
  static final int VERSION_MASK = 3;
  static final int REPLY = 1 << 2;
  static final int NEED_REPLY = 1 << 3;
  /** Bytes in front of configuration space. */
  static final int CONFIG_HEADER_BYTES = 12;
  /** VHOST_USER_MAX_CONFIG_SIZE. */
  static final int MOST_CONFIG_BYTES = 256;
  /** Regions that a table takes, and that every back-end knows. */
  static final int TABLE_REGIONS = 8;
  /**
   * What back-ends take for this process's addresses is the guest's, moved so far that none is zero: they use it for nothing
   * but to find rings in regions, and so learn nothing of where this process has what.
   */
  private static final long USER_ADDRESS = 1L << 46;
  private static final int REGION_BYTES = 32;

  private final UserRequest request;
  private final byte[] payload;

  private UserMessage(UserRequest request, byte[] payload) {
    this.request = request;
    this.payload = payload;
  }

  /** What it asks. */
  UserRequest request() { return request; }

  /** How many bytes stand behind its header. */
  int payloadBytes() { return payload.length; }

  static UserMessage of(UserRequest request) { return new UserMessage(request, new byte[0]); }

  static UserMessage number(UserRequest request, long number) {
    return new UserMessage(request, buffer(8).putLong(number).array());
  }

  /** A vring state description. */
  static UserMessage queue(UserRequest request, int index, int number) {
    return new UserMessage(request, buffer(8).putInt(index).putInt(number).array());
  }

  /** A vring address description, by guest addresses; nothing is logged. */
  static UserMessage rings(int index, long descriptors, long used, long available) {
    return new UserMessage(UserRequest.SET_VRING_ADDR,
        buffer(40).putInt(index).putInt(0).putLong(userAddress(descriptors)).putLong(userAddress(used))
            .putLong(userAddress(available)).putLong(0).array());
  }

  /** A memory regions description. */
  static UserMessage table(List<SharedRegion> regions) {
    byte[] bytes = new byte[8 + regions.size() * REGION_BYTES];
    ByteBuffer to = buffer(bytes).putInt(regions.size()).putInt(0);
    regions.forEach(region -> put(to, region));
    return new UserMessage(UserRequest.SET_MEM_TABLE, bytes);
  }

  /** A single memory region description. */
  static UserMessage region(UserRequest request, SharedRegion region) {
    byte[] bytes = new byte[8 + REGION_BYTES];
    put(buffer(bytes).putLong(0), region);
    return new UserMessage(request, bytes);
  }

  /** The driver writes configuration space, or all of it is asked for: the bytes matter in the first case alone. */
  static UserMessage config(UserRequest request, int offset, byte[] bytes) {
    return new UserMessage(request,
        buffer(CONFIG_HEADER_BYTES + bytes.length).putInt(offset).putInt(bytes.length).putInt(0).put(bytes).array());
  }

  /** An inflight description. */
  static UserMessage inflight(UserRequest request, long sizeBytes, long offsetBytes, int queues, int queueSize) {
    return new UserMessage(request, buffer(24).putLong(sizeBytes).putLong(offsetBytes).putShort((short) queues)
        .putShort((short) queueSize).array());
  }

  /** All of it. */
  byte[] encode(boolean needReply) {
    return buffer(HEADER_BYTES + payload.length).putInt(request.number()).putInt(VERSION | (needReply ? NEED_REPLY : 0))
        .putInt(payload.length).put(payload).array();
  }

  private static long userAddress(long guestAddress) { return USER_ADDRESS + guestAddress; }

  private static void put(ByteBuffer bytes, SharedRegion region) {
    bytes.putLong(region.guestAddress()).putLong(region.sizeBytes()).putLong(userAddress(region.guestAddress()))
        .putLong(region.fileOffsetBytes());
  }

  private static ByteBuffer buffer(int bytes) { return buffer(new byte[bytes]); }

  private static ByteBuffer buffer(byte[] bytes) { return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN); }
}
