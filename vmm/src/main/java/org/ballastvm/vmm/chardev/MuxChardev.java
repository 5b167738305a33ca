package org.ballastvm.vmm.chardev;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * One chardev for several frontends: output of all goes out, input goes to the one in focus. Ctrl-A c moves the focus,
 * Ctrl-A x ends the process, Ctrl-A h helps, Ctrl-A Ctrl-A sends one Ctrl-A. The words are QEMU's.
 */
public final class MuxChardev implements Chardev, CharFrontend {
  private static final int ESCAPE = 1; // Ctrl-A
  private static final String HELP = """
      C-a h    print this help
      C-a x    exit emulator
      C-a c    switch between console and monitor
      C-a C-a  sends C-a
      """.replace("\n", "\r\n");

  private final Chardev below;
  private final Runnable quit;
  private final List<CharFrontend> frontends = new ArrayList<>();
  private final byte[] one = new byte[1];
  private int focus;
  private boolean escaped;
  private boolean open;

  /**
   * Shares a chardev.
   *
   * @param below what is shared
   * @param quit runs at Ctrl-A x
   */
  public MuxChardev(Chardev below, Runnable quit) {
    this.below = below;
    this.quit = quit;
  }

  @Override
  public void connect(CharFrontend frontend) {
    frontends.add(frontend);
    if (frontends.size() == 1) {
      below.connect(this);
    } else if (open) {
      frontend.opened();
    }
  }

  @Override
  public int sendRoom() { return below.sendRoom(); }

  @Override
  public void send(byte[] bytes, int offset, int count) { below.send(bytes, offset, count); }

  @Override
  public void receiveMore() { below.receiveMore(); }

  @Override
  public String describe() { return "mux:" + below.describe(); }

  @Override
  public int room() {
    // An escape needs no room in the frontend; one byte at a time may be one.
    return Math.max(frontends.get(focus).room(), escaped ? 1 : 0);
  }

  @Override
  public void receive(byte[] bytes, int offset, int count) {
    for (int i = 0; i < count; i++) {
      byte key = bytes[offset + i];
      if (escaped) {
        escaped = false;
        command(key);
      } else if (key == ESCAPE) {
        escaped = true;
      } else {
        pass(key);
      }
    }
  }

  private void command(byte key) {
    switch (key) {
      case 'c' -> {
        focus = (focus + 1) % frontends.size();
        below.receiveMore();
      }
      case 'x' -> {
        print("\r\nBallast: Terminated\r\n");
        quit.run();
      }
      case 'h', '?' -> print("\r\n" + HELP);
      case ESCAPE -> pass((byte) ESCAPE);
      default -> {
        // QEMU ignores other keys too.
      }
    }
  }

  private void pass(byte key) {
    one[0] = key;
    frontends.get(focus).receive(one, 0, 1);
  }

  private void print(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    below.send(bytes, 0, bytes.length);
  }

  @Override
  public void opened() {
    open = true;
    frontends.forEach(CharFrontend::opened);
  }

  @Override
  public void closed() {
    open = false;
    frontends.forEach(CharFrontend::closed);
  }

  @Override
  public void drained() { frontends.forEach(CharFrontend::drained); }

  @Override
  public void close() { below.close(); }
}
