package org.ballastvm.vmm.chardev;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ballastvm.kvm.PassedDescriptor;

/**
 * One chardev for several frontends: output of all goes out, input goes to the one in focus. Ctrl-A c moves the focus,
 * Ctrl-A b sends a BREAK, Ctrl-A x ends the process, Ctrl-A h helps, Ctrl-A Ctrl-A sends one Ctrl-A. The words are QEMU's.
 */
public final class MuxChardev implements Chardev, CharFrontend {
  private static final int ESCAPE = 1; // Ctrl-A
  private static final String HELP = """

      C-a h    print this help
      C-a x    exit emulator
      C-a b    send break (magic sysrq)
      C-a c    switch between console and monitor
      C-a C-a  sends C-a
      """.replace("\n", "\r\n");

  private final Chardev below;
  private final Runnable quit;
  private final List<Sharer> sharers = new ArrayList<>();
  private int focus;
  private boolean escaped;
  private boolean connected;
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

  /** A frontend, and what was typed for it while it had no room: escapes are seen even if a guest reads nothing. */
  private static final class Sharer {
    static final int BUFFER_BYTES = 1024;
    final CharFrontend frontend;
    final byte[] waiting = new byte[BUFFER_BYTES];
    int count;
    boolean met;
    private boolean delivering;

    Sharer(CharFrontend frontend) { this.frontend = frontend; }

    int room() { return BUFFER_BYTES - count; }

    void add(byte key) { waiting[count++] = key; }

    /** A frontend that takes little at once may take more at once again. */
    void deliver() {
      if (delivering) {
        return; // It asks for more in the middle of what it gets.
      }
      delivering = true;
      for (int now = deliverable(); now > 0; now = deliverable()) {
        frontend.receive(waiting, 0, now);
        count = Math.max(0, count - now); // none are left if the far end went meanwhile
        System.arraycopy(waiting, now, waiting, 0, count);
      }
      delivering = false;
    }

    private int deliverable() { return Math.min(count, frontend.room()); }
  }

  @Override
  public void connect(CharFrontend frontend) {
    boolean alone = sharers.removeIf(sharer -> sharer.frontend == Nobody.INSTANCE);
    sharers.add(new Sharer(frontend));
    if (!connected) {
      connected = true;
      below.connect(this);
    } else if (open && alone) {
      turnTo(sharers.getFirst());
      below.receiveMore();
    }
  }

  /** What was typed for it goes with it, and what is typed from now on goes to the next one. Escapes are seen in any case. */
  @Override
  public void disconnect(CharFrontend frontend) {
    Sharer focused = sharers.get(focus);
    int before = (int) sharers.subList(0, focus).stream().filter(sharer -> sharer.frontend == frontend).count();
    sharers.removeIf(sharer -> sharer.frontend == frontend);
    if (sharers.isEmpty()) {
      sharers.add(new Sharer(Nobody.INSTANCE));
    }
    focus = (focus - before) % sharers.size();
    if (open && sharers.get(focus) != focused) {
      turnTo(sharers.get(focus));
    }
  }

  @Override
  public void followSize() { below.followSize(); }

  @Override
  public void resized(int columns, int rows) {
    for (Sharer sharer : sharers) {
      sharer.frontend.resized(columns, rows);
    }
  }

  @Override
  public int sendRoom() { return below.sendRoom(); }

  @Override
  public void send(byte[] bytes, int offset, int count) { below.send(bytes, offset, count); }

  @Override
  public void receiveMore() {
    sharers.forEach(Sharer::deliver);
    below.receiveMore();
  }

  @Override
  public Optional<PassedDescriptor> takeDescriptor() { return below.takeDescriptor(); }

  @Override
  public boolean isTerminal() { return below.isTerminal(); }

  @Override
  public String describe() { return "mux"; }

  @Override
  public Optional<Chardev> shared() { return Optional.of(below); }

  @Override
  public int room() { return sharers.get(focus).room(); }

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
        type(key);
      }
    }
    sharers.get(focus).deliver();
  }

  /** Keys behind a change of focus may find less room there than was promised for where they would have gone. */
  private void type(byte key) {
    Sharer sharer = sharers.get(focus);
    if (sharer.room() == 0) {
      sharer.deliver();
    }
    if (sharer.room() > 0) {
      sharer.add(key);
    }
  }

  private void command(byte key) {
    switch (key) {
      case 'c' -> moveFocus();
      case 'b' -> {
        sharers.get(focus).deliver();
        sharers.get(focus).frontend.receiveBreak();
      }
      case 'x' -> {
        print("Ballast: Terminated\r\n");
        quit.run();
      }
      case 'h', '?' -> print(HELP);
      case ESCAPE -> type((byte) ESCAPE);
      default -> {
        // QEMU ignores other keys too.
      }
    }
  }

  private void moveFocus() {
    Sharer before = sharers.get(focus);
    before.deliver();
    focus = (focus + 1) % sharers.size();
    if (sharers.get(focus) != before) {
      before.frontend.unfocused();
      turnTo(sharers.get(focus));
    }
  }

  private void turnTo(Sharer sharer) {
    if (sharer.met) {
      sharer.frontend.focused();
    } else {
      sharer.met = true;
      sharer.frontend.opened();
    }
  }

  private void print(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    below.send(bytes, 0, bytes.length);
  }

  @Override
  public void opened() {
    open = true;
    turnTo(sharers.get(focus));
  }

  @Override
  public void closed() {
    open = false;
    escaped = false;
    for (Sharer sharer : sharers) {
      sharer.count = 0;
      if (sharer.met) {
        sharer.met = false;
        sharer.frontend.closed();
      }
    }
  }

  @Override
  public void drained() {
    for (Sharer sharer : sharers) {
      sharer.frontend.drained();
    }
  }

  @Override
  public void close() { below.close(); }
}
