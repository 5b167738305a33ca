package org.ballastvm.vmm.monitor;

import java.nio.charset.StandardCharsets;
import org.ballastvm.vmm.Version;
import org.ballastvm.vmm.chardev.Chardev;
import org.ballastvm.vmm.chardev.CharFrontend;
import org.ballastvm.vmm.machine.Machine;

/** A human monitor on a chardev: prompt, echo, a line, its answer. */
final class HumanMonitor implements CharFrontend {
  private static final String PROMPT = "(ballast) ";
  private static final int LONGEST_LINE = 4096;
  private static final int CTRL_C = 3;
  private static final int CTRL_U = 21;
  private static final int BACKSPACE = 8;
  private static final int DELETE = 127;
  private static final int ESCAPE = 27;

  private final Machine machine;
  private final Chardev chardev;
  private final StringBuilder line = new StringBuilder();
  /** Inside an escape sequence of a terminal's key, which means nothing here. */
  private boolean inEscape;
  private int last;

  HumanMonitor(Machine machine, Chardev chardev) {
    this.machine = machine;
    this.chardev = chardev;
  }

  @Override
  public int room() { return 512; }

  @Override
  public void opened() {
    line.setLength(0);
    print("Ballast " + Version.TEXT + " monitor - type 'help' for more information\n" + PROMPT);
  }

  @Override
  public void closed() { line.setLength(0); }

  @Override
  public void drained() {
    // Answers are queued whole.
  }

  @Override
  public void receive(byte[] bytes, int offset, int count) {
    for (int i = 0; i < count; i++) {
      key(bytes[offset + i] & 0xff);
    }
  }

  private void key(int key) {
    int before = last;
    last = key;
    if (inEscape) {
      // CSI sequences end with a letter or a tilde; what follows ESC directly is '[' or 'O'.
      inEscape = before == ESCAPE ? key == '[' || key == 'O' : key < '@' || key > '~';
      return;
    }
    switch (key) {
      case ESCAPE -> inEscape = true;
      case '\r' -> enter();
      case '\n' -> {
        if (before != '\r') {
          enter();
        }
      }
      case BACKSPACE, DELETE -> {
        if (!line.isEmpty()) {
          line.setLength(line.length() - 1);
          print("\b \b");
        }
      }
      case CTRL_U, CTRL_C -> {
        print("\b \b".repeat(line.length()));
        line.setLength(0);
      }
      default -> {
        if (key >= ' ' && line.length() < LONGEST_LINE) {
          line.append((char) key);
          print(String.valueOf((char) key));
        }
      }
    }
  }

  private void enter() {
    String command = line.toString();
    line.setLength(0);
    print("\n");
    print(Commands.run(machine, command) + PROMPT);
  }

  private void print(String text) {
    byte[] bytes = text.replace("\n", "\r\n").getBytes(StandardCharsets.ISO_8859_1);
    chardev.send(bytes, 0, bytes.length);
  }
}
