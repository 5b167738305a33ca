package org.ballastvm.vmm.gdb;

import java.nio.charset.StandardCharsets;

/**
 * What a client sends, byte by byte: packets with their checksums, acknowledgements, the interrupt. GDB's manual, appendix E.1.
 * Holds at most one packet of {@link #MOST_BYTES}.
 */
final class PacketReader {
  /** The longest packet either side sends, in bytes. */
  static final int MOST_BYTES = 0x4000;

  private static final int INTERRUPT = 3;
  private static final int ESCAPE = '}';
  private static final int ESCAPE_MASK = 0x20;

  /** Takes what was read. */
  interface Taker {
    /**
     * A packet has come, whole.
     *
     * @param text its bytes, a character each
     */
    void packet(String text);

    /** A packet has come whose checksum is wrong; it is to be sent again. */
    void damaged();

    /** The client wants the last packet again. */
    void again();

    /** The client interrupts the guest. */
    void interrupted();

    /**
     * What came is not this protocol.
     *
     * @param what in words
     */
    void foreign(String what);
  }

  private enum State {
    BETWEEN, WITHIN, ESCAPED, FIRST_DIGIT, SECOND_DIGIT
  }

  private final Taker taker;
  private final byte[] bytes = new byte[MOST_BYTES];
  private int count;
  private int sum;
  private int given;
  private State state = State.BETWEEN;

  PacketReader(Taker taker) { this.taker = taker; }

  void take(int next) {
    switch (state) {
      case BETWEEN -> between(next);
      case WITHIN -> {
        if (next == '#') {
          state = State.FIRST_DIGIT;
          return;
        }
        sum += next;
        if (next == ESCAPE) {
          state = State.ESCAPED;
        } else {
          add(next);
        }
      }
      case ESCAPED -> {
        sum += next;
        state = State.WITHIN;
        add(next ^ ESCAPE_MASK);
      }
      case FIRST_DIGIT -> {
        given = Character.digit(next, 16) << 4;
        state = State.SECOND_DIGIT;
      }
      case SECOND_DIGIT -> {
        state = State.BETWEEN;
        if ((given | Character.digit(next, 16)) == (sum & 0xff)) {
          taker.packet(new String(bytes, 0, count, StandardCharsets.ISO_8859_1));
        } else {
          taker.damaged();
        }
      }
    }
  }

  private void between(int next) {
    switch (next) {
      case '$' -> {
        count = 0;
        sum = 0;
        state = State.WITHIN;
      }
      case '+' -> {
        // What was sent has arrived.
      }
      case '-' -> taker.again();
      case INTERRUPT -> taker.interrupted();
      default -> taker.foreign("the byte 0x%02x begins no packet".formatted(next));
    }
  }

  private void add(int value) {
    if (count == bytes.length) {
      taker.foreign("a packet of more than " + MOST_BYTES + " bytes");
      return;
    }
    bytes[count++] = (byte) value;
  }
}
