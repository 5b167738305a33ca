package org.ballastvm.vmm.vhostuser;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What a back-end answered, checked: it is about what was asked, and as long as it has to be.
 *
 * @param asked the message
 * @param payload behind the header
 */
record UserReply(UserMessage asked, ByteBuffer payload) {
  /** How an inflight description ends is not the same for all: some pad it. */
  private static final int INFLIGHT_BYTES = 20;
  private static final int PADDED_INFLIGHT_BYTES = 24;
  private static final int NUMBER_BYTES = 8;
  /** More of in-flight memory than any number of queues needs: 64 queues of 32768 entries of 16 bytes. */
  private static final long MOST_INFLIGHT_BYTES = 64L << 20;

  /**
   * What follows a header.
   *
   * @param asked the message
   * @param header 12 bytes
   * @return how many bytes follow
   * @throws BackendError if that is no reply to this message
   */
  static int payloadBytes(UserMessage asked, byte[] header) {
    ByteBuffer fields = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
    int number = fields.getInt();
    int flags = fields.getInt();
    int size = fields.getInt();
    if (number != asked.request().number() || (flags & UserMessage.VERSION_MASK) != UserMessage.VERSION
        || (flags & UserMessage.REPLY) == 0) {
      throw new BackendError("it answers " + asked.request() + " with message " + Integer.toUnsignedString(number)
          + ", flags 0x" + Integer.toHexString(flags));
    }
    if (!isLength(asked, size)) {
      throw new BackendError(
          "it answers " + asked.request() + " with " + Integer.toUnsignedString(size) + " bytes");
    }
    return size;
  }

  private static boolean isLength(UserMessage asked, int size) {
    return switch (asked.request()) {
      case GET_CONFIG -> size == 0 || size == asked.payloadBytes();
      case GET_INFLIGHT_FD -> size == INFLIGHT_BYTES || size == PADDED_INFLIGHT_BYTES;
      case GET_FEATURES, SET_FEATURES, SET_OWNER, SET_MEM_TABLE, SET_VRING_NUM, SET_VRING_ADDR, SET_VRING_BASE,
          GET_VRING_BASE, SET_VRING_KICK, SET_VRING_CALL, SET_VRING_ERR, GET_PROTOCOL_FEATURES, SET_PROTOCOL_FEATURES,
          GET_QUEUE_NUM, SET_VRING_ENABLE, SET_BACKEND_REQ_FD, SET_CONFIG, SET_INFLIGHT_FD, RESET_DEVICE,
          GET_MAX_MEM_SLOTS, ADD_MEM_REG, REM_MEM_REG ->
        size == NUMBER_BYTES;
    };
  }

  /** The number that it is. */
  long number() { return payload.getLong(0); }

  /**
   * Checks an acknowledgement.
   *
   * @throws BackendError if it is a refusal
   */
  void requireDone() {
    if (number() != 0) {
      throw new BackendError("it refuses " + asked.request() + ", with " + number());
    }
  }

  /**
   * Where a queue has stopped: the index of what the back-end would take next.
   *
   * @param queue which was asked for
   * @return 16 bits
   * @throws BackendError if it is about another one, or no index
   */
  int base(int queue) {
    int index = payload.getInt(0);
    int base = payload.getInt(4);
    if (index != queue || base != (base & 0xffff)) {
      throw new BackendError("it answers " + asked.request() + " for queue " + queue + " with queue "
          + Integer.toUnsignedString(index) + ", index " + Integer.toUnsignedString(base));
    }
    return base;
  }

  /**
   * Configuration space.
   *
   * @return as many bytes as were asked for
   * @throws BackendError if the back-end has none, or other bytes
   */
  byte[] config() {
    int length = asked.payloadBytes() - UserMessage.CONFIG_HEADER_BYTES;
    if (payload.capacity() == 0) {
      throw new BackendError("it refuses " + asked.request());
    }
    if (payload.getInt(0) != 0 || payload.getInt(4) != length) {
      throw new BackendError("it answers " + asked.request() + " with " + Integer.toUnsignedString(payload.getInt(4))
          + " bytes at " + Integer.toUnsignedString(payload.getInt(0)) + " where " + length + " at 0 were asked for");
    }
    byte[] bytes = new byte[length];
    payload.get(UserMessage.CONFIG_HEADER_BYTES, bytes);
    return bytes;
  }

  /**
   * How much memory an inflight description speaks of, in bytes.
   *
   * @throws BackendError if that is more than there can be, or none
   */
  long inflightBytes() {
    long size = payload.getLong(0);
    if (size <= 0 || size > MOST_INFLIGHT_BYTES) {
      throw new BackendError(
          "it answers " + asked.request() + " with memory of " + Long.toUnsignedString(size) + " bytes");
    }
    return size;
  }

  /** Where that begins in its file, in bytes. */
  long inflightOffset() { return payload.getLong(8); }
}
