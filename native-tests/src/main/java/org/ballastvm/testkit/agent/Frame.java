package org.ballastvm.testkit.agent;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A frame of the channel between host and guest, as the agent's {@code protocol.h} has it. */
final class Frame {
  static final int VERSION = 1;
  static final int HEADER_BYTES = 12;
  /** The longest that the guest sends. */
  static final int MOST_FROM_GUEST = 16 << 10;
  /** How much DATA a frame has. */
  static final int DATA_BYTES = 16 << 10;
  /** What each stream may carry before its reader gives more. */
  static final int WINDOW_BYTES = 64 << 10;

  static final int HELLO = 1;
  static final int EXEC = 2;
  static final int READ = 3;
  static final int WRITE = 4;
  static final int CONNECT = 5;
  static final int DATA = 6;
  static final int END_OF_STREAM = 7;
  static final int CREDIT = 8;
  static final int CLOSE = 9;
  static final int SIGNAL = 10;
  static final int RESIZE = 11;
  static final int SYNC = 12;
  static final int STARTED = 13;
  static final int FAILED = 14;
  static final int ENDED = 15;
  static final int SYNCED = 16;

  static final int INPUT = 0;
  static final int OUTPUT = 1;
  static final int ERRORS = 2;
  static final int WHOLE_SESSION = 255;
  /** The stream of a HELLO, and the two bytes behind it: by them a guest knows where it begins. */
  static final int HELLO_STREAM = 'B';
  static final int HELLO_REST = 'A' | 'L' << 8;

  private final int session;
  private final int type;
  private final int stream;
  private final byte[] body;

  private Frame(int session, int type, int stream, byte[] body) {
    this.session = session;
    this.type = type;
    this.stream = stream;
    this.body = body;
  }

  /** {@return which session it belongs to; 0 is the connection itself} */
  int session() { return session; }

  /** {@return what it is: a constant above} */
  int type() { return type; }

  /** {@return which stream} */
  int stream() { return stream; }

  /** {@return what follows the header, not copied} */
  byte[] body() { return body; }

  /** {@return the next frame of a stream, whose length has been checked} */
  static Frame read(DataInputStream in) throws IOException {
    byte[] head = new byte[HEADER_BYTES];
    in.readFully(head);
    ByteBuffer header = little(head);
    int length = header.getInt(0);
    if (length < 0 || length > MOST_FROM_GUEST) {
      throw new IOException("the guest's agent sends a frame of " + Integer.toUnsignedString(length)
          + " bytes; up to " + MOST_FROM_GUEST + " are taken");
    }
    byte[] body = new byte[length];
    in.readFully(body);
    return new Frame(header.getInt(4), Byte.toUnsignedInt(head[8]), Byte.toUnsignedInt(head[9]), body);
  }

  /** {@return the number at a place of the body; 0 if the guest has left it out} */
  int number(int index) {
    return body.length < (index + 1) * Integer.BYTES ? 0 : little(body).getInt(index * Integer.BYTES);
  }

  static ByteBuffer little(byte[] bytes) { return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN); }

  /** {@return numbers as a body has them} */
  static byte[] numbers(int... values) {
    byte[] bytes = new byte[values.length * Integer.BYTES];
    ByteBuffer body = little(bytes);
    for (int value : values) {
      body.putInt(value);
    }
    return bytes;
  }
}
