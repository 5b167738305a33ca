package org.ballastvm.vmm.chardev;

import java.util.Optional;

/**
 * A socket whose client speaks telnet: its commands are taken out of what it types, and it is asked to send each key as
 * it is pressed. RFC 854; a BREAK of its is one on the line.
 */
final class TelnetChardev implements Chardev, CharFrontend {
  private static final int SUBNEGOTIATION_END = 240;
  private static final int BREAK = 243;
  private static final int SUBNEGOTIATION = 250;
  private static final int WILL = 251;
  private static final int DO = 253;
  private static final int DONT = 254;
  private static final int COMMAND = 255;
  private static final int BINARY = 0;
  private static final int ECHO = 1;
  private static final int NO_GO_AHEAD = 3;
  private static final byte[] GREETING = {(byte) COMMAND, (byte) WILL, ECHO, (byte) COMMAND, (byte) WILL, NO_GO_AHEAD,
      (byte) COMMAND, (byte) WILL, BINARY, (byte) COMMAND, (byte) DO, BINARY};

  /** Where in a command the client is. */
  private enum State {
    TEXT, COMMAND, OPTION, SUBNEGOTIATION, SUBNEGOTIATION_COMMAND
  }

  private final Chardev below;
  private CharFrontend frontend;
  private State state = State.TEXT;

  TelnetChardev(Chardev below) { this.below = below; }

  @Override
  public void connect(CharFrontend to) {
    frontend = to;
    below.connect(this);
  }

  @Override
  public void opened() {
    state = State.TEXT;
    below.send(GREETING, 0, GREETING.length);
    frontend.opened();
  }

  @Override
  public void closed() { frontend.closed(); }

  @Override
  public void drained() { frontend.drained(); }

  @Override
  public int room() { return frontend.room(); }

  @Override
  public void receive(byte[] bytes, int offset, int count) {
    byte[] text = new byte[count];
    int length = 0;
    for (int i = 0; i < count; i++) {
      int next = bytes[offset + i] & 0xff;
      if (state == State.COMMAND && next == BREAK) {
        frontend.receive(text, 0, length);
        length = 0;
        frontend.receiveBreak();
      }
      if (isText(next)) {
        text[length++] = (byte) next;
      }
    }
    if (length > 0) {
      frontend.receive(text, 0, length);
    }
  }

  private boolean isText(int next) {
    State before = state;
    state = switch (before) {
      case TEXT -> next == COMMAND ? State.COMMAND : State.TEXT;
      case COMMAND -> next == SUBNEGOTIATION
          ? State.SUBNEGOTIATION
          : next >= WILL && next <= DONT ? State.OPTION : State.TEXT;
      case OPTION -> State.TEXT;
      case SUBNEGOTIATION -> next == COMMAND ? State.SUBNEGOTIATION_COMMAND : before;
      case SUBNEGOTIATION_COMMAND -> next == SUBNEGOTIATION_END ? State.TEXT : State.SUBNEGOTIATION;
    };
    return before == State.TEXT && next != COMMAND || before == State.COMMAND && next == COMMAND;
  }

  @Override
  public int sendRoom() { return below.sendRoom() / 2; } // each byte may be doubled

  @Override
  public void send(byte[] bytes, int offset, int count) {
    int from = offset;
    for (int i = offset; i < offset + count; i++) {
      if ((bytes[i] & 0xff) == COMMAND) {
        below.send(bytes, from, i + 1 - from);
        from = i; // once more
      }
    }
    below.send(bytes, from, offset + count - from);
  }

  @Override
  public void receiveMore() { below.receiveMore(); }

  @Override
  public Optional<Chardev> shared() { return below.shared(); }

  @Override
  public String describe() { return below.describe().replaceFirst("tcp:", "telnet:"); }

  @Override
  public void close() { below.close(); }
}
