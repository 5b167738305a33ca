package org.ballastvm.testkit.agent;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/** The way to the guest: frames, each written at once. */
final class Wire {
  private final OutputStream out;

  Wire(OutputStream out) { this.out = out; }

  void send(int session, int type, int stream, byte[] body) { send(session, type, stream, 0, body, 0, body.length); }

  void send(int session, int type, int stream, int rest, byte[] body, int offset, int length) {
    byte[] bytes = new byte[Frame.HEADER_BYTES + length];
    ByteBuffer header = Frame.little(bytes);
    header.putInt(length).putInt(session).put((byte) type).put((byte) stream).putShort((short) rest);
    System.arraycopy(body, offset, bytes, Frame.HEADER_BYTES, length);
    write(bytes);
  }

  private synchronized void write(byte[] bytes) {
    try {
      out.write(bytes);
      out.flush();
    } catch (IOException e) {
      throw new AgentError("the guest's agent is gone", e);
    }
  }
}
