package org.ballastvm.vmm.monitor;

import java.nio.charset.StandardCharsets;
import org.ballastvm.vmm.chardev.CharFrontend;
import org.ballastvm.vmm.chardev.Chardev;
import org.ballastvm.vmm.config.MonitorPrompt;
import org.ballastvm.vmm.machine.Machine;

/**
 * A human monitor on this process's own terminal, where lines are edited by JLine, on a thread of its own. A start does
 * not pay for that: it begins when somebody turns to the monitor, or types.
 */
public final class TerminalMonitor implements CharFrontend {
  private static final int SOME = 128;

  private final Machine vm;
  private final Chardev chardev;
  private final MonitorPrompt prompt;
  private TerminalSession session;
  private boolean vmRuns;

  /**
   * A monitor that nobody talks to yet.
   *
   * @param vm the machine
   * @param chardev the line to the terminal
   * @param prompt whose words it prompts with
   */
  public TerminalMonitor(Machine vm, Chardev chardev, MonitorPrompt prompt) {
    this.vm = vm;
    this.chardev = chardev;
    this.prompt = prompt;
  }

  /**
   * Whether this process's terminal is of a kind that can move its cursor.
   *
   * @param type as in TERM; may be null
   * @return whether this class is for it
   */
  public static boolean serves(String type) {
    return type != null && !type.isEmpty() && !type.equals("dumb") && !type.equals("unknown");
  }

  /** Who turns to the monitor from now on does so while the machine is there. */
  public void attached() {
    vmRuns = true;
  }

  @Override
  public int room() { return session == null ? SOME : session.room(); }

  @Override
  public void opened() {
    print(prompt.greeting() + "\r\n");
    if (vmRuns) {
      begin();
    } else {
      print(prompt.text());
    }
  }

  @Override
  public void receive(byte[] bytes, int offset, int count) {
    begin();
    session.typed(bytes, offset, count);
  }

  private void begin() {
    if (session == null) {
      session = new TerminalSession(vm, chardev, prompt);
      session.begin();
    }
  }

  @Override
  public void closed() {
    // The terminal stays as long as the process.
  }

  @Override
  public void focused() {
    begin();
    session.showAgain();
  }

  @Override
  public void unfocused() { print("\r\n"); }

  @Override
  public void drained() {
    if (session != null) {
      session.drained();
    }
  }

  private void print(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    chardev.send(bytes, 0, bytes.length);
  }
}
