package org.ballastvm.vmm.qmp;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.ballastvm.vmm.chardev.CharFrontend;
import org.ballastvm.vmm.chardev.Chardev;

/** A chardev whose far end is a test. */
final class Wire implements Chardev {
  int room = 1 << 20;
  /** What is left of it once something was sent, if that is to change. */
  Integer roomAfterNextSend;
  /** The client goes when something is sent to it. */
  boolean goneAfterNextSend;
  private boolean gone;
  private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
  private CharFrontend frontend;

  @Override
  public void connect(CharFrontend to) {
    frontend = to;
    to.opened();
  }

  @Override
  public int sendRoom() { return room; }

  @Override
  public void send(byte[] bytes, int offset, int count) {
    if (gone) {
      return;
    }
    sent.write(bytes, offset, count);
    if (roomAfterNextSend != null) {
      room = roomAfterNextSend;
      roomAfterNextSend = null;
    }
    if (goneAfterNextSend) {
      goneAfterNextSend = false;
      leave();
    }
  }

  @Override
  public void receiveMore() {
    // Tests push.
  }

  @Override
  public String describe() { return "wire"; }

  @Override
  public void close() {
    // Nothing is open.
  }

  /** The client goes. */
  void leave() {
    gone = true;
    frontend.closed();
  }

  /** The next client comes. */
  void comeBack() {
    gone = false;
    frontend.opened();
  }

  void type(byte[] bytes) { frontend.receive(bytes, 0, bytes.length); }

  /** Sends a line, and returns what came back since the last time. */
  List<String> say(String line) {
    type((line + "\n").getBytes(StandardCharsets.UTF_8));
    return heard();
  }

  List<String> heard() {
    List<String> lines = sent.toString(StandardCharsets.UTF_8).lines().toList();
    sent.reset();
    return lines;
  }
}
